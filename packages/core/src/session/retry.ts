import { CommitOutcomeUnknownError, factsOf, isMdbError } from "../errors/index.ts";
import { type Bounds, tripped, watchBounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { RetryOptions } from "./transaction-options.ts";

/** One run of the callback, and whether it may be followed by another. */
export interface Attempt<R> {
  readonly outcome: Promise<R>;
  /** Whether the callback has come back; two of it must never run at once. */
  returned(): boolean;
}

/**
 * Runs the callback again after what the table of codes says: a serialization failure, a deadlock, a stale plan, or a connection that was lost before
 * COMMIT was sent. Pauses with exponential back-off and full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). Nothing of the pool is
 * repeated: that would only lengthen its queue.
 */
export function withRetry<R>(
  context: DatabaseContext,
  options: RetryOptions | undefined,
  bounds: Bounds,
  begin: (attempt: number, after: unknown) => Attempt<R>,
): Promise<R> {
  return options === undefined ? begin(1, undefined).outcome : again(context, options, bounds, begin);
}

async function again<R>(
  context: DatabaseContext,
  options: RetryOptions,
  bounds: Bounds,
  begin: (attempt: number, after: unknown) => Attempt<R>,
): Promise<R> {
  const { attempts, backoffMs = 20, maxBackoffMs = 2_000 } = options;
  let after: unknown;
  for (let done = 1; ; done++) {
    const attempt = begin(done, after);
    try {
      return await attempt.outcome;
    } catch (error) {
      after = error;
      if (done >= attempts || !attempt.returned() || !mayHelp(error)) throw error;
      await pause(context, context.random() * Math.min(maxBackoffMs, backoffMs * 2 ** (done - 1)), bounds);
      if (tripped(context, bounds, "the transaction") !== undefined) throw error;
    }
  }
}

/**
 * Whether the same transaction may succeed now; also when a callback swallowed the failure and the commit was refused for it. Never where an unknown
 * outcome led to the error, whatever led to that: the data may be there already.
 */
function mayHelp(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at instanceof CommitOutcomeUnknownError) return false;
    if (!isMdbError(at)) continue;
    const retried = factsOf(at.code)?.retried;
    if (retried === "always") return true;
    if (retried === "where retryable") return at.retryable;
  }
  return false;
}

function pause(context: DatabaseContext, delayMs: number, bounds: Bounds): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      unwatch();
      resolve();
    };
    const timer = context.clock.setTimer(end, delayMs, { keepProcessAlive: true });
    const unwatch = watchBounds(context, bounds, "the transaction", () => end());
  });
}
