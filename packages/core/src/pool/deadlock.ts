import type { Holder } from "./holder.ts";

/** A pool, as the search for deadlocks sees it. */
export interface LeaseSite {
  /** Every connection that there may be is lent: nothing idle, nothing on its way, no room. */
  readonly exhausted: boolean;
  /** Who holds each lease; `undefined` for a lease without a holder. */
  leaseHolders(): Iterable<Holder | undefined>;
  /** Fails the newest waiter that holds leases itself: the way out of a deadlock. `false` when there is none. */
  failNewestHolder(): boolean;
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

/**
 * Says whether nobody will ever give a connection back at `start`, unless somebody gives up: every lease there is held by a scope that
 * waits, itself or through a scope inside it, at a pool of which the same is true. The greatest such set of pools is meant, so
 * transactions that wait for each other across several databases are found. A lease whose holder does not wait, or has no holder,
 * frees its pool from suspicion at once: the usual case costs one look at one lease.
 */
export function isDeadlocked(start: LeaseSite): boolean {
  const stuck = new Map<LeaseSite, readonly (readonly LeaseSite[])[]>();
  const pending = [start];
  for (let site = pending.pop(); site !== undefined; site = pending.pop()) {
    if (stuck.has(site)) continue;
    const waits = waitsOfHolders(site);
    if (waits === undefined) {
      if (site === start) return false;
      continue;
    }
    stuck.set(site, waits);
    for (const sites of waits) pending.push(...sites);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const [site, waits] of stuck) {
      if (waits.every((sites) => sites.some((other) => stuck.has(other)))) continue;
      stuck.delete(site);
      changed = true;
    }
  }
  return stuck.has(start);
}

/** For each lease at `site`, where its holder waits; `undefined` when one does not wait, so the pool is not stuck. */
function waitsOfHolders(site: LeaseSite): readonly (readonly LeaseSite[])[] | undefined {
  if (!site.exhausted) return undefined;
  const all: (readonly LeaseSite[])[] = [];
  for (const holder of site.leaseHolders()) {
    if (holder?.waits === undefined || holder.waits.length === 0) return undefined;
    all.push(holder.waits);
  }
  return all;
}
