import { checkOptions, type OptionRules } from "../../driver/index.ts";
import { ConfigurationError } from "../../errors/index.ts";

/**
 * Lets independent reads share connections. Meant for many callers at once: several of their statements travel in one packet, which
 * saves most of what a statement costs both sides.
 *
 * Reads only, and only texts that have proven quick: a statement that follows another one on a connection cannot overtake it.
 * Everything else has a connection of its own, as without this option. What a shared read does to its session (`select set_config(...)`)
 * may be seen by others of them for about a second.
 */
export interface PipeliningOptions {
  /** How many connections of the pool may be shared at once. Default 2. */
  readonly connections?: number;
  /** How many statements may be under way on each of them. Default 64. */
  readonly maxInFlight?: number;
}

const defaults: Required<PipeliningOptions> = Object.freeze({ connections: 2, maxInFlight: 64 });

const rules: OptionRules<PipeliningOptions> = Object.freeze({
  connections: { type: "count" },
  maxInFlight: { type: "count" },
});

/**
 * Checks what a user wrote under `pipelining` and fills in the defaults.
 *
 * @param what - the label, for messages
 * @param surroundings - what the rest of the configuration says
 * @throws ConfigurationError for a wrong key or value, for an engine whose connections cannot be shared, and beside a limit for every
 * statement: stopping one of several could hit its neighbour
 */
export function checkPipeliningOptions(
  options: unknown,
  what: string,
  surroundings: { readonly concurrency: string; readonly poolMax: number; readonly statementTimeoutMs: number },
): Required<PipeliningOptions> {
  checkOptions<PipeliningOptions>(what, options, rules, "pipelining.");
  const { concurrency, poolMax, statementTimeoutMs } = surroundings;
  const { connections = defaults.connections, maxInFlight = defaults.maxInFlight } = options;
  if (concurrency !== "pipelined") {
    throw wrong(
      what,
      "pipelining",
      "the engine answers one statement at a time on each connection; leave the option out",
    );
  }
  if (Number.isFinite(statementTimeoutMs)) {
    throw wrong(
      what,
      "pipelining",
      'a limit for every statement ("statementTimeoutMs") needs a connection for each of them; leave out one of the two',
    );
  }
  if (connections < 1 || connections > poolMax) {
    throw wrong(
      what,
      "pipelining.connections",
      `must be at least 1 and at most the pool's max, ${poolMax}, not ${connections}`,
    );
  }
  if (maxInFlight < 1) throw wrong(what, "pipelining.maxInFlight", `must be at least 1, not ${maxInFlight}`);
  return { connections, maxInFlight };
}

function wrong(what: string, key: string, problem: string): ConfigurationError {
  return new ConfigurationError(`${what}: option "${key}": ${problem}`, { key });
}
