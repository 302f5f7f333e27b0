import { isMdbError } from "@nsj/mdb-core";

/** Answers after which a client may come again. */
const waitingStatuses: ReadonlySet<number> = new Set([429, 503]);
/** Where the error has no time of its own. A look-up that failed is not repeated sooner. */
const usualMs = 1_000;

/**
 * What belongs into `Retry-After`, in whole seconds, rounded up, 1 at least: the error's own `retryAfterMs`, else 1 where the same request may
 * succeed. `undefined` for answers that are neither 503 nor 429, and where nobody knows.
 */
export function retryAfterSeconds(error: unknown, statusCode: number): number | undefined {
  if (!isMdbError(error) || !waitingStatuses.has(statusCode)) return undefined;
  if (!("retryAfterMs" in error)) return error.retryable ? usualMs / 1_000 : undefined;
  const { retryAfterMs } = error;
  if (typeof retryAfterMs !== "number" || !Number.isFinite(retryAfterMs)) return undefined;
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}
