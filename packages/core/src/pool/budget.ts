import { checkOptions } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import type { HeldLease } from "./holder.ts";

/** A pool, as the budget that it shares with others sees it. */
export interface BudgetMember {
  /** Its connections, in whatever state. */
  readonly total: number;
  readonly leased: number;
  /** Callers wait, and it would open a connection for them if the budget let it. */
  readonly hungry: boolean;
  /** Since when its idle connection has rested that was used least recently; `Infinity` where none may go. */
  readonly restsSince: number;
  leases(): Iterable<HeldLease>;
  /** Opens what it wants and may. */
  serve(): void;
  /** Begins to close the idle connection that was used least recently. */
  yieldIdle(): void;
}

/** How a budget is set up. */
export interface ConnectionBudgetOptions {
  /** At most this many physical connections in all pools together, in whatever state. At least 1. */
  readonly max: number;
  /**
   * How long a pool has to have waited for a connection before a busy one gives up one of its own, in milliseconds. Default 10; each hand-over costs a
   * connect. `Infinity`: never.
   */
  readonly patienceMs?: number;
}

/** A budget at one moment: gauges, then counters since it was made. */
export interface BudgetStats {
  readonly max: number;
  /** Connections of all pools together. */
  readonly used: number;
  /** Pools whose callers wait because of the budget. */
  readonly starving: number;
  /** Idle connections that were closed for another pool. */
  readonly reclaimed: number;
  /** Connections that came back in use and were closed for another pool. */
  readonly handedOver: number;
}

/**
 * One bound on the connections of many pools. A pool that needs one where there are none left gets the room of the idle connection that
 * has rested longest, wherever that is; where nothing is idle it starves, and is served before pools that hold more. May be shared by any number
 * of pools, used concurrently, and lives as long as they do.
 */
export class ConnectionBudget {
  readonly max: number;
  readonly patienceMs: number;
  #used = 0;
  #reclaimed = 0;
  #handedOver = 0;
  /** Connections that are being closed so that another pool may open one. */
  #yielding = 0;
  /** Pools that hold something. */
  readonly #members = new Set<BudgetMember>();
  /** Pools that were refused, and since when. */
  readonly #starving = new Map<BudgetMember, number>();
  #relieving = false;

  /** @throws ConfigurationError naming the option that is wrong */
  constructor(options: ConnectionBudgetOptions) {
    checkOptions<ConnectionBudgetOptions>("connectionBudget", options, {
      max: { type: "count", required: true },
      patienceMs: { type: "milliseconds" },
    });
    if (options.max < 1)
      throw new ConfigurationError('connectionBudget: option "max" must be at least 1', { key: "max" });
    this.max = options.max;
    this.patienceMs = options.patienceMs ?? 10;
  }

  /** The figures now. */
  stats(): BudgetStats {
    this.#prune();
    return {
      max: this.max,
      used: this.#used,
      starving: this.#starving.size,
      reclaimed: this.#reclaimed,
      handedOver: this.#handedOver,
    };
  }

  /** Whether anybody wants what another pool has. */
  get isWanted(): boolean {
    return this.#starving.size > 0;
  }

  /** Every connection that there may be is lent. */
  get exhausted(): boolean {
    if (this.#used < this.max) return false;
    let leased = 0;
    for (const member of this.#members) leased += member.leased;
    return leased >= this.max;
  }

  /** All leases of all its pools. */
  *leases(): Generator<HeldLease, undefined, undefined> {
    for (const member of this.#members) yield* member.leases();
  }

  /** Says whether a pool may open one more now; if so it counts from here on. One that waits for that is remembered. */
  take(member: BudgetMember, now: number, waits: boolean): boolean {
    // What nobody waits for comes last: an idle connection that is kept for later would be closed for the next caller elsewhere.
    const isTurn = waits ? !this.#poorerThan(member) : this.#isFreeOfWaiters();
    if (this.#used < this.max && isTurn) {
      this.#used++;
      this.#members.add(member);
      this.#starving.delete(member);
      return true;
    }
    if (waits && !this.#starving.has(member)) this.#starving.set(member, now);
    return false;
  }

  /** Connections of a pool are gone. */
  give(member: BudgetMember, count: number): void {
    this.#used -= count;
    if (member.total === 0) this.#members.delete(member);
  }

  /** Says whether a connection that comes back in use has to go, because another pool has waited long enough and holds less. */
  owes(member: BudgetMember, now: number): boolean {
    if (this.#starving.size === 0 || this.#used < this.max) return false;
    let owed = 0;
    for (const [other, since] of this.#starving) {
      if (other === member || now - since < this.patienceMs || !other.hungry) continue;
      if (other.total === 0 || other.total + 1 < member.total) owed++;
    }
    return owed > this.#yielding;
  }

  /** A connection begins to close for another pool. */
  yields(kind: "idle" | "busy"): void {
    this.#yielding++;
    if (kind === "idle") this.#reclaimed++;
    else this.#handedOver++;
  }

  /** One that was yielded is gone. */
  yielded(): void {
    this.#yielding--;
  }

  /** Gives what room there is to those who starve, the poorest first, and makes room of what is idle. */
  relieve(): void {
    if (this.#relieving) return;
    this.#relieving = true;
    try {
      this.#prune();
      const asked = new Set<BudgetMember>();
      while (this.#used < this.max) {
        const next = this.#poorest(asked);
        if (next === undefined) break;
        const before = this.#used;
        next.serve();
        if (this.#used === before || !next.hungry) asked.add(next);
      }
      this.#prune();
      for (let missing = this.#starving.size - this.#yielding; missing > 0; missing--) {
        const rested = this.#longestRested();
        if (rested === undefined) break;
        rested.yieldIdle();
      }
    } finally {
      this.#relieving = false;
    }
  }

  /** For the error of one that has starved: how the connections are spread, and no names. */
  describe(): string {
    let most = 0;
    for (const { total } of this.#members) most = Math.max(most, total);
    const { size } = this.#members;
    return (
      `the budget of ${this.max} connections is used up: ${size} ${size === 1 ? "database holds" : "databases hold"} ${this.#used}, ` +
      `the largest ${most}; ${this.#starving.size} wait for one`
    );
  }

  #poorerThan(member: BudgetMember): boolean {
    for (const other of this.#starving.keys()) {
      if (other !== member && other.total < member.total && other.hungry) return true;
    }
    return false;
  }

  #isFreeOfWaiters(): boolean {
    for (const other of this.#starving.keys()) if (other.hungry) return false;
    return true;
  }

  /** Of those who hold equally little, the one who has waited longest: the map is in that order. */
  #poorest(except: ReadonlySet<BudgetMember>): BudgetMember | undefined {
    let poorest: BudgetMember | undefined;
    for (const member of this.#starving.keys()) {
      if (except.has(member) || !member.hungry) continue;
      if (poorest === undefined || member.total < poorest.total) poorest = member;
    }
    return poorest;
  }

  #longestRested(): BudgetMember | undefined {
    let longest: BudgetMember | undefined;
    for (const member of this.#members) {
      if (member.restsSince < (longest?.restsSince ?? Number.POSITIVE_INFINITY)) longest = member;
    }
    return longest;
  }

  #prune(): void {
    for (const member of this.#starving.keys()) if (!member.hungry) this.#starving.delete(member);
  }
}

/**
 * One bound on the connections of many databases, to be given to several labels. May be shared by all of them.
 * @throws ConfigurationError naming the option that is wrong
 */
export function connectionBudget(options: ConnectionBudgetOptions): ConnectionBudget {
  return new ConnectionBudget(options);
}
