import type { Clock, MaybePromise, OperationContext } from "../driver/index.ts";
import { setTimeLimit } from "./time-limit.ts";

/** An operation of a connection did not settle in the time that the pool gives it. */
export class TooSlowError extends Error {
  override readonly name = "TooSlowError";
}

/**
 * Runs an operation and gives up on it after `limitMs`, whether or not the driver honours the deadline. What it does after that is
 * ignored; the caller has to see to the connection.
 */
export function within<T>(
  clock: Clock,
  limitMs: number,
  operation: (context: OperationContext) => MaybePromise<T>,
  options: { readonly keepProcessAlive?: boolean } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeLimit(
      clock,
      limitMs,
      () => {
        const error = new TooSlowError(`no answer within ${limitMs} ms`);
        reject(error);
        controller.abort(error);
      },
      options,
    );
    const run = async (): Promise<T> => operation({ deadline: clock.now() + limitMs, signal: controller.signal });
    run()
      .finally(() => timer.cancel())
      .then(resolve, reject);
  });
}
