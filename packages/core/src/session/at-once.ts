import type { MaybePromise } from "../driver/index.ts";

/**
 * Runs `work` and goes on with what comes of it, or with its error. In the same tick where `work` answers at once, as a call of an embedded database
 * does: a promise for each layer would cost more than the call.
 */
export function goOn<T, R>(
  work: () => MaybePromise<T>,
  done: (value: T) => MaybePromise<R>,
  failed: (error: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  let value: MaybePromise<T>;
  try {
    value = work();
  } catch (error) {
    return failed(error);
  }
  return value instanceof Promise ? value.then(done, failed) : done(value);
}
