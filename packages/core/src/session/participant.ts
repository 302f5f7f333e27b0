import type { MaybePromise } from "../driver/index.ts";
import { type MdbError, TransactionClosedError } from "../errors/index.ts";
import { tellAbandoned } from "./abandoned.ts";
import { type Bounds, bothBounds, tripped, unbounded, watchBounds } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Hook } from "./hooks.ts";
import type { Operation } from "./operation.ts";
import { currentScope, livingScopeOf, runInScope, Scope, scopeOf } from "./scope.ts";
import { leaseForStream, type StreamLease } from "./stream-lease.ts";
import type { Occupant } from "./turn.ts";
import type { Unit } from "./unit.ts";
import type { Child } from "./unit-facts.ts";

/** How a callback takes part in a unit. */
export interface ParticipantFacts {
  readonly unit: Unit;
  /** What its statements are found by; the unit's own where it is the one that the unit was made for. */
  readonly scope: Scope;
  readonly bounds: Bounds;
  /** How long each of its statements may run, in milliseconds; `Infinity` by default. */
  readonly limitMs?: number | undefined;
  /** Who begins one unit after another, where that is a session. */
  readonly owner?: object | undefined;
}

/**
 * One callback's part in a unit: what its handle, and the scope inside it, run statements through. Several callbacks share one unit when they
 * join a running transaction; each part ends with its own callback.
 */
export class Participant implements Child {
  readonly what = "a callback that had joined it";
  readonly unit: Unit;
  readonly context: DatabaseContext;
  readonly scope: Scope;
  readonly bounds: Bounds;
  /** See {@link ParticipantFacts.owner}. */
  readonly owner: object | undefined;
  readonly #limitMs: number;
  /** Those of its callback alone, which the unit does not know. */
  readonly #ownBounds: Bounds;
  #reason: MdbError | undefined;
  #reject: ((reason: MdbError) => void) | undefined;
  #controller: AbortController | undefined;
  #unwatch: (() => void) | undefined;
  /** Whether the callback itself has come back, however its wait ended. */
  returned = true;

  constructor({ unit, scope, bounds, limitMs = Number.POSITIVE_INFINITY, owner }: ParticipantFacts) {
    this.unit = unit;
    this.context = unit.context;
    this.scope = scope;
    this.bounds = bounds;
    this.owner = owner;
    this.#ownBounds = bounds === unit.bounds ? unbounded : bounds;
    this.#limitMs = limitMs;
    scope.member = this;
  }

  /** Aborted, with the reason, when its unit ends before its callback. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /**
   * Runs the caller's code in this part; rejects as soon as it is interrupted, without waiting for that code.
   * @param isEntered - whether the code is found to be in it by its scope; not needed where `work` enters a scope inside of that by itself
   */
  run<R>(work: () => Promise<R>, isEntered = true): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#refuseWhenOver();
      this.#reject = reject;
      this.unit.children.add(this);
      this.returned = false;
      if (this.bounds !== unbounded) this.#watch();
      const failed = (error: unknown): void => {
        this.returned = true;
        if (this.#reason !== undefined) tellAbandoned(this.context, "a callback", error);
        this.finish();
        reject(error);
      };
      try {
        // What it gives may be a promise of another library's.
        (isEntered ? runInScope(this.scope, () => Promise.resolve(work())) : Promise.resolve(work())).then((value) => {
          this.returned = true;
          this.finish();
          resolve(value);
        }, failed);
      } catch (error) {
        failed(error);
      }
    });
  }

  /**
   * Holds the part without a callback: watches its bounds until it is finished.
   * @param onCutShort - told when its unit ends before its time
   */
  hold(onCutShort: () => void): void {
    this.unit.onCutShort = (reason) => {
      this.interrupt(reason);
      onCutShort();
    };
    this.#watch();
  }

  #watch(): void {
    this.#unwatch = watchBounds(this.context, this.bounds, "the transaction", (reason) => this.#tripped(reason));
  }

  /** Bounds that are over already, or a unit that is, leave nothing for the callback to do. */
  #refuseWhenOver(): void {
    if (this.unit.ended) throw this.unit.closedError();
    const late = tripped(this.context, this.bounds, "the transaction");
    if (late === undefined) return;
    this.#tripped(late);
    this.finish();
    throw late;
  }

  /** Ends the wait for its callback now; nothing happens when none runs. */
  interrupt(reason: MdbError): void {
    if (this.scope.ended || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    if (this.#reject === undefined) return;
    this.#reject(reason);
    this.finish();
  }

  #tripped(reason: MdbError): void {
    // With the callback that the unit was made for, the unit is over; of one that has joined it, only the wait.
    if (this.scope === this.unit.scope) void this.unit.end(this.unit.fail(reason));
    this.interrupt(reason);
  }

  /** Its callback has settled, or is not waited for any longer: from now on it refuses everything. */
  finish(): void {
    this.#reject = undefined;
    this.#unwatch?.();
    this.unit.children.delete(this);
    this.scope.end();
  }

  /** An error when it has ended. */
  get refusal(): MdbError | undefined {
    if (!this.scope.ended && this.#reason === undefined) return undefined;
    const { database, engine } = this.context;
    const message = `${nameOf(this.context)}: the transaction has ended; its handle, and statements not awaited in its callback, are refused`;
    return new TransactionClosedError(message, { database, engine, cause: this.#reason ?? this.unit.endReason });
  }

  /**
   * The part that the calling code means: the savepoint that it is inside of, where it uses an outer handle there. Waiting for the outer one
   * would be waiting for itself.
   */
  here(caller: Scope | undefined = currentScope()): Participant {
    for (let at = caller; at !== undefined; at = at.parent) {
      const { member } = at;
      if (member === this) return this;
      // What its callback has left behind goes on where that was called from; one that has been given up before it returned does not.
      if (!(member instanceof Participant) || (at.ended && member.returned)) continue;
      if (member.unit !== this.unit && member.unit.isPartOf(this.unit)) return member;
    }
    return this;
  }

  /** Runs one operation of a call that is made now. A promise only where it has to wait; throws where it has not. */
  execute<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T> {
    const caller = currentScope();
    const part = this.#living(caller);
    const own = part.#ownBounds;
    const limitMs = Math.min(part.#limitMs, operation.limitMs);
    if (own === unbounded && limitMs === operation.limitMs) return part.unit.execute(operation, caller, occupant);
    return part.unit.execute({ ...operation, bounds: bothBounds(own, operation.bounds), limitMs }, caller, occupant);
  }

  async openStream(bounds: Bounds, occupant: Occupant): Promise<StreamLease> {
    const part = this.#living(currentScope());
    return leaseForStream(part.unit, bothBounds(part.#ownBounds, bounds), occupant);
  }

  /** The part that a call means. @throws MdbError when this one or that one has ended, or may not be used */
  #living(caller: Scope | undefined): Participant {
    const part = this.here(caller);
    const refusal = this.refusal ?? (part === this ? undefined : part.refusal) ?? this.context.refusal?.();
    if (refusal !== undefined) throw refusal;
    return part;
  }

  /** @throws TransactionClosedError */
  onCommit(hook: Hook): void {
    this.#forHooks().onCommit(hook);
  }

  /** @throws TransactionClosedError */
  onRollback(hook: Hook): void {
    this.#forHooks().onRollback(hook);
  }

  #forHooks(): Unit["hooks"] {
    const part = this.here();
    const refusal = this.refusal ?? part.refusal;
    if (refusal !== undefined) throw refusal;
    return part.unit.hooks;
  }
}

/** Whether the calling code runs in a callback of this unit: one that has joined it, or a savepoint's. */
export function callerIsInside(unit: Unit): boolean {
  for (let at = currentScope(); at !== undefined; at = at.parent) {
    if (at.member instanceof Participant && !at.ended && at.member.unit.isPartOf(unit)) return true;
  }
  return false;
}

/** What statements on a database are part of in the calling context. */
export function ambientPart(
  { identity, key: own }: DatabaseContext,
  key: string | undefined = own,
): Participant | undefined {
  const member = scopeOf(identity, key)?.member;
  return member instanceof Participant ? member : undefined;
}

/** The label's transaction, session or savepoint that the calling context is inside of, whatever its key. */
export function livingPart({ identity }: DatabaseContext): Participant | undefined {
  const member = livingScopeOf(identity)?.member;
  return member instanceof Participant ? member : undefined;
}

/** A scope for a callback that takes part in a unit from where the caller is. */
export function joiningScope(
  context: DatabaseContext,
  describe = `callback on "${context.database}"`,
  parent: Scope | undefined = currentScope(),
): Scope {
  const { clock, identity, key } = context;
  return new Scope({ clock, describe, parent, database: identity, key });
}
