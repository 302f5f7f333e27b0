import type { Dispatcher } from "./dispatcher.ts";
import type { HousekeeperMember } from "./housekeeper.ts";
import type { PoolParts } from "./pool-parts.ts";
import type { Slot } from "./slot.ts";

/** The longest time between two looks at a pool that has connections. */
const longestPeriodMs = 30_000;
const shortestPeriodMs = 50;

/** What a pool has to do in the course of time: end waits, age connections, keep them alive, watch over holds. */
export class Upkeep implements HousekeeperMember {
  dueAt = Number.POSITIVE_INFINITY;
  readonly #parts: PoolParts;
  readonly #dispatcher: Dispatcher;
  readonly #periodMs: number;

  constructor(parts: PoolParts, dispatcher: Dispatcher) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    const { idleTimeoutMs, keepaliveMs, maxLifetimeMs } = parts.options;
    const shortest = Math.min(idleTimeoutMs, keepaliveMs, maxLifetimeMs, dispatcher.lender.watch.patienceMs);
    // A quarter: nothing happens later than a quarter of its own time after its moment.
    this.#periodMs = Math.min(longestPeriodMs, Math.max(shortestPeriodMs, shortest / 4));
  }

  /** Sees to it that {@link tick} comes while there are connections. */
  start(): void {
    if (this.#parts.inventory.slots.size > 0) this.#parts.wake(this.#parts.clock.now() + this.#periodMs);
  }

  tick(now: number): void {
    this.#parts.suspicion.observe(now);
    const nextDeadline = this.#dispatcher.room.expire(now);
    this.#dispatcher.lender.watch.check(now);
    for (const slot of this.#parts.inventory.idleFromBottom()) {
      if (slot.state === "idle") this.#age(slot, now);
    }
    this.#dispatcher.pump(now);
    this.#parts.wake(nextDeadline);
    this.start();
  }

  #age(slot: Slot, now: number): void {
    const { health, inventory, max, options, permanent } = this.#parts;
    const { care, growth, lender } = this.#dispatcher;
    const spare = inventory.usable > Math.min(options.min, max);
    if (!slot.connection.usable) lender.bury(slot);
    else if (now >= slot.expiresAt) {
      // Where `min` asks for it, the replacement comes first.
      if (spare || inventory.total >= health.limit(max, now)) care.retire(slot, "lifetime");
      else growth.openSpare(now);
    } else if (spare && !permanent && now - slot.usedAt >= options.idleTimeoutMs) care.retire(slot, "idle");
    else if (care.canCheck(slot) && now - slot.provenAt >= slot.keepaliveAfterMs) care.validate(slot);
  }
}
