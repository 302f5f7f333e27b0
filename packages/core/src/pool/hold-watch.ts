import type { Lease } from "./lease.ts";
import type { PoolParts } from "./pool-parts.ts";
import type { Slot } from "./slot.ts";

/** Without leak detection, a hold this long is reported all the same. */
const longHoldMs = 60_000;

/** Takes a connection from its holder. */
export type TakeAway = (slot: Slot, reason: "leaked" | "hold-limit") => void;

/** Watches over how long connections stay away, and whether their holders have lost them. */
export class HoldWatch {
  readonly #parts: PoolParts;
  readonly #takeAway: TakeAway;
  readonly #forgotten: FinalizationRegistry<Slot> | undefined;
  readonly #reportAfterMs: number;
  readonly #limitMs: number;

  constructor(parts: PoolParts, takeAway: TakeAway) {
    const { holdLimitMs, leakDetectionMs } = parts.options;
    this.#parts = parts;
    this.#takeAway = takeAway;
    this.#reportAfterMs = leakDetectionMs > 0 ? leakDetectionMs : longHoldMs;
    this.#limitMs = holdLimitMs > 0 && !parts.permanent ? holdLimitMs : Number.POSITIVE_INFINITY;
    if (leakDetectionMs > 0) this.#forgotten = new FinalizationRegistry((slot) => this.#lost(slot));
  }

  /** How often {@link check} is due while something is lent, in milliseconds. */
  get patienceMs(): number {
    return Math.min(this.#limitMs, this.#reportAfterMs);
  }

  /** Where the caller is, with leak detection on; a stack costs microseconds. */
  stack(): Error | undefined {
    return this.#forgotten === undefined ? undefined : new Error("taken here");
  }

  /** A lease begins. */
  begin(slot: Slot, lease: Lease, takenBy: Error | undefined): void {
    if (this.#forgotten === undefined) return;
    slot.takenBy = takenBy ?? this.stack();
    this.#forgotten.register(lease, slot, slot);
  }

  end(slot: Slot): void {
    slot.holdReported = false;
    if (slot.takenBy === undefined) return;
    slot.takenBy = undefined;
    this.#forgotten?.unregister(slot);
  }

  /** Reports leases that last too long, and ends those over the limit. */
  check(now: number): void {
    const { counters, inventory, reports } = this.#parts;
    if (inventory.leased === 0) return;
    for (const slot of [...inventory.slots]) {
      if (slot.state !== "leased") continue;
      const heldMs = now - slot.leasedAt;
      if (heldMs >= this.#reportAfterMs && !slot.holdReported) {
        slot.holdReported = true;
        counters.leaks++;
        reports.hold("long-hold", slot, heldMs);
      }
      if (heldMs >= this.#limitMs) {
        reports.hold("hold-limit", slot, heldMs);
        this.#takeAway(slot, "hold-limit");
      }
    }
  }

  #lost(slot: Slot): void {
    if (slot.state !== "leased") return;
    const { clock, counters, reports } = this.#parts;
    counters.leaks++;
    reports.hold("leak", slot, clock.now() - slot.leasedAt);
    this.#takeAway(slot, "leaked");
  }
}
