import type { AcquireRequest, Borrowed } from "../pool/index.ts";
import { type Bounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Scope } from "./scope.ts";

/** What to ask the pool for. */
export function acquireRequest(
  { signal, deadline }: Bounds,
  holder: Scope | undefined,
  fresh: boolean,
): AcquireRequest {
  return { signal, deadline: Number.isFinite(deadline) ? deadline : undefined, holder, fresh };
}

/** A lease of the pool within bounds, at once where one is free. */
export async function borrow(context: DatabaseContext, bounds: Bounds, holder: Scope | undefined): Promise<Borrowed> {
  const lease = bounds === unbounded || !isOver(context, bounds) ? context.pool.tryAcquire(holder) : undefined;
  return lease ?? context.pool.acquire(acquireRequest(bounds, holder, false));
}

function isOver({ clock }: DatabaseContext, { signal, deadline }: Bounds): boolean {
  return signal?.aborted === true || clock.now() >= deadline;
}
