import { type CareListener, Caretaker } from "./caretaker.ts";
import { DeadlockGuard } from "./deadlock-guard.ts";
import { Growth } from "./growth.ts";
import type { ConnectFailure } from "./health.ts";
import type { Holder } from "./holder.ts";
import type { Lease } from "./lease.ts";
import { Lender, type LenderListener } from "./lender.ts";
import { Opener, type OpenerListener } from "./opener.ts";
import type { PoolParts } from "./pool-parts.ts";
import type { Slot } from "./slot.ts";
import type { Waiter, WaitTerms } from "./wait-queue.ts";
import { WaitingRoom, type WaitingRoomListener } from "./waiting-room.ts";

/** Told what concerns the pool as a whole. */
export interface DispatcherListener extends WaitingRoomListener {
  /** An attempt to connect ended; with a failure, or well. */
  connectEnded(failure: ConnectFailure | undefined): void;
  /** The pool may have got smaller. */
  lessened(): void;
}

/**
 * Brings connections and callers together. Every connection that comes free is offered first to the one who has waited longest, else
 * it rests. So none is idle while somebody could use it, and nobody can barge in between.
 */
export class Dispatcher implements CareListener, LenderListener, OpenerListener {
  readonly room: WaitingRoom;
  readonly care: Caretaker;
  readonly lender: Lender;
  readonly growth: Growth;
  readonly opener: Opener;
  readonly #parts: PoolParts;
  readonly #guard: DeadlockGuard;
  readonly #listener: DispatcherListener;
  #pumping = false;
  #pumpAgain = false;

  constructor(parts: PoolParts, listener: DispatcherListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#guard = new DeadlockGuard(parts, () => this.room);
    this.room = new WaitingRoom(parts, this.#guard, {
      filled: () => {
        parts.shedding.queueStarted(parts.clock.now());
        listener.filled();
      },
      emptied: () => {
        this.growth.demandMet();
        listener.emptied();
      },
    });
    this.care = new Caretaker(parts, this);
    this.lender = new Lender(parts, this.care, this);
    this.opener = new Opener(parts, this);
    this.growth = new Growth(parts, this.room.queue, {
      promising: () => this.care.promising,
      open: () => this.opener.open(),
      sacrifice: () => this.#sacrifice(),
    });
  }

  /** Nothing is lent any more; what comes back is closed. */
  get closed(): boolean {
    return this.lender.closed;
  }

  /** Lends without waiting, where a connection can be had that needs no check; nobody who waits is passed over. */
  tryLend(holder: Holder | undefined): Lease | undefined {
    const { clock, inventory, suspicion } = this.#parts;
    if (this.room.queue.size !== 0 || this.lender.closed) return undefined;
    const slot = inventory.top();
    if (slot === undefined) return undefined;
    const now = clock.now();
    // Reading the wall clock costs as much as the rest; a machine that slept within the last millisecond is not worth it each time.
    if (now - slot.provenAt >= 1) suspicion.observe(now);
    if (!this.lender.canLend(slot, now)) return undefined;
    const lease = this.lender.lend(slot, holder, now, 0);
    this.#guard.afterLend(holder);
    return lease;
  }

  /** Queues a caller, and does what gets it a connection. */
  wait(terms: WaitTerms): Promise<Lease> {
    const { inventory, max } = this.#parts;
    this.growth.start();
    const waiter = this.room.enter(terms);
    if (inventory.idle > 0 || inventory.total < max) this.pump(terms.since);
    this.#guard.afterWait(waiter);
    return waiter.outcome;
  }

  /** Gives idle connections to those who wait, and opens more where that is not enough. */
  pump(now: number): void {
    if (this.closed) return;
    // What happens in here may end connections, and so ask for another round.
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false;
        this.#serveFromIdle(now);
        this.growth.grow(now);
      }
    } finally {
      this.#pumping = false;
    }
  }

  free(slot: Slot, now: number): void {
    this.#offer(slot, now, false);
  }

  ready(slot: Slot): void {
    this.#offer(slot, this.#parts.clock.now(), false);
  }

  gone(): void {
    this.#parts.health.reconsider(this.#parts.inventory.usable);
    this.#rejectIfDown();
    this.pump(this.#parts.clock.now());
    this.#listener.lessened();
  }

  bereaved(): void {
    this.#parts.suspicion.raise();
    this.growth.setBack();
  }

  died(slot: Slot, error: unknown): void {
    if (slot.state === "closing" || slot.state === "gone") return;
    this.bereaved();
    if (slot.state === "idle") this.care.destroy(slot, "died", error);
    else slot.doomed = "died";
  }

  opened(slot: Slot): void {
    const { clock, health } = this.#parts;
    const now = clock.now();
    health.succeeded(now);
    this.#offer(slot, now, true);
    this.growth.succeeded();
    this.pump(now);
    this.#parts.reports.health(health);
    this.#listener.connectEnded(undefined);
  }

  connectFailed(failure: ConnectFailure): void {
    const { clock, counters, failures, health, inventory } = this.#parts;
    if (this.closed) {
      this.#listener.lessened();
      return;
    }
    const now = clock.now();
    counters.connectFailures++;
    this.growth.setBack();
    health.failed(failure, now, inventory.usable);
    this.room.turnAwayWhere(({ terms }) => (terms.failsWithConnect ? failures.connect(failure) : undefined));
    this.#rejectIfDown();
    this.pump(now);
    this.#listener.connectEnded(failure);
  }

  #rejectIfDown(): void {
    const { counters, failures, health, reports } = this.#parts;
    const { last } = health;
    reports.health(health);
    if (!health.isDown || last === undefined) return;
    this.room.turnAwayWhere(() => {
      counters.rejected.down++;
      return failures.connect(last);
    });
  }

  /** A connection is nobody's: to the caller who has waited longest, or to rest. */
  #offer(slot: Slot, now: number, opened: boolean): void {
    const { inventory, options } = this.#parts;
    const { queue } = this.room;
    const reason = this.closed ? "closed" : slot.doomed;
    if (reason !== undefined) {
      this.care.retire(slot, reason);
      return;
    }
    if (queue.size > 0) {
      if (!opened && this.growth.owesRoom(now)) {
        this.care.destroy(slot, "replaced");
        return;
      }
      if (queue.size > queue.fresh && this.care.inDoubt(slot)) {
        this.care.validate(slot);
        return;
      }
      const waiter = this.#next(opened, now);
      if (waiter !== undefined) {
        this.#lendTo(waiter, slot, now);
        return;
      }
    }
    if (slot.state !== "idle") inventory.move(slot, "idle");
    if (!options.keepProcessAlive) slot.connection.unref?.();
  }

  #serveFromIdle(now: number): void {
    const { inventory } = this.#parts;
    const { queue } = this.room;
    while (inventory.idle > 0 && queue.size > queue.fresh) {
      const slot = this.lender.pick(now);
      if (slot !== undefined) {
        const waiter = this.#next(false, now);
        if (waiter !== undefined) this.#lendTo(waiter, slot, now);
        continue;
      }
      const top = inventory.top();
      // One check for each who waits; more would only keep connections busy.
      if (top === undefined || inventory.validating >= queue.size - queue.fresh) return;
      this.care.validate(top);
    }
  }

  /** Whose turn it is. Those who are too late, or have waited too long for it to help them, are turned away. */
  #next(opened: boolean, now: number): Waiter | undefined {
    const { counters, failures, shedding } = this.#parts;
    const { queue } = this.room;
    for (;;) {
      const waiter = opened ? (queue.oldestForFresh ?? queue.oldest) : queue.oldestForUsed;
      if (waiter === undefined) return undefined;
      if (waiter.terms.deadline <= now) this.room.timeOut(waiter, now);
      else if (shedding.drops(waiter.terms.since, now)) {
        counters.rejected.overloaded++;
        this.room.turnAway(waiter, failures.overloaded());
      } else return waiter;
    }
  }

  #lendTo(waiter: Waiter, slot: Slot, now: number): void {
    const { holder, since, takenBy } = waiter.terms;
    this.#parts.counters.waited++;
    this.room.serve(waiter, this.lender.lend(slot, holder, now, now - since, takenBy));
    this.#guard.afterLend(holder);
  }

  #sacrifice(): boolean {
    const slot = this.#parts.inventory.idleFromBottom()[0];
    if (slot === undefined) return false;
    this.care.destroy(slot, "replaced");
    return true;
  }
}
