import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock, MaybePromise } from "../driver/index.ts";
import type { Holder } from "../pool/index.ts";

/** What a scope is made with. */
export interface ScopeFacts {
  readonly clock: Clock;
  /** What it is, for messages: `transaction on "orders"`. */
  readonly describe: string;
  /** The scope around it. */
  readonly parent: Scope | undefined;
  /** The database that it speaks of, by identity; absent for a scope that only says who holds connections. */
  readonly database?: object | undefined;
  /** Which of the databases behind one label it speaks of; absent where there is one. */
  readonly key?: string | undefined;
  /** What statements on that database are part of; absent where they run by themselves. */
  readonly member?: object | undefined;
}

/** Ended scopes in a row, above which a new one below them keeps only what they still mean. */
const longestTail = 16;

/**
 * One node of the tree of everything that runs: a transaction, a savepoint, a session, a pinned connection, a stream, a callback. The async
 * context carries the innermost one. What is joined is found by it, deadlocks of pools are found by it, and so is a call that would wait for
 * itself.
 *
 * A scope whose work has ended keeps one meaning: late statements on its database are refused, instead of running by themselves. Everything
 * else about it is skipped, so that work which schedules its own next round does not grow.
 */
export class Scope implements Holder {
  readonly clock: Clock;
  readonly describe: string;
  readonly database: object | undefined;
  readonly key: string | undefined;
  /** See {@link ScopeFacts.member}. Set once, right after construction, where the two know each other. */
  member: object | undefined;
  /** The unit that fills from a source which runs here: a call on that unit would wait for itself. */
  feeds: object | undefined = undefined;
  leases = 0;
  waits: Holder["waits"] = undefined;
  busy = 0;
  onRevoked: Holder["onRevoked"] = undefined;
  activeAt: number;
  #parent: Scope | undefined;
  #ended = false;

  constructor({ clock, describe, parent, database, key, member }: ScopeFacts) {
    this.clock = clock;
    this.describe = describe;
    this.database = database;
    this.key = key;
    this.member = member;
    this.activeAt = clock.now();
    this.#parent = parent?.ended === true ? shortened(parent, this) : parent;
  }

  /** The nearest scope around this one that still means something. */
  get parent(): Scope | undefined {
    let at = this.#parent;
    while (at?.ended === true && (at.database === undefined || this.speaksOf(at.database, at.key))) at = at.#parent;
    this.#parent = at;
    return at;
  }

  /** Says whether statements on this database are found by it. */
  speaksOf(database: object, key: string | undefined): boolean {
    return this.database === database && this.key === key;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Its work is over. */
  end(): void {
    this.#ended = true;
  }

  /** Counts a call that goes out to a server (1), or has been answered (-1), for it and everything around it. */
  count(calls: 1 | -1): void {
    // As long as one is on the wire, nobody asks when the last one was.
    const now = calls === -1 ? this.clock.now() : undefined;
    for (let at: Scope | undefined = this; at !== undefined; at = at.parent) {
      at.busy += calls;
      if (now !== undefined) at.activeAt = now;
    }
  }

  /** A call was answered in the tick in which it was made. */
  answered(): void {
    const now = this.clock.now();
    for (let at: Scope | undefined = this; at !== undefined; at = at.parent) at.activeAt = now;
  }

  /** Counts an answer that is waited for as on the wire until it is there. */
  counting<T>(answer: MaybePromise<T>): MaybePromise<T> {
    if (!(answer instanceof Promise)) return answer;
    this.count(1);
    return answer.then(
      (value) => {
        this.count(-1);
        return value;
      },
      (error: unknown) => {
        this.count(-1);
        throw error;
      },
    );
  }

  /** Says whether `other` is this scope, or around it. */
  isInside(other: Scope): boolean {
    for (let at: Scope | undefined = this; at !== undefined; at = at.parent) if (at === other) return true;
    return false;
  }
}

const storage = new AsyncLocalStorage<Scope | undefined>();

/** The innermost scope of the calling context. */
export function currentScope(): Scope | undefined {
  return storage.getStore();
}

/** Runs `work` with `scope` as its innermost one; `undefined` leaves every scope. */
export function runInScope<R>(scope: Scope | undefined, work: () => R): R {
  return storage.run(scope, work);
}

/** From here on, the async chain that is running now has `scope` as its innermost one, as if all of it were inside {@link runInScope}. */
export function enterScope(scope: Scope): void {
  storage.enterWith(scope);
}

/** What statements on a database are part of in the calling context: the nearest scope that speaks of it. */
export function scopeOf(database: object, key?: string): Scope | undefined {
  for (let at = storage.getStore(); at !== undefined; at = at.parent) if (at.speaksOf(database, key)) return at;
  return undefined;
}

/** The nearest living scope of the calling context that speaks of a database, whatever its key. */
export function livingScopeOf(database: object): Scope | undefined {
  for (let at = storage.getStore(); at !== undefined; at = at.parent) {
    if (at.database === database && !at.ended) return at;
  }
  return undefined;
}

/** For whom a call counts: those of the three that are not around another one of them. */
export function callersOf(caller: Scope | undefined, unit: Scope, holder: Scope): readonly Scope[] {
  // As nearly always: the callback of a transaction.
  if (caller === unit && unit === holder) return [unit];
  const scopes = caller === undefined ? [] : [caller];
  for (const scope of [unit, holder]) if (!scopes.some((it) => it.isInside(scope))) scopes.push(scope);
  return scopes;
}

/** A long row of ended scopes, reduced to one for each database. */
function shortened(parent: Scope | undefined, below: Scope): Scope | undefined {
  let length = 0;
  let living = parent;
  for (; living?.ended === true; living = living.parent) length++;
  if (length <= longestTail) return parent;
  const kept: Scope[] = [];
  for (let at = parent; at?.ended === true; at = at.parent) {
    const { database, key } = at;
    if (database === undefined || below.speaksOf(database, key)) continue;
    if (!kept.some((it) => it.speaksOf(database, key))) kept.push(at);
  }
  let tail = living;
  for (const { clock, describe, database, key, member } of kept.reverse()) {
    tail = new Scope({ clock, describe, parent: tail, database, key, member });
    tail.end();
  }
  return tail;
}
