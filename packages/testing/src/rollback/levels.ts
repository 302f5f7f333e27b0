import { DriverFault, type Timer, TransactionClosedError, TransactionStateError } from "@nsj/mdb-core";
import type { Holder, Place, Request } from "./stand-in.ts";

/** One unit of work of the code under test: what would have had a connection of its own. */
export class Level {
  readonly holder: Holder | undefined;
  readonly since: number;

  constructor(holder: Holder | undefined, since: number) {
    this.holder = holder;
    this.since = since;
  }
}

interface Waiter {
  readonly since: number;
  /** Who gave its wait an end himself waits for that. */
  readonly bounded: boolean;
  mayStart(): boolean;
  start(): void;
  fail(error: Error): void;
}

/**
 * The levels of one connection, savepoints in savepoints: what is not inside the innermost unit waits for its end, and so does what the units around
 * it do meanwhile. Each wait has an end: its own bounds, else the moment when the innermost unit has stood still for as long as pools allow it.
 */
export class Levels {
  readonly #place: Place;
  readonly #open: Level[] = [];
  readonly #waiting = new Set<Waiter>();
  #running: Level | undefined;
  #timer: Timer | undefined;
  #closed = false;
  #quiet: (() => void) | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  get #innermost(): Level | undefined {
    return this.#open.at(-1);
  }

  /** Whether something of this level is on the wire. */
  runs(level: Level): boolean {
    return this.#running === level;
  }

  /** Begins a level inside of the innermost one, once that is one around the caller, or there is none. */
  enter({ holder, signal, deadline = Number.POSITIVE_INFINITY, bounded }: Request): Promise<Level> {
    const { promise, resolve, reject } = Promise.withResolvers<Level>();
    const { clock } = this.#place;
    const end = (): void => {
      limit?.cancel();
      signal?.removeEventListener("abort", onAbort);
    };
    const waiter = {
      bounded: bounded ?? (signal !== undefined || Number.isFinite(deadline)),
      mayStart: () => this.#running === undefined && isAround(this.#innermost, holder),
      start: () => {
        end();
        const level = new Level(holder, clock.now());
        this.#open.push(level);
        if (holder !== undefined) holder.leases++;
        resolve(level);
      },
      fail: (error: Error) => {
        end();
        reject(error);
      },
    };
    const giveUp = (why: string, kind: "cancelled" | "statement-timeout"): void =>
      this.#giveUp(waiter, new DriverFault(why, { kind }));
    const onAbort = (): void => giveUp("the wait was given up by its signal", "cancelled");
    const limit = Number.isFinite(deadline)
      ? clock.setTimer(
          () => giveUp("the time was over before the connection was free", "statement-timeout"),
          deadline - clock.now(),
          { keepProcessAlive: true },
        )
      : undefined;
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    else this.#wait(waiter);
    return promise;
  }

  /** Runs something of a level on the wire, once it is the innermost one and nothing else runs. */
  run<T>(level: Level, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const start = async (): Promise<void> => {
      this.#running = level;
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      } finally {
        this.#running = undefined;
        this.#quiet?.();
        this.#next();
      }
    };
    this.#wait({
      bounded: false,
      mayStart: () => this.#running === undefined && this.#innermost === level,
      start: () => void start(),
      fail: reject,
    });
    return promise;
  }

  /** Ends a level. */
  leave(level: Level): void {
    const index = this.#open.indexOf(level);
    if (index === -1) return;
    this.#open.splice(index, 1);
    if (level.holder !== undefined) level.holder.leases--;
    this.#next();
  }

  /** Fails everything that waits, and whatever comes. Resolves once nothing is on the wire. */
  close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.fail(this.#over());
    this.#waiting.clear();
    this.#timer?.cancel();
    for (const level of [...this.#open]) this.leave(level);
    if (this.#running === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#quiet = resolve;
    });
  }

  #wait(facts: Omit<Waiter, "since">): void {
    if (this.#closed) {
      facts.fail(this.#over());
      return;
    }
    if (facts.mayStart()) {
      facts.start();
      return;
    }
    this.#waiting.add(Object.assign(facts, { since: this.#place.clock.now() }));
    this.#watch();
  }

  #giveUp(facts: Omit<Waiter, "since">, error: Error): void {
    this.#waiting.delete(facts as Waiter);
    facts.fail(error);
  }

  #next(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.mayStart()) continue;
      this.#waiting.delete(waiter);
      waiter.start();
    }
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#waiting.size === 0) return;
    this.#timer = this.#place.clock.setTimer(() => this.#look(), this.#place.patienceMs, { keepProcessAlive: true });
  }

  #look(): void {
    this.#timer = undefined;
    const stillMs = this.#standsStillFor();
    const now = this.#place.clock.now();
    if (stillMs >= this.#place.patienceMs) {
      for (const waiter of this.#waiting) {
        if (waiter.bounded || now - waiter.since < this.#place.patienceMs) continue;
        this.#waiting.delete(waiter);
        waiter.fail(this.#standstill(stillMs));
      }
    }
    this.#watch();
  }

  /** How long nothing has happened for the innermost unit, in milliseconds. */
  #standsStillFor(): number {
    const level = this.#innermost;
    const { holder } = level ?? {};
    if (level === undefined || holder === undefined || this.#running !== undefined) return 0;
    if (holder.busy > 0 || (holder.waits?.length ?? 0) > 0) return 0;
    return this.#place.clock.now() - Math.max(level.since, holder.activeAt);
  }

  #standstill(stillMs: number): TransactionStateError {
    const { database, engine } = this.#place;
    return new TransactionStateError(
      `${database} (${engine}): in a test that is rolled back, units of work of one label run one after another on one connection, and the one that has it now has ` +
        `done nothing for ${Math.round(stillMs)} ms; end that one first, or run this inside of it`,
      { database, engine },
    );
  }

  #over(): TransactionClosedError {
    const { database, engine } = this.#place;
    return new TransactionClosedError(`${database} (${engine}): the test has ended, and was rolled back`, {
      database,
      engine,
    });
  }
}

/** Whether a level can have another one inside for this holder. */
function isAround(level: Level | undefined, holder: Holder | undefined): boolean {
  if (level === undefined) return true;
  for (let at = holder; at !== undefined; at = at.parent) if (at === level.holder) return true;
  return false;
}
