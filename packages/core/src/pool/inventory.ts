import type { Slot, SlotState } from "./slot.ts";

/**
 * Every physical connection of a pool by its state, and the idle ones in the order of their use. Each change of state goes through
 * here, so the counts cannot drift from the facts.
 */
export class Inventory {
  /** All that are not gone. */
  readonly slots = new Set<Slot>();
  /** The one used last is at the end. */
  readonly #idle: Slot[] = [];
  readonly #counts: Record<SlotState, number> = {
    idle: 0,
    leased: 0,
    validating: 0,
    resetting: 0,
    closing: 0,
    gone: 0,
  };
  /** Attempts to connect that have not settled. */
  connecting = 0;
  /** Attempts that the pool has given up, but whose driver has not let go yet. */
  abandoned = 0;

  get idle(): number {
    return this.#idle.length;
  }
  get leased(): number {
    return this.#counts.leased;
  }
  get validating(): number {
    return this.#counts.validating;
  }
  get resetting(): number {
    return this.#counts.resetting;
  }
  get closing(): number {
    return this.#counts.closing + this.abandoned;
  }
  /** Established and not on its way out. */
  get usable(): number {
    return this.slots.size - this.#counts.closing;
  }
  get total(): number {
    return this.slots.size + this.connecting + this.abandoned;
  }

  /** Enters a new connection as idle, on top. */
  add(slot: Slot): void {
    this.slots.add(slot);
    this.#counts.idle++;
    this.#idle.push(slot);
  }

  /** The idle connection used last. */
  top(): Slot | undefined {
    return this.#idle[this.#idle.length - 1];
  }

  /** Idle connections, the one used last first; safe against changes while it runs. */
  idleFromTop(): Slot[] {
    return this.#idle.toReversed();
  }

  /** Idle connections, the one unused longest first; safe against changes while it runs. */
  idleFromBottom(): Slot[] {
    return this.#idle.slice();
  }

  move(slot: Slot, to: SlotState): void {
    const from = slot.state;
    if (from === "idle") this.#removeIdle(slot);
    this.#counts[from]--;
    slot.state = to;
    this.#counts[to]++;
    if (to === "idle") this.#idle.push(slot);
    else if (to === "gone") this.slots.delete(slot);
  }

  /** The lease that has lasted longest. */
  oldestLease(): Slot | undefined {
    let oldest: Slot | undefined;
    for (const slot of this.slots) {
      if (slot.state === "leased" && (oldest === undefined || slot.leasedAt < oldest.leasedAt)) oldest = slot;
    }
    return oldest;
  }

  #removeIdle(slot: Slot): void {
    const last = this.#idle.length - 1;
    if (this.#idle[last] === slot) this.#idle.pop();
    else this.#idle.splice(this.#idle.indexOf(slot), 1);
  }
}
