import { tracingChannel } from "node:diagnostics_channel";
import { checkOptions, type OptionRules, type StatementPlan, systemClock } from "../driver/index.ts";
import { isMdbError } from "../errors/index.ts";
import type { QueryEvent } from "../session/index.ts";
import { callerOf } from "./caller.ts";
import type { Database } from "./database.ts";
import { PlanQueue } from "./plan-queue.ts";

/** Options of {@link onSlow}. */
export interface SlowOptions {
  /** What takes this long, in milliseconds, is slow: from the call to the last row, with the wait for a connection. Default 500. */
  readonly thresholdMs?: number | undefined;
  /** Of one text on one label at most one is told in this time, in milliseconds; the others are counted. Default 60 000. */
  readonly sampleMs?: number | undefined;
  /**
   * Asks for the plan, without values, on a connection of its own and after the statement: one at a time, and one for a text and hour. Only where the engine
   * tells, and `planOf` says how. Default `false`.
   */
  readonly plan?: boolean | undefined;
  /** Looks who called, at every statement, slow or not: some microseconds each. Default `false`. */
  readonly callers?: boolean | undefined;
  /** Asked when a slow statement has ended, in its async context: `() => trace.getActiveSpan()?.spanContext().traceId`. */
  readonly traceId?: (() => string | undefined) | undefined;
}

/** A statement that was slow. Never its values. */
export interface SlowStatement {
  /** The label. */
  readonly database: string;
  readonly engine: string;
  /** `StatementOptions.name`. */
  readonly name: string | undefined;
  readonly statement: string | undefined;
  /** From the call to the last row, in milliseconds. */
  readonly durationMs: number;
  /** Of these, until it was sent: the wait for its turn and a connection. */
  readonly waitedMs: number | undefined;
  /** Rows that were read or written. */
  readonly rowCount: number | undefined;
  /** The code of the error that it ended with, if so. */
  readonly error: string | undefined;
  /** Where it was called, with `callers`. */
  readonly caller: string | undefined;
  readonly traceId: string | undefined;
  /** Slow ones of the same text that were not told since the one before. */
  readonly skipped: number;
  /** With `plan`. */
  readonly plan: StatementPlan | undefined;
}

/** What watches; ends with `stop()` or `using`. */
export interface SlowWatch extends Disposable {
  /** Stops watching. Plans that are under way are not told any more. */
  stop(): void;
}

/** What is needed of a manager. */
interface Watched {
  readonly number: number;
  database(label: never): Database;
}

const rules: OptionRules<SlowOptions> = {
  thresholdMs: { type: "milliseconds" },
  sampleMs: { type: "milliseconds" },
  plan: { type: "boolean" },
  callers: { type: "boolean" },
  traceId: { type: "function" },
};

/** Texts that are remembered; the oldest makes room. */
const maxTexts = 1_000;

/** What an event says at its end. */
type Seen = QueryEvent & { readonly error?: unknown };

interface Begun {
  readonly at: number;
  readonly caller: string | undefined;
}

interface Told {
  readonly at: number;
  skipped: number;
}

/**
 * Tells of slow statements of a manager. Costs two look-ups for each statement, and nothing when nobody calls it.
 *
 * ```ts
 * using watch = onSlow(databases, { thresholdMs: 200, plan: true }, (entry) => log.warn(entry, "slow statement"));
 * ```
 *
 * @param listener - called after the statement, and after its plan where that is asked for; what it throws is a warning of the process
 * @throws ConfigurationError for an unknown option or a wrong value
 */
export function onSlow(databases: Watched, options: SlowOptions, listener: (entry: SlowStatement) => void): SlowWatch {
  checkOptions<SlowOptions>("onSlow", options, rules);
  const { thresholdMs = 500, sampleMs = 60_000, plan = false, callers = false, traceId } = options;
  const begun = new WeakMap<object, Begun>();
  const told = new Map<string, Told>();
  const plans = new PlanQueue((label) => databases.database(label as never));
  let stopped = false;

  const tell = (entry: SlowStatement): void => {
    if (stopped) return;
    try {
      listener(entry);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
  const subscribers = {
    start(event: Seen): void {
      if (!isOf(databases, event)) return;
      begun.set(event, { at: systemClock.now(), caller: callers ? callerOf() : undefined });
    },
    end(): void {},
    asyncStart(): void {},
    asyncEnd(event: Seen): void {
      const start = begun.get(event);
      if (start === undefined) return;
      begun.delete(event);
      const now = systemClock.now();
      const durationMs = now - start.at;
      if (durationMs < thresholdMs) return;
      const key = `${event.database}\n${event.statement}`;
      const last = told.get(key);
      if (last !== undefined && now - last.at < sampleMs) {
        last.skipped++;
        return;
      }
      told.delete(key);
      told.set(key, { at: now, skipped: 0 });
      for (const oldest of told.keys()) {
        if (told.size <= maxTexts) break;
        told.delete(oldest);
      }
      const entry: SlowStatement = {
        database: event.database,
        engine: event.engine,
        name: event.name,
        statement: event.statement,
        durationMs,
        waitedMs: event.waitedMs,
        rowCount: event.rowCount,
        error: isMdbError(event.error) ? event.error.code : event.error === undefined ? undefined : "unknown",
        caller: start.caller,
        traceId: traceId?.(),
        skipped: last?.skipped ?? 0,
        plan: undefined,
      };
      const asked = plan ? plans.ask(event.database, event.statement) : undefined;
      if (asked === undefined) tell(entry);
      else void asked.then((found) => tell({ ...entry, plan: found }));
    },
    error(): void {},
  };
  const channel = tracingChannel<unknown, Seen>("mdb:query");
  channel.subscribe(subscribers);
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    channel.unsubscribe(subscribers);
  };
  return { stop, [Symbol.dispose]: stop };
}

/** Whether an event is a statement of this manager's callers. */
function isOf({ number }: Watched, { kind, manager }: Seen): boolean {
  return kind !== "internal" && manager === number;
}
