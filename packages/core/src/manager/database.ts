import type { MaybePromise } from "../driver/index.ts";
import type { CloseOptions, Holder, Pool, PoolStats } from "../pool/index.ts";
import {
  acquireRequest,
  ambientParticipation,
  boundsFrom,
  currentScope,
  type DatabaseContext,
  type Hold,
  holdAutocommit,
  type Operation,
  PinnedConnection,
  poolSource,
  propagate,
  runAutocommit,
  runInScope,
  ScopeHolder,
  Session,
  type SessionOptions,
  StatementExecutor,
  type StatementOptions,
  type Transaction,
  type TransactionOptions,
  traceTransaction,
} from "../session/index.ts";
import { checkHealth, type Health } from "./health.ts";

/**
 * One configured database: its pool, and statements that each run on their own. Inside `transaction()` of the same database, anywhere in
 * the same async chain, its statements join that transaction. May be used concurrently.
 */
export class Database extends StatementExecutor {
  readonly #pool: Pool;
  readonly #closeConnector: () => Promise<void>;
  #closing: Promise<void> | undefined;

  /** Made by the manager. */
  constructor(makeContext: (database: object) => DatabaseContext, closeConnector: () => Promise<void>) {
    const identity = {};
    const context = makeContext(identity);
    super(context);
    this.#pool = context.pool;
    this.#closeConnector = closeConnector;
  }

  get closed(): boolean {
    return this.#pool.closed;
  }

  /**
   * Opens and checks at least one connection, `pool.min` of them at most. Not needed: the first statement connects as well.
   * @throws ConnectError, AuthenticationError, ConnectTimeoutError
   */
  connect(): Promise<void> {
    return this.#pool.connect();
  }

  /** A session of your own; close it, or use `await using`. Nothing is sent before its first statement. */
  async getSession(options: SessionOptions = {}): Promise<Session> {
    return this.#session(options, this.#holder("session on"));
  }

  #holder(what: string): Holder {
    return new ScopeHolder(currentScope()?.holder, `${what} "${this.label}"`, this.context.clock.now());
  }

  #session(options: SessionOptions, holder: Holder): Session {
    return new Session(this.context, poolSource(this.context), propagate, options, holder);
  }

  /** Runs `work` with a session and closes it. It does not commit: call `session.commit()`. */
  async withSession<R>(work: (session: Session) => Promise<R>, options: SessionOptions = {}): Promise<R> {
    const parent = currentScope();
    const holder = this.#holder("session on");
    const scope = { parent, database: undefined, participation: undefined, holder };
    return runInScope(scope, async () => {
      const session = this.#session(options, holder);
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    });
  }

  /**
   * Runs `work` in a transaction: commits when it resolves, rolls back when it rejects. Resolved means committed. Joins a transaction of
   * this database that is already running in the same async chain, unless `propagation` says otherwise.
   */
  transaction<R>(work: (transaction: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    const { context } = this;
    const outer = ambientParticipation(context.identity);
    return traceTransaction(context, options.propagation ?? "required", () =>
      propagate(context, poolSource(context), outer, work, options, "required"),
    );
  }

  /**
   * Runs `work` with one physical connection outside any transaction, for temporary tables, advisory locks and session settings. The
   * connection is reset when it goes back.
   */
  async withConnection<R>(
    work: (connection: PinnedConnection) => Promise<R>,
    options: Pick<StatementOptions, "signal" | "timeoutMs"> = {},
  ): Promise<R> {
    const { context } = this;
    const parent = currentScope();
    const holder = this.#holder("connection of");
    const bounds = boundsFrom(context, options);
    const lease = this.#pool.tryAcquire(holder) ?? (await this.#pool.acquire(acquireRequest(bounds, holder, false)));
    const { connection } = lease;
    const pinned = new PinnedConnection(context, connection, propagate);
    // Statements on the database itself are not for this connection: only the handle is.
    const scope = { parent, database: undefined, participation: undefined, holder };
    try {
      return await runInScope(scope, () => work(pinned));
    } finally {
      await pinned.end();
      lease.release({ error: connection.usable ? "ok" : "dead", dirty: true, answered: pinned.answered });
    }
  }

  /** The pool's figures and counters at this moment. */
  stats(): PoolStats {
    return this.#pool.stats();
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
    this.#pool.evict();
  }

  /** Stops new work, lets running work finish until the deadline, then cuts it, and closes every connection. Safe to call twice. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close(options: CloseOptions): Promise<void> {
    await this.#pool.close(options);
    await this.#closeConnector();
  }

  protected override run<T>(operation: Operation<T>): MaybePromise<T> {
    const outer = ambientParticipation(this.context.identity);
    return outer === undefined ? runAutocommit(this.context, operation) : outer.execute(operation);
  }

  protected override async hold(options: StatementOptions, abandon: () => Promise<void>): Promise<Hold> {
    const bounds = boundsFrom(this.context, options);
    const outer = ambientParticipation(this.context.identity);
    if (outer === undefined) return holdAutocommit(this.context, bounds);
    return outer.occupy(bounds, abandon);
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return this.transaction((transaction) => work(transaction as Transaction & StatementExecutor));
  }

  /** Shows where it stands in a log line, and no credential. */
  toJSON(): { readonly label: string; readonly engine: string } {
    return { label: this.label, engine: this.engine };
  }
}
