import type { Holder } from "../pool/index.ts";
import { boundsFrom } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Hold } from "./hold.ts";
import type { LeaseSource } from "./lease-source.ts";
import type { Operation } from "./operation.ts";
import { watchGarbage } from "./session-leak.ts";
import { SessionUnits } from "./session-units.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { Propagate } from "./transaction-handle.ts";
import type { SessionOptions, TransactionOptions } from "./transaction-options.ts";

/**
 * A unit of work on one database. It takes a connection and begins a transaction with its first statement; `commit()` and `rollback()`
 * end the transaction and give the connection back; the next statement begins anew. Statements issued at once run one after another.
 *
 * After a statement has failed, everything but `rollback()` and `close()` rejects with `TransactionAbortedError`, on every engine.
 * After `close()` everything rejects with `SessionClosedError`.
 */
export class Session extends StatementExecutor implements AsyncDisposable {
  readonly #units: SessionUnits;
  readonly #source: LeaseSource;
  readonly #propagate: Propagate;

  /** Made by `Database.getSession`. */
  constructor(
    context: DatabaseContext,
    source: LeaseSource,
    propagate: Propagate,
    options: SessionOptions,
    holder: Holder,
  ) {
    super(context);
    this.#source = source;
    this.#propagate = propagate;
    this.#units = new SessionUnits(context, source, options, holder);
    watchGarbage(this, this.#units);
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
   */
  commit(): Promise<void> {
    return this.#units.commit();
  }

  /** Undoes what was done since the last commit or rollback and gives the connection back. */
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
  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    return this.#units.use((participation) =>
      this.#propagate(this.context, this.#source, participation, work, options, "nested"),
    );
  }

  protected override run<T>(operation: Operation<T>): Promise<T> {
    return this.#units.use((participation) => participation.execute(operation));
  }

  protected override async hold(options: SessionOptions, abandon: () => Promise<void>): Promise<Hold> {
    const bounds = boundsFrom(this.context, options);
    return this.#units.use((participation) => participation.occupy(bounds, abandon));
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return work(this);
  }
}
