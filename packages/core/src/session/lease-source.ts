import type { DriverConnection } from "../driver/index.ts";
import type { AcquireRequest, Holder, ReleaseOutcome } from "../pool/index.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";

/** A connection on loan: a lease of the pool, or something that looks like one. */
export interface Loan {
  readonly connection: DriverConnection;
  /** Gives it back, once. */
  release(outcome?: ReleaseOutcome): void;
}

/** Where a transaction gets its connection from: the pool, or a connection that somebody has pinned. */
export interface LeaseSource {
  /**
   * @param bounds - asked for only when the caller has to wait
   * @param fresh - a new physical connection, after one that turned out dead
   */
  take(bounds: () => Bounds, holder: Holder, fresh: boolean): Promise<Loan>;
}

/** Takes a connection from the pool for each transaction. */
export function poolSource(context: DatabaseContext): LeaseSource {
  return {
    async take(bounds, holder, fresh) {
      const lease = fresh ? undefined : context.pool.tryAcquire(holder);
      return lease ?? (await context.pool.acquire(acquireRequest(bounds(), holder, fresh)));
    },
  };
}

/** What to ask the pool for. */
export function acquireRequest(
  { signal, deadline }: Bounds,
  holder: Holder | undefined,
  fresh: boolean,
): AcquireRequest {
  return {
    ...(signal !== undefined && { signal }),
    ...(Number.isFinite(deadline) && { deadline }),
    ...(holder !== undefined && { holder }),
    ...(fresh && { fresh }),
  };
}
