import { boundsFrom } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Operation } from "./operation.ts";
import { handleOf, propagate } from "./propagate.ts";
import type { Scope } from "./scope.ts";
import { SessionUnits } from "./session-units.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { StatementOptions } from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import { TransactionHandle } from "./transaction-handle.ts";
import { noSessionOptions, type SessionOptions, type TransactionOptions } from "./transaction-options.ts";
import type { Occupant } from "./turn.ts";
import { runAmbient, watchGarbage } from "./unit-by-hand.ts";

/**
 * A unit of work on one database. It takes a connection and begins a transaction with its first statement; `commit()` and `rollback()`
 * end the transaction and give the connection back; the next statement begins anew. Statements issued at once run one after another.
 *
 * It is always on its own: a session inside of `transaction()` does not join that, and statements on the database join a session only
 * inside of its `run()`, `transaction()` and `savepoint()`.
 *
 * After a statement has failed, everything but `rollback()` and `close()` rejects with `TransactionAbortedError`, on every engine.
 * After `close()` everything rejects with `SessionClosedError`.
 */
export class Session extends StatementExecutor implements AsyncDisposable {
  readonly #units: SessionUnits;

  /** Made by `Database.getSession`. */
  constructor(context: DatabaseContext, options: SessionOptions, around: Scope | undefined) {
    super(context);
    this.#units = new SessionUnits(context, options, around);
    watchGarbage(this, this.#units);
  }

  /** Calls `listener` once the session is over and its last connection is back, or when it is garbage. */
  static whenOver(session: Session, listener: () => void): void {
    session.#units.onEnd = listener;
  }

  get closed(): boolean {
    return this.#units.closed;
  }

  /** Whether a transaction has begun and has not ended. */
  get inTransaction(): boolean {
    return this.#units.begun;
  }

  /**
   * Commits what was done since the last commit or rollback and gives the connection back; nothing to do when there was no statement.
   * Waits for statements issued before it. Resolved means committed.
   * @throws TransactionAbortedError when a statement had failed: everything was rolled back
   * @throws CommitOutcomeUnknownError when the connection was lost meanwhile
   * @throws TransactionStateError inside its own stream, savepoint or `run()`: nothing has happened then
   */
  commit(): Promise<void> {
    return this.#units.commit();
  }

  /**
   * Undoes what was done since the last commit or rollback and gives the connection back.
   * @throws TransactionStateError inside its own stream, savepoint or `run()`: nothing has happened then
   */
  rollback(): Promise<void> {
    return this.#units.rollback();
  }

  /** Ends the session; work that was not committed is rolled back. Idempotent. */
  close(): Promise<void> {
    return this.#units.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs `work` inside a savepoint: when it rejects, only what it did is undone. */
  savepoint<R>(work: (inner: Transaction) => Promise<R>): Promise<R> {
    return this.transaction(work);
  }

  /** Runs `work` in a transaction inside this session's: a savepoint, unless `propagation` says otherwise. */
  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = noSessionOptions): Promise<R> {
    const { context } = this;
    return this.#units.use((outer) => propagate({ context, outer, usual: "nested" }, work, options));
  }

  /**
   * Runs `work` so that everything on this database in the same async chain joins the session's transaction. It can be committed once `work` has
   * settled; that `work` rejects dooms nothing by itself.
   */
  run<R>(work: () => Promise<R>): Promise<R> {
    return this.#units.use((part) => runAmbient(part, work));
  }

  protected override perform<T>(operation: Operation<T>, occupant?: Occupant): Promise<T> {
    return this.#units.use(async (part) => part.execute(operation, occupant));
  }

  protected override openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    const bounds = boundsFrom(this.context, options);
    return this.#units.use((part) => part.openStream(bounds, occupant));
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return this.#units.use((part) => TransactionHandle.runWhole(handleOf(part), work));
  }
}
