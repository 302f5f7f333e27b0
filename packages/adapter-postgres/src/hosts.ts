import { atMost, type Bounds } from "./bounds.ts";
import { addressOf, type Endpoint } from "./dial.ts";
import { classify } from "./errors.ts";
import { connectRefused } from "./faults.ts";
import { type LoggedIn, login } from "./login.ts";
import type { TargetSessionAttrs } from "./options.ts";
import { serverFits } from "./server-role.ts";
import type { Settings } from "./settings.ts";

interface Failure {
  readonly endpoint: Endpoint;
  readonly error: unknown;
}

/**
 * Tries the hosts in order until one lets us in and is what `targetSessionAttrs` asks for. As with libpq, a host that refuses the user
 * ends the search: another try could only lock the account.
 *
 * @throws the native error of a single host; a fault that lists all of them otherwise
 */
export async function connectToAny(settings: Settings, context: Bounds): Promise<LoggedIn> {
  const { targetSessionAttrs, endpoints, shuffled } = settings;
  const hosts = shuffled ? shuffle(endpoints) : endpoints;
  const rounds: readonly TargetSessionAttrs[] =
    targetSessionAttrs === "prefer-standby" ? ["standby", "any"] : [targetSessionAttrs];
  const failures: Failure[] = [];
  for (const [round, wanted] of rounds.entries()) {
    for (const [index, endpoint] of hosts.entries()) {
      const left = (rounds.length - round) * hosts.length - index;
      try {
        const bounds = boundsOf(settings, context, left);
        const loggedIn = await login(settings, endpoint, bounds);
        if (await serverFits(loggedIn.link, wanted, bounds)) return loggedIn;
        await loggedIn.link.close(bounds);
        failures.push({ endpoint, error: connectRefused(`the server is not "${wanted}"`) });
      } catch (error) {
        if (hosts.length === 1 && rounds.length === 1) throw error;
        if (isFinal(error, context)) throw error;
        failures.push({ endpoint, error });
      }
    }
  }
  throw allFailed(failures);
}

/** One host that does not answer must leave time for the others. */
function boundsOf({ hostTimeoutMs }: Settings, context: Bounds, left: number): Bounds {
  if (hostTimeoutMs > 0) return atMost(context, hostTimeoutMs);
  return left === 1 ? context : atMost(context, (context.deadline - context.clock.now()) / left);
}

function isFinal(error: unknown, context: Bounds): boolean {
  if (context.signal?.aborted === true || context.clock.now() >= context.deadline) return true;
  const { kind } = classify(error);
  return kind === "auth" || kind === "unknown-database";
}

function allFailed(failures: readonly Failure[]): unknown {
  if (failures.length === 1) return failures[0]?.error;
  const list = failures.map(({ endpoint, error }) => `${addressOf(endpoint)}: ${reason(error)}`).join("; ");
  return connectRefused(`none of the hosts would do: ${list}`, new AggregateError(failures.map(({ error }) => error)));
}

function reason(error: unknown): string {
  const { sqlState, code } = classify(error);
  const message = error instanceof Error ? error.message : "";
  return `${message || "failed"}${sqlState === undefined && code === undefined ? "" : ` [${sqlState ?? code}]`}`;
}

function shuffle<T>(items: readonly T[]): readonly T[] {
  const rest = [...items];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(Math.floor(Math.random() * rest.length), 1));
  return result;
}
