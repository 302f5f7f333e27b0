import type { MaybePromise } from "../driver/index.ts";
import type { AcquireRequest, Borrowed } from "../pool/index.ts";
import { type Bounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Scope } from "./scope.ts";

/** Where a transaction gets its connection from. */
export interface LeaseSource {
  /**
   * @param bounds - asked for only when the caller has to wait
   * @param bounded - whether any of these bounds is the caller's own
   * @param fresh - a new physical connection, after one that turned out dead
   */
  take(bounds: () => Bounds, bounded: boolean, holder: Scope, fresh: boolean): MaybePromise<Borrowed>;
}

/** Takes a connection from the pool for each transaction. */
export function poolSource(context: DatabaseContext): LeaseSource {
  return {
    take(bounds, bounded, holder, fresh) {
      const lease = fresh ? undefined : context.pool.tryAcquire(holder);
      return lease ?? context.pool.acquire({ ...acquireRequest(bounds(), holder, fresh), bounded });
    },
  };
}

/** What to ask the pool for. */
export function acquireRequest(
  { signal, deadline }: Bounds,
  holder: Scope | undefined,
  fresh: boolean,
): AcquireRequest {
  return {
    ...(signal !== undefined && { signal }),
    ...(Number.isFinite(deadline) && { deadline }),
    ...(holder !== undefined && { holder }),
    ...(fresh && { fresh }),
  };
}

/** A lease of the pool within bounds, at once where one is free. */
export async function borrow(context: DatabaseContext, bounds: Bounds, holder: Scope | undefined): Promise<Borrowed> {
  const lease = bounds === unbounded || !isOver(context, bounds) ? context.pool.tryAcquire(holder) : undefined;
  return lease ?? context.pool.acquire(acquireRequest(bounds, holder, false));
}

function isOver({ clock }: DatabaseContext, { signal, deadline }: Bounds): boolean {
  return signal?.aborted === true || clock.now() >= deadline;
}
