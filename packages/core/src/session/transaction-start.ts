import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { beginNow, type PlannedBegin } from "./begin-options.ts";
import { acquireRequest } from "./borrow.ts";
import { type Bounds, bothBounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { queries, transactions } from "./diagnostics.ts";
import { failureOf, isConnectionLoss } from "./failure.ts";
import { traceControl } from "./query-trace.ts";
import { runBounded } from "./run-bounded.ts";
import type { Scope } from "./scope.ts";

/** What a transaction begins with. */
export interface StartFacts {
  readonly context: DatabaseContext;
  readonly begin: PlannedBegin;
  readonly holder: Scope;
  /** The transaction that begins, for events. */
  readonly transaction: { readonly number: number };
  /** The pinned connection on which it begins; absent where it takes one of its own. */
  readonly pinned?: Borrowed | undefined;
}

/** The beginning of a transaction: a connection is taken, and BEGIN sent on it. */
export class TransactionStart {
  readonly #facts: StartFacts;
  /** When it got its connection, where somebody subscribes. */
  takenAt: number | undefined;
  #given: { readonly reason: unknown } | undefined;
  #waiting: AbortController | undefined;
  /** The connection on which BEGIN is on its way. */
  #beginning: DriverConnection | undefined;
  /** That one was destroyed meanwhile. */
  #isCut = false;

  constructor(facts: StartFacts) {
    this.#facts = facts;
  }

  /** The lease on which the transaction has begun. @param isSecond - on a new connection, after one that had died in the pool without a sign */
  run(bounds: Bounds, isSecond = false): MaybePromise<Borrowed> {
    const { context, holder, pinned } = this.#facts;
    const lease = pinned ?? (isSecond ? undefined : context.pool.tryAcquire(holder));
    return lease === undefined ? this.#whenLent(bounds, isSecond) : this.#beginOn(lease, bounds, isSecond);
  }

  async #whenLent(bounds: Bounds, isSecond: boolean): Promise<Borrowed> {
    const { context, holder } = this.#facts;
    const request = acquireRequest(this.#whileWaiting(bounds), holder, isSecond);
    let lease: Borrowed;
    try {
      lease = await context.pool.acquire({ ...request, bounded: bounds !== unbounded });
    } catch (error) {
      throw this.#given === undefined ? error : this.#given.reason;
    }
    return this.#beginOn(lease, bounds, isSecond);
  }

  /** Gives up, where that is still under way. */
  giveUp(reason: MdbError): void {
    this.#given ??= { reason };
    this.#waiting?.abort(reason);
    if (this.#facts.context.permanent || this.#beginning === undefined) return;
    this.#isCut = true;
    this.#beginning.destroy(reason);
  }

  #beginOn(lease: Borrowed, bounds: Bounds, isSecond: boolean): MaybePromise<Borrowed> {
    const { context, holder, transaction } = this.#facts;
    const { connection } = lease;
    if (transactions.hasSubscribers) this.takenAt = context.clock.now();
    let begun: MaybePromise<void>;
    try {
      // Its unit has ended while the connection was on its way.
      if (this.#given !== undefined) throw this.#given.reason;
      const begin = beginNow(context, this.#facts.begin);
      const send = (): MaybePromise<void> => connection.begin(begin);
      const perform = queries.hasSubscribers
        ? () => traceControl(context, "begin", connection, transaction, send)
        : send;
      begun = holder.counting(
        runBounded(context, connection, bounds, { text: undefined, limitMs: Number.POSITIVE_INFINITY, perform }),
      );
    } catch (error) {
      return this.#failed(error, lease, bounds, isSecond);
    }
    return begun instanceof Promise ? this.#whenBegun(begun, lease, bounds, isSecond) : lease;
  }

  async #whenBegun(begun: Promise<void>, lease: Borrowed, bounds: Bounds, isSecond: boolean): Promise<Borrowed> {
    this.#beginning = lease.connection;
    try {
      await begun;
    } catch (error) {
      return this.#failed(error, lease, bounds, isSecond);
    }
    if (this.#given !== undefined) return this.#failed(this.#given.reason, lease, bounds, isSecond);
    this.#beginning = undefined;
    return lease;
  }

  #failed(error: unknown, lease: Borrowed, bounds: Bounds, isSecond: boolean): MaybePromise<Borrowed> {
    this.#beginning = undefined;
    const failure = failureOf(this.#facts.context, lease.connection, error);
    lease.release({ error: failure.connection, answered: failure.answered, cut: this.#isCut });
    // What its giving up has done to the connection says nothing; why it was given up does.
    if (this.#given !== undefined) throw this.#given.reason;
    // Nothing ran, so a second connection may be tried.
    if (isSecond || !failure.notExecuted || !isConnectionLoss(failure)) throw failure.error;
    return this.run(bounds, true);
  }

  #whileWaiting(bounds: Bounds): Bounds {
    this.#waiting ??= new AbortController();
    return bothBounds(bounds, { deadline: Number.POSITIVE_INFINITY, signal: this.#waiting.signal });
  }
}
