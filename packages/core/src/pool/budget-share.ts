import type { BudgetMember, ConnectionBudget } from "./budget.ts";
import { mayGrow } from "./growth.ts";
import type { HeldLease } from "./holder.ts";
import type { PoolShare } from "./pool-share.ts";
import type { PoolState } from "./pool-state.ts";

/** What a budget may ask a pool to do: each is a decision of the pool's own. */
export interface BudgetHands {
  /** Opens what is wanted and allowed. */
  serve(): void;
  /** Begins to close the idle connection that was used least recently. */
  yieldIdle(): void;
}

/** A pool's part in a budget. Counts what it was allowed, so that the budget's sum is that of the pools at every moment. */
export class BudgetShare implements BudgetMember, PoolShare {
  readonly #budget: ConnectionBudget;
  readonly #state: PoolState;
  readonly #hands: BudgetHands;
  #counted = 0;

  constructor(budget: ConnectionBudget, state: PoolState, hands: BudgetHands) {
    this.#budget = budget;
    this.#state = state;
    this.#hands = hands;
  }

  get total(): number {
    return this.#state.inventory.total;
  }

  get leased(): number {
    return this.#state.inventory.leased;
  }

  get hungry(): boolean {
    const state = this.#state;
    return !state.closed && state.queue.size > 0 && mayGrow(state, state.clock.now());
  }

  get restsSince(): number {
    const { inventory, permanent } = this.#state;
    return permanent ? Number.POSITIVE_INFINITY : (inventory.bottom()?.usedAt ?? Number.POSITIVE_INFINITY);
  }

  /** Whether the budget is what keeps callers waiting. */
  get starves(): boolean {
    return this.hungry && this.#budget.stats().used >= this.#budget.max;
  }

  get exhausted(): boolean {
    return this.#budget.exhausted;
  }

  /** Another pool wants what this one has. */
  get isWanted(): boolean {
    return this.#budget.isWanted;
  }

  /** How the budget is spread, for an error. */
  describe(): string {
    return this.#budget.describe();
  }

  *leases(): Generator<HeldLease, undefined, undefined> {
    yield* this.#state.ownLeases();
  }

  /** The leases of every pool of the budget. */
  allLeases(): Iterable<HeldLease> {
    return this.#budget.leases();
  }

  serve(): void {
    this.#hands.serve();
  }

  yieldIdle(): void {
    this.#hands.yieldIdle();
  }

  /** Says whether one more may be opened; if so, it counts. */
  take(now: number): boolean {
    this.#settle();
    if (!this.#budget.take(this, now, this.#state.queue.size > 0)) return false;
    this.#counted++;
    return true;
  }

  /** Says whether a connection that comes back has to go. */
  owes(now: number): boolean {
    return this.#budget.owes(this, now);
  }

  /** A connection begins to close for another pool. */
  yields(kind: "idle" | "busy"): void {
    this.#budget.yields(kind);
  }

  /** One that was yielded is gone. */
  yielded(): void {
    this.#budget.yielded();
  }

  /** Tells the budget what is gone, and has it given to those who starve. Called when a decision has been carried out. */
  tell(): void {
    const fewer = this.#settle();
    if (this.#budget.isWanted && (fewer || this.#state.inventory.idle > 0)) this.#budget.relieve();
  }

  /** Callers starve: others may have something to give. */
  starve(): void {
    this.#budget.relieve();
  }

  #settle(): boolean {
    const gone = this.#counted - this.#state.inventory.total;
    if (gone <= 0) return false;
    this.#counted -= gone;
    this.#budget.give(this, gone);
    return true;
  }
}
