import { ConfigurationError, checkOptions, type Database, type ForeignOptions, type OptionRules } from "@nsj/mdb-core";
import type { Handler } from "./message.ts";

/** Handlers by topic. */
export type Handlers = Readonly<Record<string, Handler>>;

/** How a relay works. */
export interface RelayOptions {
  /** Messages that are read at once from a lane; 100 by default. */
  readonly batchSize?: number;
  /** Lanes in which handlers run at the same time; 4 by default. In one lane they run one after another. */
  readonly concurrency?: number;
  /** The longest pause between two looks at an empty outbox, in milliseconds; 1 000 by default. It begins with 20 and doubles. */
  readonly idleMs?: number;
  /** How long a relay that shows no sign of life keeps its lanes, in milliseconds; 5 000 by default. */
  readonly leaseMs?: number;
  /**
   * How long a handler may take, in milliseconds; 60 000 by default. Then its signal aborts, nobody waits for it any longer, and its message has
   * failed with a {@link HandlerTimeoutError}.
   */
  readonly handlerTimeoutMs?: number;
  /** How often a message is tried before it is dead; 10 by default. */
  readonly attempts?: number;
  /** The upper bound of the pause before the second attempt, in milliseconds, doubled each time; the pause is random below it. 500 by default. */
  readonly initialBackoffMs?: number;
  /** The largest upper bound, in milliseconds; 60 000 by default. */
  readonly maxBackoffMs?: number;
  /**
   * What a message that fails holds up: `"key"`, the default: those of its key that come after it; `"none"`: nothing, so that they may
   * overtake it.
   */
  readonly order?: "key" | "none";
  /**
   * On PostgreSQL, whether commits of other processes wake the relay, by a LISTEN on **a connection of the pool that it holds as long as it runs**, changed
   * every 45 seconds: one more of `stats().busy`, one less for everybody else. By default where the pool may have 4 connections or more; with `true` it
   * must have 2. Where it does not work (a pooler in between), the connection is given back, and the relay looks by itself.
   */
  readonly listen?: boolean;
  /** Told of each failure of a handler, and of each look that failed. By default they are warnings of the process. */
  readonly onError?: (error: unknown, message: { readonly id: string; readonly topic: string } | undefined) => void;
}

/** With what holds where nothing was said. */
export type CheckedRelayOptions = Required<Omit<RelayOptions, "listen">> & Pick<RelayOptions, "listen">;

const rules: OptionRules<RelayOptions> = {
  batchSize: { type: "count" },
  concurrency: { type: "count" },
  idleMs: { type: "milliseconds" },
  leaseMs: { type: "milliseconds" },
  handlerTimeoutMs: { type: "milliseconds" },
  attempts: { type: "count" },
  initialBackoffMs: { type: "milliseconds" },
  maxBackoffMs: { type: "milliseconds" },
  order: { type: "string", oneOf: ["key", "none"] },
  listen: { type: "boolean" },
  onError: { type: "function" },
};

/** What people write for relays and queues elsewhere. */
const foreign: ForeignOptions = {
  limit: { name: "batchSize" },
  prefetch: { name: "batchSize" },
  pollinterval: { name: "idleMs", note: "in milliseconds; the pause of an empty outbox, which begins with 20" },
  pollintervalms: { name: "idleMs", note: "the pause of an empty outbox, which begins with 20" },
  pollinginterval: { name: "idleMs", note: "in milliseconds; the pause of an empty outbox, which begins with 20" },
  lockduration: { name: "leaseMs", note: "in milliseconds" },
  locktimeout: { name: "leaseMs", note: "in milliseconds" },
  visibilitytimeout: { name: "leaseMs", note: "in milliseconds" },
  retries: { name: "attempts", note: "the first one counts" },
  maxretries: { name: "attempts", note: "the first one counts" },
  maxattempts: { name: "attempts" },
  backoff: { name: "initialBackoffMs" },
  retrydelay: { name: "initialBackoffMs", note: "in milliseconds" },
  timeout: { name: "handlerTimeoutMs", note: "in milliseconds" },
};

const defaults = {
  batchSize: 100,
  concurrency: 4,
  idleMs: 1_000,
  leaseMs: 5_000,
  handlerTimeoutMs: 60_000,
  attempts: 10,
  initialBackoffMs: 500,
  maxBackoffMs: 60_000,
  order: "key",
  onError: (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error)),
} as const;

/** The longest time that a timer of Node.js can wait. */
const longestMs = 2 ** 31 - 1;
const atLeastOne = ["batchSize", "concurrency", "attempts", "idleMs", "leaseMs", "handlerTimeoutMs"] as const;
const times = ["idleMs", "leaseMs", "handlerTimeoutMs", "initialBackoffMs", "maxBackoffMs"] as const;

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkRelayOptions(options: RelayOptions): CheckedRelayOptions {
  checkOptions<RelayOptions>("relay", options, rules, "", foreign);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const checked: CheckedRelayOptions = { ...defaults, ...Object.fromEntries(given) };
  for (const key of atLeastOne) if (checked[key] < 1) throw wrong(key, "must be at least 1");
  for (const key of times) if (checked[key] > longestMs) throw wrong(key, `must be at most ${longestMs}, 24 days`);
  return checked;
}

function wrong(key: keyof RelayOptions, problem: string): ConfigurationError {
  return new ConfigurationError(`relay: option "${key}" ${problem}`, { key });
}

/**
 * Whether a relay of this database listens.
 * @throws ConfigurationError where it was told to, and nobody could send anything beside it
 */
export function mayListen(database: Database, listen: boolean | undefined): boolean {
  if (database.engine !== "postgres") return false;
  const { max } = database.stats();
  if (listen === true && max < 2) throw wrong("listen", "needs a pool of 2 connections or more: it holds one of them");
  return listen ?? max >= 4;
}

/** @throws ConfigurationError for what is no handler */
export function checkHandlers(handlers: Handlers): ReadonlyMap<string, Handler> {
  if (typeof handlers !== "object" || handlers === null) {
    throw new ConfigurationError("relay: its handlers must be an object, a function for each topic");
  }
  const byTopic = new Map(Object.entries(handlers));
  for (const [key, handler] of byTopic) {
    if (typeof handler === "function") continue;
    throw new ConfigurationError(`relay: the handler of ${JSON.stringify(key)} must be a function`, { key });
  }
  return byTopic;
}
