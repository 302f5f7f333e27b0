import type { DriverConnection, MaybePromise, OperationContext } from "../driver/index.ts";
import { unlimited } from "../driver/index.ts";
import { CancelledError, type MdbError, StatementTimeoutError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** How long the server gets to answer a cancellation before the connection is cut, in milliseconds. */
export const cancelGraceMs = 2_000;

/** When to stop: at a moment of the clock, or when a signal aborts. */
export interface Bounds {
  /** On the database's clock, in milliseconds; `Infinity` for none. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** No bounds at all; the same object as the driver's {@link unlimited}, so that the common case costs nothing. */
export const unbounded: Bounds = unlimited;

/** Bounds from what a caller said. */
export function boundsFrom(
  context: DatabaseContext,
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Bounds {
  if (signal === undefined && timeoutMs === undefined) return unbounded;
  return { deadline: timeoutMs === undefined ? Number.POSITIVE_INFINITY : context.clock.now() + timeoutMs, signal };
}

/** Bounds that hold when both hold. */
export function bothBounds(a: Bounds, b: Bounds): Bounds {
  if (a === unbounded) return b;
  if (b === unbounded || a === b) return a;
  const signals = [a.signal, b.signal].filter((signal) => signal !== undefined);
  return {
    deadline: Math.min(a.deadline, b.deadline),
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
  };
}

/** The error that bounds which have tripped already ask for; `undefined` while they hold. */
export function tripped(context: DatabaseContext, bounds: Bounds, what: string): MdbError | undefined {
  if (bounds === unbounded) return undefined;
  if (bounds.signal?.aborted === true) return cancelled(context, bounds.signal, what);
  return context.clock.now() >= bounds.deadline ? timedOut(context, what) : undefined;
}

/** @param what - the subject of the message: "the statement", "the transaction" */
export function cancelled(context: DatabaseContext, signal: AbortSignal, what: string, statement?: string): MdbError {
  const { database, engine } = context;
  return new CancelledError(`${nameOf(context)}: ${what} was cancelled by its signal`, {
    database,
    engine,
    statement,
    cause: signal.reason,
  });
}

/** @param what - the subject of the message: "the statement", "the transaction" */
export function timedOut(context: DatabaseContext, what: string, statement?: string, cause?: unknown): MdbError {
  const { database, engine } = context;
  return new StatementTimeoutError(`${nameOf(context)}: ${what} did not finish within its time`, {
    database,
    engine,
    statement,
    cause,
  });
}

/**
 * Runs one operation of a connection within bounds. When they trip, the statement is stopped on the server; a server that does not
 * answer that within {@link cancelGraceMs} loses the connection. Settles only once the connection's state is known. A statement that
 * finishes although it was to be stopped has succeeded, and that is what the caller is told.
 */
export function runBounded<T>(
  context: DatabaseContext,
  connection: DriverConnection,
  bounds: Bounds,
  statement: string | undefined,
  start: (operation: OperationContext) => MaybePromise<T>,
): MaybePromise<T> {
  if (bounds === unbounded) return start(unlimited);
  return runWatched(context, connection, bounds, statement, start);
}

async function runWatched<T>(
  context: DatabaseContext,
  connection: DriverConnection,
  bounds: Bounds,
  statement: string | undefined,
  start: (operation: OperationContext) => MaybePromise<T>,
): Promise<T> {
  const { clock } = context;
  const { signal, deadline } = bounds;
  const early = tripped(context, bounds, "the statement");
  if (early !== undefined) throw early;

  let stopped: MdbError | undefined;
  let cancelling: Promise<void> | undefined;
  let cut: { cancel(): void } | undefined;
  const stop = (reason: MdbError): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    cut = clock.setTimer(() => connection.destroy(reason), cancelGraceMs);
    cancelling = cancelOnServer(connection, clock.now() + cancelGraceMs, reason);
  };
  const onAbort = (): void => {
    if (signal !== undefined) stop(cancelled(context, signal, "the statement", statement));
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = Number.isFinite(deadline)
    ? clock.setTimer(() => stop(timedOut(context, "the statement", statement)), deadline - clock.now())
    : undefined;
  try {
    return await start(signal === undefined ? { deadline } : { deadline, signal });
  } catch (error) {
    const reason: MdbError | undefined = stopped ?? tripped(context, bounds, "the statement");
    if (reason !== undefined && wasStopped(context, connection, error)) {
      if (reason.cause === undefined) Object.defineProperty(reason, "cause", { value: error, configurable: true });
      throw reason;
    }
    throw error;
  } finally {
    timer?.cancel();
    signal?.removeEventListener("abort", onAbort);
    await cancelling;
    cut?.cancel();
  }
}

async function cancelOnServer(connection: DriverConnection, deadline: number, reason: MdbError): Promise<void> {
  try {
    await connection.cancel?.({ deadline });
  } catch {
    // A cancellation that failed half-way could still hit a later statement.
    connection.destroy(reason);
  }
}

/** Whether an error is what stopping leads to, and not a failure of its own that came first. */
function wasStopped(context: DatabaseContext, connection: DriverConnection, error: unknown): boolean {
  if (!connection.usable) return true;
  const { kind } = context.classify(error);
  return kind === "cancelled" || kind === "statement-timeout" || kind === "lock-timeout" || kind === "lost";
}
