import { type Holder, isAround, type LeaseSite } from "./holder.ts";

/**
 * Since when every holder at a site has stood still: no call of theirs on the wire, none answered, and no lease taken. `undefined`
 * when a lease there is not suspect at all. The usual case costs one look at one lease.
 */
export function stillSince(site: LeaseSite): number | undefined {
  if (!site.exhausted) return undefined;
  let since = Number.NEGATIVE_INFINITY;
  for (const { holder, leasedAt } of site.leases()) {
    if (holder === undefined || holder.busy > 0) return undefined;
    since = Math.max(since, leasedAt, holder.activeAt);
  }
  return since;
}

/** A site, and a scope that waits there. */
interface Wait {
  readonly site: LeaseSite;
  readonly scope: Holder | undefined;
  /** What has to be stalled as well: where the holders there wait themselves. */
  readonly needs: readonly Wait[];
}

/**
 * Says whether nobody will ever give a connection back to a waiter at `site`, as far as can be told: every holder there stands still, and
 * waits itself at sites of which the same is true, or is beside the waiter: a root, or a child of a scope that the waiter is in, such as
 * the other one of two streams that are read in turns. Whoever holds a connection in a scope that the waiter does not share is somebody
 * else's business. A scope above the waiter waits itself, through the waiter.
 *
 * The greatest set of such waits is meant, so rings across several databases are found.
 */
export function isStalled(site: LeaseSite, scope: Holder | undefined, now: number): boolean {
  const known = new Map<LeaseSite, Map<Holder | undefined, Wait | undefined>>();
  const stalled: Wait[] = [];
  const start = look(site, scope);
  for (let before = -1; before !== stalled.length; ) {
    before = stalled.length;
    const kept = stalled.filter(({ needs }) => needs.every((it) => stalled.includes(it)));
    stalled.splice(0, stalled.length, ...kept);
  }
  return start !== undefined && stalled.includes(start);

  /** Gives the wait, with all that it needs; `undefined` when it can end by itself. */
  function look(at: LeaseSite, who: Holder | undefined): Wait | undefined {
    let waits = known.get(at);
    if (waits === undefined) {
      waits = new Map();
      known.set(at, waits);
    }
    if (waits.has(who)) return waits.get(who);
    const since = stillSince(at);
    if (since === undefined || now - since < at.deadlockPatienceMs) {
      waits.set(who, undefined);
      return undefined;
    }
    const needs: Wait[] = [];
    const wait: Wait = { site: at, scope: who, needs };
    // Before the search goes on, since it may come back here: that is a ring.
    waits.set(who, wait);
    for (const { holder } of at.leases()) {
      if (holder === undefined || !holderIsStuck(holder, who, needs)) {
        waits.set(who, undefined);
        return undefined;
      }
    }
    stalled.push(wait);
    return wait;
  }

  function holderIsStuck(holder: Holder, who: Holder | undefined, needs: Wait[]): boolean {
    const { waits } = holder;
    if (waits === undefined || waits.length === 0) return isBeside(holder, who);
    for (const other of new Set(waits)) {
      const wait = look(other, holder);
      if (wait === undefined) return false;
      needs.push(wait);
    }
    return true;
  }
}

function isBeside(holder: Holder, scope: Holder | undefined): boolean {
  return holder.parent === undefined || isAround(holder.parent, scope);
}
