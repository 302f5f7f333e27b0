import type { MaybePromise } from "../driver/index.ts";
import { TransactionStateError } from "../errors/index.ts";
import { holdAutocommit, runAutocommit } from "./autocommit.ts";
import { boundsFrom } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Hold } from "./hold.ts";
import { poolSource } from "./lease-source.ts";
import type { Operation } from "./operation.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { Propagate } from "./transaction-handle.ts";
import type { TransactionOptions } from "./transaction-options.ts";

/** The handle of a callback that runs without a transaction (`supports`, `not_supported`, `never`): each statement commits by itself. */
export class AutocommitHandle extends StatementExecutor implements Transaction {
  readonly #propagate: Propagate;

  constructor(context: DatabaseContext, propagate: Propagate) {
    super(context);
    this.#propagate = propagate;
  }

  protected override run<T>(operation: Operation<T>): MaybePromise<T> {
    return runAutocommit(this.context, operation);
  }

  protected override hold(options: TransactionOptions): Promise<Hold> {
    return holdAutocommit(this.context, boundsFrom(this.context, options));
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return this.transaction((inner) => work(inner as Transaction & StatementExecutor));
  }

  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    return this.#propagate(this.context, poolSource(this.context), undefined, work, options, "required");
  }

  savepoint<R>(): Promise<R> {
    return Promise.reject(this.#noTransaction("a savepoint"));
  }

  onCommit(): void {
    throw this.#noTransaction("onCommit");
  }

  onRollback(): void {
    throw this.#noTransaction("onRollback");
  }

  #noTransaction(what: string): TransactionStateError {
    return new TransactionStateError(
      `${nameOf(this.context)}: ${what} needs a transaction, and none is running here`,
      this.context,
    );
  }
}
