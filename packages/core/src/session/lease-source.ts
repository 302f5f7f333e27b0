import type { DriverConnection, ErrorInfo } from "../driver/index.ts";
import type { AcquireRequest, Holder, Lease } from "../pool/index.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";

/** A connection on loan. */
export interface Loan {
  readonly connection: DriverConnection;
  /** Gives it back; `state` is what is left of it. */
  end(state: ErrorInfo["connection"]): void;
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
      return loanOf(lease ?? (await context.pool.acquire(acquireRequest(bounds(), holder, fresh))));
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

/** A lease as a loan. */
export function loanOf(lease: Lease): Loan {
  return new LeaseLoan(lease);
}

class LeaseLoan implements Loan {
  readonly connection: DriverConnection;
  readonly #lease: Lease;

  constructor(lease: Lease) {
    this.#lease = lease;
    this.connection = lease.connection;
  }

  end(state: ErrorInfo["connection"]): void {
    this.#lease.release({ error: state });
  }
}
