import type { MaybePromise } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import { type CloseOptions, type PoolStats, reportedAfterMs } from "../pool/index.ts";
import {
  ambientPart,
  borrow,
  boundsFrom,
  checkPinOptions,
  checkWork,
  currentScope,
  type DatabaseContext,
  type EventPlace,
  eventPlace,
  HeldTransaction,
  type HeldTransactionOptions,
  holdingScope,
  nameOf,
  noSessionOptions,
  type Occupant,
  type Operation,
  openAutocommitStream,
  PinnedConnection,
  type PinOptions,
  propagate,
  runAutocommit,
  runInScope,
  Session,
  type SessionOptions,
  type StandIn,
  StatementExecutor,
  type StatementOptions,
  type StreamLease,
  type Transaction,
  type TransactionOptions,
} from "../session/index.ts";
import { checkHealth, type Health } from "./health.ts";

/** The door for helpers of tests: what lends connections from now on, in the place of the pool. */
const lendFrom: unique symbol = Symbol.for("@nsj/mdb/lend-from") as never;

/** What a database does beside running statements. */
export interface DatabaseLife {
  connect(): Promise<void>;
  /** Replaces every connection that is open now. */
  evict(): void;
  close(options: CloseOptions): Promise<void>;
}

/**
 * One configured database: its pool, and statements that each run on their own. Inside `transaction()` of the same database, anywhere in
 * the same async chain, its statements join that transaction. May be used concurrently.
 */
export class Database extends StatementExecutor {
  readonly #life: DatabaseLife;
  #closing: Promise<void> | undefined;

  /** Made by the manager. */
  constructor(context: DatabaseContext, life: DatabaseLife) {
    super(context);
    this.#life = life;
  }

  get closed(): boolean {
    return this.context.pool.closed;
  }

  /** What every event says of it, for packages that publish events of their own. */
  get place(): EventPlace {
    return eventPlace(this.context);
  }

  /**
   * How long a connection may be held until that is reported as too long, or ended, in milliseconds: see `leakDetectionMs` and `holdLimitMs` of its pool. For code that holds
   * one for good, and takes another one in time.
   */
  get longestHoldMs(): number {
    const { patience } = this.context.pool;
    const { holdLimitMs } = patience;
    return Math.min(reportedAfterMs(patience), holdLimitMs > 0 ? holdLimitMs : Number.POSITIVE_INFINITY);
  }

  /** Whether statements of the calling code join a running transaction or session, instead of committing by themselves. */
  get inTransaction(): boolean {
    return ambientPart(this.context) !== undefined;
  }

  /**
   * Opens and checks at least one connection, `pool.min` of them at most. Not needed: the first statement connects as well.
   * @throws ConnectError, AuthenticationError, ConnectTimeoutError
   */
  connect(): Promise<void> {
    return this.#life.connect();
  }

  /**
   * A session of your own; close it, or use `await using`. Nothing is sent before its first statement. It never joins a running transaction.
   * @throws ConfigurationError, UnsupportedError when the engine lacks an option
   */
  async getSession(options: SessionOptions = {}): Promise<Session> {
    return new Session(this.context, options, currentScope());
  }

  /** Runs `work` with a session and closes it. It does not commit: call `session.commit()`. */
  async withSession<R>(work: (session: Session) => Promise<R>, options: SessionOptions = {}): Promise<R> {
    checkWork(this.context, work);
    const scope = holdingScope(this.context, "callback with a session on");
    const session = new Session(this.context, options, scope);
    try {
      return await runInScope(scope, async () => work(session));
    } finally {
      await session.close();
      scope.end();
    }
  }

  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects. Resolved means committed. Joins a transaction of
   * this database that is already running in the same async chain, unless `propagation` says otherwise.
   */
  transaction<R>(
    work: (transaction: Transaction) => Promise<R>,
    options: TransactionOptions = noSessionOptions,
  ): Promise<R> {
    const { context } = this;
    return propagate({ context, outer: ambientPart(context), usual: "required" }, work, options);
  }

  /**
   * A transaction of your own that you end: `await using tx = await database.begin()`. Nothing is sent before its first statement; without a
   * `commit()` that has resolved it is rolled back. It never joins a running transaction; statements on the database join it inside of
   * `tx.run()`.
   * @throws ConfigurationError, UnsupportedError when the engine lacks an option
   */
  async begin(options: HeldTransactionOptions = {}): Promise<HeldTransaction> {
    return new HeldTransaction(this.context, options);
  }

  /**
   * Runs `work` with one physical connection outside any transaction, for temporary tables, advisory locks and session settings. The
   * connection is reset when it goes back.
   * @param options - `signal` and `timeoutMs` from the call to the end of `work`: then the connection is taken away, and what runs on it is stopped
   */
  async withConnection<R>(work: (connection: PinnedConnection) => Promise<R>, options: PinOptions = {}): Promise<R> {
    const { context } = this;
    checkWork(context, work);
    checkPinOptions(nameOf(context), options);
    const { standIn } = context.lending ?? {};
    if (standIn !== undefined) throw standIn.refusePinning();
    // Statements on the database itself are not for this connection: only the handle is.
    const scope = holdingScope(context, "connection of");
    const bounds = boundsFrom(context, options);
    const lease = await borrow(context, bounds, scope);
    const { connection } = lease;
    const pinned = new PinnedConnection(context, connection, scope, bounds);
    try {
      return await pinned.use(() => work(pinned));
    } finally {
      const dirty = options.reset !== "auto" || !context.capabilities.noticesSessionChanges;
      lease.release({ error: connection.usable ? "ok" : "dead", dirty, answered: pinned.answered });
    }
  }

  /** The pool's figures and counters at this moment. */
  stats(): PoolStats {
    return this.context.pool.stats();
  }

  /** Takes a connection and asks the server for a sign of life. Never rejects. `timeoutMs` is 5 000 by default. */
  health(options: { readonly timeoutMs?: number } = {}): Promise<Health> {
    return checkHealth(this.context, options.timeoutMs ?? 5_000);
  }

  /**
   * Replaces every connection that is open now or being opened, for credentials or addresses that have changed: idle ones are closed at once,
   * those in use when they come back, and attempts to connect are given up and made again. Running work is not disturbed. Returns at once; may
   * be called at any time. Does nothing for a database in memory, which lives in its one connection, and for a closed one.
   */
  evictConnections(): void {
    this.#life.evict();
  }

  /** Stops new work, lets running work finish until the deadline, then cuts it, and closes every connection. Safe to call twice. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#life.close(options);
    return this.#closing;
  }

  /** See {@link lendFrom}; `undefined` brings the pool back. @throws UnsupportedError for a label that stands for several databases */
  [lendFrom](standIn: ((context: DatabaseContext) => StandIn) | undefined): void {
    const { context } = this;
    const { lending } = context;
    if (lending === undefined) {
      const message = `${nameOf(context)}: the label stands for several databases, so its connections cannot be stood in for`;
      throw new UnsupportedError(message, context);
    }
    lending.lendFrom(undefined);
    lending.lendFrom(standIn?.(context));
  }

  protected override perform<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T> {
    const around = currentScope();
    const part = around === undefined ? undefined : ambientPart(this.context);
    return part === undefined ? runAutocommit(this.context, operation, around) : part.execute(operation, occupant);
  }

  protected override openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    const bounds = boundsFrom(this.context, options);
    const part = ambientPart(this.context);
    return part === undefined
      ? openAutocommitStream(this.context, bounds, occupant)
      : part.openStream(bounds, occupant);
  }

  protected override get commitsAlone(): boolean {
    return ambientPart(this.context) === undefined;
  }

  protected override atomically<R>(
    work: (executor: StatementExecutor) => Promise<R>,
    own: Pick<TransactionOptions, "retry"> = {},
  ): Promise<R> {
    return this.transaction((transaction) => work(transaction as Transaction & StatementExecutor), own);
  }

  /** Shows where it stands in a log line, and no credential. */
  toJSON(): { readonly label: string; readonly engine: string } {
    return { label: this.label, engine: this.engine };
  }
}
