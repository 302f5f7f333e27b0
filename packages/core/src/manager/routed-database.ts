import type { MaybePromise } from "../driver/index.ts";
import {
  ambientPart,
  type Bounds,
  boundsFrom,
  currentScope,
  type DatabaseContext,
  HeldTransaction,
  type HeldTransactionOptions,
  internalsOf,
  joinsWhatRuns,
  livingPart,
  type Occupant,
  type Operation,
  openAutocommitStream,
  type PinnedConnection,
  type PinOptions,
  propagate,
  runAutocommit,
  Session,
  type SessionOptions,
  type StatementOptions,
  type StreamLease,
  type Transaction,
  type TransactionOptions,
  withinBounds,
} from "../session/index.ts";
import { Database } from "./database.ts";
import type { Health } from "./health.ts";
import type { Entered, Router } from "./router.ts";

/** What a routed database is made of; made by core, for composites. */
export interface RoutedParts {
  readonly context: DatabaseContext;
  readonly router: Router;
}

/** A `Symbol.for` brand, so that the manager of any copy of the package finds it. */
export const enterMember: unique symbol = Symbol.for("@nsj/mdb/enter-member") as never;

type Limits = Pick<StatementOptions, "signal" | "timeoutMs">;

/**
 * A database that stands for many: each call goes to the member that the calling code means at that moment. A statement inside a transaction
 * of the same member, anywhere in the same async chain, joins that transaction, wherever the member lives by then.
 */
export class RoutedDatabase extends Database {
  readonly #router: Router;

  /** Made by a composite. */
  constructor({ context, router }: RoutedParts) {
    super(context, router);
    this.#router = router;
  }

  /** The key of the member whose transaction, session or savepoint the calling code is inside of; `undefined` where it is in none. */
  get runningKey(): string | undefined {
    return livingPart(this.context)?.context.key;
  }

  override get inTransaction(): boolean {
    return this.runningKey !== undefined && ambientPart(this.context, this.#router.key()) !== undefined;
  }

  override async getSession(options: SessionOptions = {}): Promise<Session> {
    return this.#handedOut(
      { signal: options.signal },
      (database) => database.getSession(options),
      (session, over) => Session.whenOver(session, over),
    );
  }

  override async withSession<R>(work: (session: Session) => Promise<R>, options: SessionOptions = {}): Promise<R> {
    return this.#inside({ signal: options.signal }, (database) => database.withSession(work, options));
  }

  override async transaction<R>(
    work: (transaction: Transaction) => Promise<R>,
    options: TransactionOptions = {},
  ): Promise<R> {
    const outer = ambientPart(this.context, this.#router.key());
    if (outer === undefined || !joinsWhatRuns(options.propagation)) {
      return this.#inside(options, (database, left) => database.transaction(work, { ...options, ...left }));
    }
    return propagate({ context: outer.context, outer, usual: "required" }, work, options);
  }

  override async begin(options: HeldTransactionOptions = {}): Promise<HeldTransaction> {
    return this.#handedOut(
      options,
      (database, left) => database.begin({ ...options, ...left }),
      (held, over) => HeldTransaction.whenOver(held, over),
    );
  }

  override async withConnection<R>(
    work: (connection: PinnedConnection) => Promise<R>,
    options: PinOptions = {},
  ): Promise<R> {
    return this.#inside(options, (database, left) => database.withConnection(work, { ...options, ...left }));
  }

  override health(options: { readonly timeoutMs?: number } = {}): Promise<Health> {
    return this.#router.health(options.timeoutMs ?? 5_000);
  }

  /**
   * A member, in use until its `end`, for what spans several databases.
   * @param limits - `key`: which one; the one that the calling code means now by default
   */
  [enterMember]({ key, ...limits }: Limits & { readonly key?: string }): MaybePromise<Entered> {
    return this.#enter(key ?? this.#router.key(), boundsFrom(this.context, limits));
  }

  protected override get eventKey(): string | undefined {
    try {
      return this.#router.key();
    } catch {
      // Whoever runs the statement says why there is none.
      return undefined;
    }
  }

  protected override perform<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T> {
    const key = this.#router.key();
    const part = ambientPart(this.context, key);
    if (part !== undefined) return part.execute(operation, occupant);
    const entered = this.#enter(key, operation.bounds, operation.text);
    return entered instanceof Promise ? entered.then((it) => runOn(it, operation)) : runOn(entered, operation);
  }

  protected override async openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    const bounds = boundsFrom(this.context, options);
    const key = this.#router.key();
    const part = ambientPart(this.context, key);
    if (part !== undefined) return part.openStream(bounds, occupant);
    const entered = await this.#enter(key, bounds);
    try {
      const lease = await openAutocommitStream(contextOf(entered), bounds, occupant);
      return {
        ...lease,
        end(failure) {
          lease.end(failure);
          entered.end();
        },
      };
    } catch (error) {
      entered.end();
      throw error;
    }
  }

  /** Runs `work` on the member; its time counts from the call. */
  async #inside<R>(limits: Limits, work: (database: Database, left: Limits) => Promise<R>): Promise<R> {
    const { entered, left } = await this.#enterWithin(limits);
    try {
      return await work(entered.database, left);
    } finally {
      entered.end();
    }
  }

  /** Gives out something of the member's that keeps it open until it is over. */
  async #handedOut<H>(
    limits: Limits,
    make: (database: Database, left: Limits) => Promise<H>,
    whenOver: (handle: H, over: () => void) => void,
  ): Promise<H> {
    const { entered, left } = await this.#enterWithin(limits);
    try {
      const handle = await make(entered.database, left);
      whenOver(handle, () => entered.end());
      return handle;
    } catch (error) {
      entered.end();
      throw error;
    }
  }

  async #enterWithin(limits: Limits): Promise<{ readonly entered: Entered; readonly left: Limits }> {
    const { clock } = this.context;
    const bounds = boundsFrom(this.context, limits);
    const entered = await this.#enter(this.#router.key(), bounds);
    if (limits.timeoutMs === undefined) return { entered, left: {} };
    return { entered, left: { timeoutMs: Math.max(0, bounds.deadline - clock.now()) } };
  }

  #enter(key: string, bounds: Bounds, text?: string): MaybePromise<Entered> {
    const found = this.#router.enter(key);
    if (!("entered" in found)) return found;
    return withinBounds(this.context, bounds, found.entered, () => found.leave(), text);
  }
}

function contextOf({ database }: Entered): DatabaseContext {
  const internals = internalsOf(database);
  if (internals === undefined) throw new TypeError("the router gave something that is no database");
  return internals.context;
}

function runOn<T>(entered: Entered, operation: Operation<T>): MaybePromise<T> {
  let result: MaybePromise<T>;
  try {
    const context = contextOf(entered);
    operation.trace?.at(context);
    const limitMs = Math.min(operation.limitMs, context.statementTimeoutMs);
    const within = limitMs === operation.limitMs ? operation : { ...operation, limitMs };
    result = runAutocommit(context, within, currentScope());
  } catch (error) {
    entered.end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => entered.end());
  entered.end();
  return result;
}
