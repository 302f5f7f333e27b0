import { DeadlockError, SerializationError } from "../errors/index.ts";
import { type Bounds, tripped } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { RetryOptions } from "./transaction-options.ts";

/**
 * Runs `attempt` again after a serialization failure or a deadlock, pausing with exponential back-off and full jitter (M. Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export async function withRetry<R>(
  context: DatabaseContext,
  options: RetryOptions | undefined,
  bounds: Bounds,
  attempt: () => Promise<R>,
): Promise<R> {
  if (options === undefined) return attempt();
  const { attempts, backoffMs = 20, maxBackoffMs = 2_000 } = options;
  for (let done = 1; ; done++) {
    try {
      return await attempt();
    } catch (error) {
      if (done >= attempts || !isConflict(error)) throw error;
      await pause(context, context.random() * Math.min(maxBackoffMs, backoffMs * 2 ** (done - 1)), bounds);
      if (tripped(context, bounds, "the transaction") !== undefined) throw error;
    }
  }
}

/** Whether other transactions were in the way; also when a callback swallowed that and the commit was refused for it. */
function isConflict(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at instanceof SerializationError || at instanceof DeadlockError) return true;
  }
  return false;
}

function pause({ clock }: DatabaseContext, delayMs: number, { signal, deadline }: Bounds): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.setTimer(end, Math.min(delayMs, deadline - clock.now()), { keepProcessAlive: true });
    signal?.addEventListener("abort", end, { once: true });
  });
}
