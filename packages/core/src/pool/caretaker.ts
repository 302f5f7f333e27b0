import type { MaybePromise, OperationContext } from "../driver/index.ts";
import { lostAtOnce } from "./connect-attempt.ts";
import type { PoolParts } from "./pool-parts.ts";
import { isPromise, type PutBack, putBack } from "./put-back.ts";
import type { DestroyReason, Slot } from "./slot.ts";
import { within } from "./within.ts";

/** Ends that say something about the server. */
const deaths: ReadonlySet<DestroyReason> = new Set(["died", "validation", "reset"]);

/** Told what came of the work. Any of these may lend, open and close connections at once. */
export interface CareListener {
  /** The connection is clean and alive, and nobody's. It is still in the state of the work that was done. */
  ready(slot: Slot): void;
  /** A connection is gone, so there is room for another. */
  gone(): void;
  /** A connection died of itself: whatever killed it may have hit others. */
  bereaved(): void;
}

/** Does what a connection needs between two leases: checks that it is alive, cleans it, closes it. One job at a time for each. */
export class Caretaker {
  readonly #parts: PoolParts;
  readonly #listener: CareListener;
  /** Checks that run on connections which are probably dead. */
  #forlorn = 0;
  /** While the pool drains, closing keeps the process alive: somebody awaits it. */
  draining = false;

  constructor(parts: PoolParts, listener: CareListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /** Connections that will probably be ready soon. */
  get promising(): number {
    const { inventory } = this.#parts;
    return inventory.validating + inventory.resetting - this.#forlorn;
  }

  /** Says whether a check proves anything, and nothing is lost with a connection that fails it. */
  canCheck(slot: Slot): boolean {
    return slot.connection.ping !== undefined && !this.#parts.permanent;
  }

  /** Says whether it has to prove that it is alive before it is lent. */
  needsCheck(slot: Slot, now: number): boolean {
    if (!this.canCheck(slot)) return false;
    return now - slot.provenAt >= this.#parts.options.validateAfterIdleMs || this.#parts.suspicion.doubts(slot);
  }

  /** Says whether it is in doubt, and can prove that it is alive. */
  inDoubt(slot: Slot): boolean {
    return this.canCheck(slot) && this.#parts.suspicion.doubts(slot);
  }

  /**
   * Pings it; then it is `ready`, or gone. Its time is the pool's: a caller in a hurry does not cost the pool a connection.
   *
   * @param forlorn - others have failed just now, so nobody should count on this one
   */
  validate(slot: Slot, forlorn = false): void {
    const { clock, counters, inOwnContext, inventory, options } = this.#parts;
    const { connection } = slot;
    if (forlorn) this.#forlorn++;
    inventory.move(slot, "validating");
    counters.validations++;
    const ended = (error: unknown): void => {
      if (forlorn) this.#forlorn--;
      if (slot.state !== "validating") return;
      if (error === undefined && connection.usable && slot.doomed !== "died") this.#proven(slot);
      else this.#failed(slot, "validation", error);
    };
    inOwnContext(() => within(clock, options.validateTimeoutMs, async (context) => connection.ping?.(context))).then(
      () => ended(undefined),
      (error: unknown) => ended(error ?? new Error("the check failed")),
    );
  }

  /** Rolls back what is open and, where the session was touched, resets it; then it is `ready`, or gone. */
  clean(slot: Slot, session: boolean): void {
    const { clock, counters, inOwnContext, inventory, options, source } = this.#parts;
    const { connection } = slot;
    inventory.move(slot, "resetting");
    counters.resets++;
    const limitMs = options.validateTimeoutMs;
    let putting: MaybePromise<PutBack>;
    try {
      const context = { deadline: clock.now() + limitMs };
      putting = inOwnContext(() => {
        const put = putBack(connection, session, source.capabilities, context);
        return session && source.restore !== undefined ? this.#restored(slot, put, context) : put;
      });
    } catch (error) {
      this.#failed(slot, "reset", error);
      return;
    }
    if (!isPromise(putting)) {
      this.#cleaned(slot, putting);
      return;
    }
    const pending = putting;
    inOwnContext(() => within(clock, limitMs, () => pending)).then(
      (how) => slot.state === "resetting" && this.#cleaned(slot, how),
      (error: unknown) => slot.state === "resetting" && this.#failed(slot, "reset", error),
    );
  }

  async #restored(slot: Slot, put: MaybePromise<PutBack>, context: OperationContext): Promise<PutBack> {
    const how = await put;
    if (how !== "impossible") await this.#parts.source.restore?.(slot.connection, context);
    return how;
  }

  /** Says goodbye to the server, and cuts the connection when that takes too long. It counts as closing until then. */
  retire(slot: Slot, reason: DestroyReason): void {
    const { clock, counters, inOwnContext, inventory, options, reports } = this.#parts;
    const { connection } = slot;
    if (!connection.usable) {
      this.destroy(slot, slot.doomed ?? "died");
      return;
    }
    inventory.move(slot, "closing");
    connection.onFatal = null;
    counters.destroyed[reason]++;
    if (this.draining) connection.ref?.();
    const keepProcessAlive = this.draining;
    inOwnContext(async () => {
      let failure: unknown;
      try {
        await within(clock, options.closeTimeoutMs, (context) => connection.close(context), { keepProcessAlive });
      } catch (error) {
        failure = error;
        connection.destroy(error);
      }
      inventory.move(slot, "gone");
      reports.closed(reason, failure);
      this.#listener.gone();
    });
  }

  /** Cuts it off at once. */
  destroy(slot: Slot, reason: DestroyReason, error?: unknown): void {
    const { clock, counters, health, inOwnContext, inventory, reports } = this.#parts;
    inventory.move(slot, "gone");
    slot.connection.onFatal = null;
    counters.destroyed[reason]++;
    let failure = error;
    try {
      inOwnContext(() => slot.connection.destroy(error));
    } catch (thrown) {
      // It must not throw; if it does, those who wait for the room still have to be served.
      failure = thrown;
    }
    reports.closed(reason, failure);
    if (!slot.confirmed && deaths.has(reason)) {
      const died = failure ?? new Error("it died before it was of any use");
      health.diedYoung({ error: died, info: lostAtOnce }, slot.openedAt, clock.now(), inventory.usable);
    }
    this.#listener.gone();
  }

  #proven(slot: Slot): void {
    slot.provenAt = this.#parts.clock.now();
    slot.suspicionSeen = this.#parts.suspicion.current;
    slot.confirmed = true;
    this.#parts.health.confirmed();
    this.#listener.ready(slot);
  }

  #cleaned(slot: Slot, how: PutBack): void {
    const { connection } = slot;
    if (how !== "impossible" && connection.dirty === true) connection.dirty = false;
    if (how === "impossible") {
      // A database that lives in this one connection would be lost with it; keeping its settings is the smaller evil.
      if (this.#parts.permanent) this.#listener.ready(slot);
      else this.retire(slot, "reset");
    } else if (!connection.usable || slot.doomed === "died" || (how === "done" && connection.txStatus !== "idle")) {
      this.#failed(slot, "reset", new Error(`the connection is ${connection.txStatus} after its reset`));
    } else if (how === "deferred") this.#listener.ready(slot);
    else this.#proven(slot);
  }

  #failed(slot: Slot, reason: "validation" | "reset", error: unknown): void {
    if (!this.#parts.suspicion.doubts(slot)) {
      this.#listener.bereaved();
      // The others are probably dead as well: asking them all at once costs the next callers one wait instead of one for each.
      for (const other of this.#parts.inventory.idleFromTop()) {
        if (this.inDoubt(other)) this.validate(other, true);
      }
    }
    this.destroy(slot, reason, error);
  }
}
