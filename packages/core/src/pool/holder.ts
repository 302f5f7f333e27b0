/** One lease, as the search for deadlocks sees it. */
export interface HeldLease {
  /** Absent for a single statement, which is on the wire and comes back by itself. */
  readonly holder: Holder | undefined;
  /** When it was taken, on the pool's clock. */
  readonly leasedAt: number;
}

/** A pool, as the search for deadlocks sees it. */
export interface LeaseSite {
  /** Every connection that there may be is lent: nothing idle, nothing on its way, no room. */
  readonly exhausted: boolean;
  /** How long holders have to stand still before they are suspected. */
  readonly deadlockPatienceMs: number;
  leases(): Iterable<HeldLease>;
}

/** Why the pool takes a connection from its holder: it was closed, the hold limit has passed, or nobody has the lease any more. */
export type RevokeReason = "closed" | "hold-limit" | "leaked";

/** Somebody who may hold or wait for connections: one scope of the session layer. The pools walk and count. */
export interface Holder {
  /** The scope around it, which cannot end before it. */
  readonly parent: Holder | undefined;
  /** What it is, for messages: `transaction on "orders"`. */
  readonly describe: string | undefined;
  /** Kept by the pools: leases it holds itself. */
  leases: number;
  /** Kept by the pools: where it, or a scope inside it, waits; one entry for each waiter. */
  waits: LeaseSite[] | undefined;
  /** Kept by the session layer: calls of it, or of scopes inside it, that are on the wire now. */
  busy: number;
  /** Kept by the session layer, on the manager's clock: when a call of it, or of a scope inside it, was last answered; when it was made, before that. */
  activeAt: number;
  /** Called when the pool has taken a lease of it away, before what runs on it is stopped. Must not throw. */
  onRevoked?: ((reason: RevokeReason) => void) | undefined;
}

/** Notes at a waiter's holder, and at every scope around it, that it waits at `site`. */
export function startWaiting(holder: Holder, site: LeaseSite): void {
  for (let at: Holder | undefined = holder; at !== undefined; at = at.parent) {
    if (at.waits === undefined) at.waits = [site];
    else at.waits.push(site);
  }
}

/** Takes back one {@link startWaiting}. */
export function stopWaiting(holder: Holder, site: LeaseSite): void {
  for (let at: Holder | undefined = holder; at !== undefined; at = at.parent) {
    const { waits } = at;
    if (waits === undefined) continue;
    const last = waits.length - 1;
    const index = waits[last] === site ? last : waits.indexOf(site);
    if (index === -1) continue;
    if (index === last) waits.pop();
    else waits.splice(index, 1);
  }
}

/** Says whether a holder, or a scope around it, has a connection that it keeps while it waits. */
export function holdsLease(holder: Holder): boolean {
  for (let at: Holder | undefined = holder; at !== undefined; at = at.parent) {
    if (at.leases > 0) return true;
  }
  return false;
}

/** Says whether `outer` is `scope` itself or a scope around it. */
export function isAround(outer: Holder, scope: Holder | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.parent) {
    if (at === outer) return true;
  }
  return false;
}
