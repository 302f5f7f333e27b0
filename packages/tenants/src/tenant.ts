import type { ConnectionBudget, Database, Entered, PoolStats } from "@nsj/mdb-core";
import type { OpenPlace } from "./place.ts";

/** One place of one tenant while it is open. */
export class Generation {
  readonly place: OpenPlace;
  readonly database: Database;
  /** Whether the pool is the tenant's own. */
  readonly isOwn: boolean;
  /** The group that metrics count it in, where there are any. */
  readonly group: string | undefined;
  /** What its pool shares with others; `undefined` where that is another label's. */
  readonly budget: ConnectionBudget | undefined;
  /** The definition's password now, where that is a function. */
  password: (() => unknown) | undefined;
  uses = 0;
  /** Its time is over: what still works in it is refused. */
  isCut = false;
  /** Called when it is used no more, once it was left. */
  whenUnused: (() => void) | undefined;

  constructor(place: OpenPlace, database: Database, group: string | undefined, budget?: ConnectionBudget) {
    this.group = group;
    this.place = place;
    this.database = database;
    this.budget = budget;
    this.isOwn = place.kind === "own";
  }

  /** Callers wait for connections that it would need as well. */
  get isStarved(): boolean {
    const { budget } = this;
    if (budget !== undefined) return budget.isWanted && budget.stats().starving > 0;
    return this.database.stats().waiting > 0;
  }

  /** A connection could be opened for it that nobody has, and nobody waits for. */
  get hasRoom(): boolean {
    const { budget } = this;
    if (budget === undefined) return true;
    const { max, used, starving } = budget.stats();
    return used < max && starving === 0;
  }

  /** The figures of its pool; `undefined` where that is another label's. */
  stats(): PoolStats | undefined {
    return this.isOwn ? this.database.stats() : undefined;
  }
}

/** Of nearly all tenants: there are many, and each would have a list of its own. */
const nowhere: readonly Generation[] = Object.freeze([]);

/** One tenant that is open. */
export class Tenant {
  readonly id: string;
  /** Where new work goes; `undefined` while it moves and new work has to wait. */
  current: Generation | undefined;
  /** Places that it has left, in which work goes on. */
  left: readonly Generation[] = nowhere;
  /** Set while `current` is not there: settles when it is, or rejects. */
  arriving: Promise<void> | undefined;
  pins = 0;
  checkedAt: number;
  usedAt: number;
  /** It is looked up again. */
  isRefreshing = false;
  #uses = 0;
  #busyMs = 0;
  readonly #now: () => number;

  constructor(id: string, current: Generation, now: () => number) {
    this.id = id;
    this.current = current;
    this.#now = now;
    this.checkedAt = now();
    this.usedAt = this.checkedAt;
  }

  /** How many calls, sessions and transactions there are on it. */
  get uses(): number {
    return this.#uses;
  }

  /** Whether anybody has anything of it, or it is on its way. */
  get isInUse(): boolean {
    return this.#uses > 0 || this.pins > 0 || this.left.length > 0 || this.arriving !== undefined || this.isRefreshing;
  }

  /** How long it was used since this was asked last, in milliseconds of all its uses together: of those that are not over, too. */
  takeBusyMs(): number {
    if (this.#uses > 0) this.#countUses(0);
    const busyMs = this.#busyMs;
    this.#busyMs = 0;
    return busyMs;
  }

  #countUses(change: 1 | 0 | -1): void {
    const now = this.#now();
    this.#busyMs += this.#uses * (now - this.usedAt);
    this.usedAt = now;
    this.#uses += change;
  }

  /** Uses the place that it has now, until `end`. */
  enter(generation: Generation): Entered {
    this.#countUses(1);
    generation.uses++;
    let isOver = false;
    return {
      database: generation.database,
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#countUses(-1);
        if (--generation.uses === 0) generation.whenUnused?.();
      },
    };
  }
}
