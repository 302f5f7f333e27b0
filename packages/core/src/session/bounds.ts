import { type Expiry, unlimited, watchExpiry } from "../driver/index.ts";
import { CancelledError, type MdbError, StatementTimeoutError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { SharedBounds } from "./shared-bounds.ts";

/** When to stop: at a moment of the clock, or when a signal aborts. */
export interface Bounds {
  /** On the database's clock, in milliseconds; `Infinity` for none. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** No bounds at all; the same object as the driver's {@link unlimited}, so that the common case costs nothing. */
export const unbounded: Bounds = unlimited;

/** Bounds from what a caller said, counted from now. */
export function boundsFrom(
  context: DatabaseContext,
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Bounds {
  if (signal === undefined && timeoutMs === undefined) return unbounded;
  return { deadline: timeoutMs === undefined ? Number.POSITIVE_INFINITY : context.clock.now() + timeoutMs, signal };
}

/** The same for a transaction, which watches them together with each of its statements. */
export function boundsOfTransaction(
  context: DatabaseContext,
  limits: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Bounds {
  const bounds = boundsFrom(context, limits);
  return bounds === unbounded ? bounds : new SharedBounds(context.clock, bounds.deadline, bounds.signal);
}

/** Bounds that hold when both hold. */
export function bothBounds(a: Bounds, b: Bounds): Bounds {
  if (a === unbounded) return b;
  if (b === unbounded || a === b) return a;
  const deadline = Math.min(a.deadline, b.deadline);
  if (a.signal === undefined || b.signal === undefined || a.signal === b.signal) {
    return { deadline, signal: a.signal ?? b.signal };
  }
  return { deadline, signal: AbortSignal.any([a.signal, b.signal]) };
}

/** The bounds of work that starts now and may take so long. */
export function within(context: DatabaseContext, limitMs: number, bounds: Bounds): Bounds {
  if (limitMs === Number.POSITIVE_INFINITY) return bounds;
  return bothBounds(bounds, { deadline: context.clock.now() + limitMs });
}

/**
 * The error that bounds which have tripped already ask for; `undefined` while they hold.
 * @param what - the subject of the message: "the statement", "the transaction"
 */
export function tripped(
  context: DatabaseContext,
  bounds: Bounds,
  what: string,
  statement?: string,
): MdbError | undefined {
  if (bounds === unbounded) return undefined;
  if (bounds.signal?.aborted === true) return cancelled(context, bounds.signal, what, statement);
  return context.clock.now() >= bounds.deadline ? timedOut(context, what, statement) : undefined;
}

/**
 * Calls `onTrip` once, when the bounds trip; at once where they have already.
 * @returns ends the watch; nothing stays on the signal
 */
export function watchBounds(
  context: DatabaseContext,
  bounds: Bounds,
  what: string,
  onTrip: (reason: MdbError) => void,
  statement?: string,
): () => void {
  const expire = (why: Expiry): void => {
    const { signal } = bounds;
    onTrip(
      why === "aborted" && signal !== undefined
        ? cancelled(context, signal, what, statement)
        : timedOut(context, what, statement),
    );
  };
  return bounds instanceof SharedBounds ? bounds.watch(expire) : watchExpiry(context.clock, bounds, expire);
}

/**
 * Waits for something that is on its way, within bounds.
 * @param leave - called when the bounds trip first
 */
export function withinBounds<T>(
  context: DatabaseContext,
  bounds: Bounds,
  coming: Promise<T>,
  leave: () => void,
  statement?: string,
): Promise<T> {
  if (bounds === unbounded) return coming;
  return new Promise((resolve, reject) => {
    const onTrip = (reason: MdbError): void => {
      leave();
      reject(reason);
    };
    const unwatch = watchBounds(
      context,
      bounds,
      statement === undefined ? "the call" : "the statement",
      onTrip,
      statement,
    );
    coming.finally(unwatch).then(resolve, reject);
  });
}

function cancelled(context: DatabaseContext, signal: AbortSignal, what: string, statement?: string): MdbError {
  const { database, engine } = context;
  return new CancelledError(`${nameOf(context)}: ${what} was cancelled by its signal`, {
    database,
    engine,
    statement,
    cause: signal.reason,
  });
}

/** @param what - the subject of the message: "the statement" */
export function timedOut(context: DatabaseContext, what: string, statement?: string): MdbError {
  const { database, engine } = context;
  return new StatementTimeoutError(`${nameOf(context)}: ${what} did not finish within its time`, {
    database,
    engine,
    statement,
  });
}
