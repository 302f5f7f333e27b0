import type { Holder } from "./holder.ts";

/** What a caller asks a pool for. */
export interface AcquireRequest {
  /** Gives up waiting when it aborts: `CancelledError`. */
  readonly signal?: AbortSignal | undefined;
  /** The moment, on the pool's clock, when the connection is of no use any more. `acquireTimeoutMs` holds beside it. */
  readonly deadline?: number | undefined;
  /**
   * Whether the caller has set its wait an end itself, so that it is not failed only because everybody stands still. By default: whether there is a
   * signal or a deadline.
   */
  readonly bounded?: boolean | undefined;
  /** Who will hold it. */
  readonly holder?: Holder | undefined;
  /** A connection opened from now on, none that was there: after one that turned out dead. */
  readonly fresh?: boolean | undefined;
  /** Before everybody who waits, however many: to ask what became of the work of a connection that was lost. Only a pool that is down or closed refuses it. */
  readonly ahead?: boolean | undefined;
}
