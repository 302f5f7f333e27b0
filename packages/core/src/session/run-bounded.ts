import { type DriverConnection, type MaybePromise, type OperationContext, unlimited } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { type Bounds, timedOut, tripped, unbounded, watchBounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { CallersSource, Operation } from "./operation.ts";
import { ServerTime } from "./server-time.ts";
import { notConfirmed } from "./unconfirmed.ts";

/** How long the server gets to answer a cancellation before the connection is cut, in milliseconds. */
export const cancelGraceMs = 2_000;

type Bounded<T> = Pick<Operation<T>, "text" | "limitMs" | "source" | "statement" | "perform">;

/**
 * Runs one operation of a connection within bounds. When they trip, the statement is stopped on the server; a server that does not
 * answer that within {@link cancelGraceMs} loses the connection. Settles only once the connection's state is known. A statement that
 * finishes although it was to be stopped has succeeded, and that is what the caller is told.
 */
export function runBounded<T>(
  context: DatabaseContext,
  connection: DriverConnection,
  bounds: Bounds,
  operation: Bounded<T>,
): MaybePromise<T> {
  if (bounds === unbounded && operation.limitMs === Number.POSITIVE_INFINITY) {
    return operation.perform(connection, unlimited);
  }
  const { text, limitMs, source } = operation;
  const early = tripped(context, bounds, subject, text);
  if (early !== undefined) throw early;
  if (source !== undefined || limitMs !== Number.POSITIVE_INFINITY) {
    return runWatched(context, connection, bounds, operation);
  }
  let running: MaybePromise<T>;
  try {
    running = operation.perform(connection, operationContext(bounds, undefined));
  } catch (error) {
    throw new Stop(context, connection, undefined).explain(error, tripped(context, bounds, subject, text));
  }
  // Where the driver answers at once, as most do to a BEGIN, there is nothing that could be stopped.
  if (!(running instanceof Promise)) return running;
  return runWatched(context, connection, bounds, { text, limitMs, source, perform: () => running });
}

async function runWatched<T>(
  context: DatabaseContext,
  connection: DriverConnection,
  bounds: Bounds,
  operation: Bounded<T>,
): Promise<T> {
  const { text, limitMs, source } = operation;
  const stop = new Stop(context, connection, source);
  const unwatch = watchBounds(context, bounds, subject, stop.now, text);
  const limit = limitMs === Number.POSITIVE_INFINITY ? undefined : new ServerTime(context.clock, limitMs);
  limit?.start(() => stop.now(timedOut(context, subject, text)));
  if (source !== undefined && limit !== undefined) source.onWait = limit.pausedWhile;
  try {
    return await operation.perform(connection, operationContext(bounds, source === undefined ? limit : undefined));
  } catch (error) {
    throw stop.explain(error, tripped(context, bounds, subject, text));
  } finally {
    if (source !== undefined) source.onWait = undefined;
    unwatch();
    limit?.end();
    const stopping = stop.settled();
    if (stopping !== undefined) await stopping;
  }
}

const subject = "the statement";

/** What the driver is told. Where it waits for the caller's rows, only core can say how much of the limit is left. */
function operationContext({ signal, deadline }: Bounds, limit: ServerTime | undefined): OperationContext {
  const until = limit === undefined ? deadline : Math.min(deadline, limit.deadline);
  return signal === undefined ? { deadline: until } : { deadline: until, signal };
}

/** Stops what runs on a connection, once. */
class Stop {
  readonly #context: DatabaseContext;
  readonly #connection: DriverConnection;
  readonly #source: CallersSource | undefined;
  #reason: MdbError | undefined;
  #cancelling: Promise<void> | undefined;
  /** Tells the cancellation that the operation has settled. */
  #quiet: (() => void) | undefined;

  constructor(context: DatabaseContext, connection: DriverConnection, source: CallersSource | undefined) {
    this.#context = context;
    this.#connection = connection;
    this.#source = source;
  }

  readonly now = (reason: MdbError): void => {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#source?.interrupt(reason);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#quiet = resolve;
    this.#cancelling = stopOnServer(this.#context, this.#connection, reason, promise);
  };

  /** The operation has settled. A promise where a cancellation is on its way, for when that can hit nothing that comes after. */
  settled(): Promise<void> | undefined {
    this.#quiet?.();
    return this.#cancelling;
  }

  /** What the caller is told of an error: that it was stopped, where that is what the error comes from. */
  explain(error: unknown, late: MdbError | undefined): unknown {
    const reason = this.#reason ?? late;
    if (reason === undefined || error === reason || !wasStopped(this.#context, this.#connection, error)) return error;
    if (!this.#connection.usable) notConfirmed(reason);
    if (reason.cause === undefined) Object.defineProperty(reason, "cause", { value: error, configurable: true });
    return reason;
  }
}

/**
 * Asks the server to stop what a connection runs, and cuts the connection where nothing comes of it. Never rejects.
 * @param settled - resolves when the connection is quiet
 */
export async function stopOnServer(
  context: DatabaseContext,
  connection: DriverConnection,
  reason: unknown,
  settled: Promise<void>,
): Promise<void> {
  const cut = cutLater(context, connection, cancelGraceMs, reason);
  try {
    await connection.cancel?.({ deadline: context.clock.now() + cancelGraceMs });
  } catch {
    // A cancellation that failed half-way could still hit a later statement.
    if (!context.permanent) connection.destroy(reason);
  }
  await settled;
  cut.cancel();
}

/** Destroys a connection after a while, unless the database lives in it: then what cannot be stopped there is waited for. */
export function cutLater(
  { clock, permanent }: DatabaseContext,
  connection: DriverConnection,
  delayMs: number,
  reason?: unknown,
): { cancel(): void } {
  const destroy = (): void => {
    if (!permanent) connection.destroy(reason);
  };
  return clock.setTimer(destroy, Math.max(0, delayMs), { keepProcessAlive: true });
}

/** Whether an error is what stopping leads to, and not a failure of its own that came first. */
function wasStopped(context: DatabaseContext, connection: DriverConnection, error: unknown): boolean {
  if (!connection.usable) return true;
  const { kind } = context.classify(error);
  return kind === "cancelled" || kind === "statement-timeout" || kind === "lock-timeout" || kind === "lost";
}
