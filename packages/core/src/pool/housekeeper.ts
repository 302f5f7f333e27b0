import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, systemClock, type Timer } from "../driver/index.ts";

/** Somebody with work to do at certain moments: a pool. */
export interface HousekeeperMember {
  /** When it wants its next tick; `Infinity` for never. Kept by the housekeeper. */
  dueAt: number;
  tick(now: number): void;
}

/** A timer that is set within this much of a moment is near enough for it. */
const slackMs = 100;

/**
 * One timer for all pools of a clock: deadlines of those who wait, pauses between attempts, aging. It never keeps the process alive,
 * but while somebody waits. A moment is met within {@link slackMs}, so thousands of deadlines cost one timer.
 */
export class Housekeeper {
  readonly #clock: Clock;
  readonly #members = new Set<HousekeeperMember>();
  // The timer must not hold on to the async context of whichever request set it.
  readonly #inOwnContext = AsyncLocalStorage.snapshot();
  #timer: Timer | undefined = undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #waits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks for a tick at `at`, or before. */
  wake(member: HousekeeperMember, at: number): void {
    if (at >= member.dueAt) return;
    member.dueAt = at;
    this.#members.add(member);
    if (at + slackMs <= this.#armedFor) this.#arm(at);
  }

  /** Somebody waits: keeps the process alive until {@link stopWaiting}. */
  startWaiting(): void {
    if (this.#waits++ === 0) this.#timer?.ref();
  }

  stopWaiting(): void {
    if (--this.#waits === 0) this.#timer?.unref();
  }

  /** Forgets a member. */
  leave(member: HousekeeperMember): void {
    member.dueAt = Number.POSITIVE_INFINITY;
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #arm(at: number): void {
    this.#timer?.cancel();
    this.#armedFor = at;
    const delayMs = Math.max(1, at - this.#clock.now());
    this.#timer = this.#inOwnContext(() =>
      this.#clock.setTimer(this.#run, delayMs, { keepProcessAlive: this.#waits > 0 }),
    );
  }

  readonly #run = (): void => {
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    try {
      for (const member of [...this.#members]) {
        if (member.dueAt > now) continue;
        member.dueAt = Number.POSITIVE_INFINITY;
        member.tick(now);
        // There may be thousands of pools that have nothing left to do until they are used again.
        if (member.dueAt === Number.POSITIVE_INFINITY) this.#members.delete(member);
      }
    } finally {
      let next = Number.POSITIVE_INFINITY;
      for (const { dueAt } of this.#members) next = Math.min(next, dueAt);
      if (next < this.#armedFor) this.#arm(next);
    }
  };
}

/** Bump the number with every change to what two copies of this package would have to agree on. */
const registryKey = Symbol.for("@nsj/mdb/housekeepers/1");

/**
 * The housekeeper of a clock. There is one for the system clock in the whole process, also where two copies of this package meet
 * (ESM beside CommonJS).
 */
export function housekeeperOf(clock: Clock): Housekeeper {
  const registry = globalThis as { [registryKey]?: WeakMap<object, Housekeeper> };
  registry[registryKey] ??= new WeakMap();
  const key = clock === systemClock ? performance : clock;
  let housekeeper = registry[registryKey].get(key);
  if (housekeeper === undefined) {
    housekeeper = new Housekeeper(clock);
    registry[registryKey].set(key, housekeeper);
  }
  return housekeeper;
}
