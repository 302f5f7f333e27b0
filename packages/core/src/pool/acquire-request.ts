import type { Holder } from "./holder.ts";

/** What a caller asks a pool for. */
export interface AcquireRequest {
  /** Gives up waiting when it aborts: `CancelledError`. */
  readonly signal?: AbortSignal | undefined;
  /** The moment, on the pool's clock, when the connection is of no use any more. `acquireTimeoutMs` holds beside it. */
  readonly deadline?: number | undefined;
  /** Who will hold it. */
  readonly holder?: Holder | undefined;
  /** A connection opened from now on, none that was there: after one that turned out dead. */
  readonly fresh?: boolean | undefined;
}
