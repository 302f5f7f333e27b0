import type { Caretaker } from "./caretaker.ts";
import { HoldWatch } from "./hold-watch.ts";
import type { Holder } from "./holder.ts";
import { Lease, type LeaseKeeper, type ReleaseOutcome } from "./lease.ts";
import type { PoolParts } from "./pool-parts.ts";
import type { DestroyReason, Slot } from "./slot.ts";

/** Told of connections that come back. */
export interface LenderListener {
  /** It is nobody's, and clean as it is. */
  free(slot: Slot, now: number): void;
  /** It had died: whatever killed it may have hit others. */
  bereaved(): void;
}

/** Lends connections, and decides what becomes of each when its lease ends. */
export class Lender implements LeaseKeeper {
  /** The pool is closed: what comes back is closed too. */
  closed = false;
  readonly watch: HoldWatch;
  readonly #parts: PoolParts;
  readonly #care: Caretaker;
  readonly #listener: LenderListener;

  constructor(parts: PoolParts, care: Caretaker, listener: LenderListener) {
    this.#parts = parts;
    this.#care = care;
    this.#listener = listener;
    this.watch = new HoldWatch(parts, (slot, reason) => this.#take(slot, reason));
  }

  /** Says whether it can be lent as it is. */
  canLend(slot: Slot, now: number): boolean {
    return slot.connection.usable && now < slot.expiresAt && !this.#care.needsCheck(slot, now);
  }

  /** The idle connection used last among those that can be lent as they are; ends those that never can again. */
  pick(now: number): Slot | undefined {
    this.#parts.suspicion.observe(now);
    for (const slot of this.#parts.inventory.idleFromTop()) {
      if (slot.state !== "idle") continue;
      const reason = this.#outlived(slot, now);
      if (!slot.connection.usable) this.bury(slot);
      else if (reason !== undefined) this.#care.retire(slot, reason);
      else if (!this.#care.needsCheck(slot, now)) return slot;
    }
    return undefined;
  }

  /** An idle connection that has died without a word. */
  bury(slot: Slot): void {
    this.#listener.bereaved();
    this.#care.destroy(slot, "died");
  }

  /** @param takenBy - where it was asked for; by default, here and now */
  lend(slot: Slot, holder: Holder | undefined, now: number, waitedMs: number, takenBy?: Error): Lease {
    const { counters, inventory, options } = this.#parts;
    inventory.move(slot, "leased");
    slot.uses++;
    slot.leasedAt = now;
    slot.holder = holder;
    if (holder !== undefined) holder.leases++;
    if (!options.keepProcessAlive) slot.connection.ref?.();
    counters.acquired++;
    counters.acquireTimes.record(waitedMs);
    const lease = new Lease(slot, this);
    this.watch.begin(slot, lease, takenBy);
    return lease;
  }

  giveBack(slot: Slot, { error, dirty }: ReleaseOutcome): void {
    // Its holder was too late: the connection has been taken from it.
    if (slot.state !== "leased") return;
    const now = this.#parts.clock.now();
    const { connection } = slot;
    // For the same reason as on the way out: not for the shortest of leases.
    if (now - slot.leasedAt >= 1) this.#parts.suspicion.observe(now);
    this.#end(slot, now);
    if (error === "dead" || !connection.usable || slot.doomed === "died") {
      if (slot.doomed !== "died") this.#listener.bereaved();
      this.#care.destroy(slot, "died");
      return;
    }
    if (error === "suspect") slot.suspicionSeen = -1;
    else this.#works(slot, now);
    const reason = this.closed ? "closed" : (slot.doomed ?? this.#outlived(slot, now));
    if (reason !== undefined) this.#care.retire(slot, reason);
    else if (dirty === true || connection.dirty === true || this.#parts.options.reset === "always")
      this.#care.clean(slot, true);
    else if (connection.txStatus !== "idle") this.#care.clean(slot, false);
    else this.#listener.free(slot, now);
  }

  destroy(slot: Slot, reason: unknown): void {
    this.#take(slot, "released", reason);
  }

  heldMs(slot: Slot): number {
    return this.#parts.clock.now() - slot.leasedAt;
  }

  /** Takes every connection from its holder. */
  cutAll(): void {
    for (const slot of [...this.#parts.inventory.slots]) this.#take(slot, "closed");
  }

  /** Why it is not lent again, if so. */
  #outlived(slot: Slot, now: number): DestroyReason | undefined {
    if (slot.connection.fits === false) return "unfit";
    if (now >= slot.expiresAt) return "lifetime";
    return slot.uses >= this.#parts.options.maxUses && !this.#parts.permanent ? "uses" : undefined;
  }

  #works(slot: Slot, now: number): void {
    slot.provenAt = now;
    if (slot.confirmed) return;
    slot.confirmed = true;
    this.#parts.health.confirmed();
  }

  #take(slot: Slot, reason: DestroyReason, cause?: unknown): void {
    if (slot.state !== "leased") return;
    this.#end(slot, this.#parts.clock.now());
    this.#care.destroy(slot, reason, cause);
  }

  #end(slot: Slot, now: number): void {
    this.#parts.shedding.held(now - slot.leasedAt);
    slot.usedAt = now;
    if (slot.holder !== undefined) {
      slot.holder.leases--;
      slot.holder = undefined;
    }
    this.watch.end(slot);
  }
}
