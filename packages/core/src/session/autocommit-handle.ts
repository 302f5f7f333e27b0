import type { MaybePromise } from "../driver/index.ts";
import { TransactionStateError } from "../errors/index.ts";
import { openAutocommitStream, runAutocommit } from "./autocommit.ts";
import { boundsFrom } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Operation } from "./operation.ts";
import { currentScope } from "./scope.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { StatementOptions } from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import { noSessionOptions, type TransactionOptions } from "./transaction-options.ts";
import type { Occupant } from "./turn.ts";

type Begin = <R>(work: (transaction: Transaction) => Promise<R>, options: TransactionOptions) => Promise<R>;

/** The handle of a callback that runs without a transaction (`supports`, `not_supported`, `never`): each statement commits by itself. */
export class AutocommitHandle extends StatementExecutor implements Transaction {
  readonly #begin: Begin;
  /** Never aborted: there is no transaction that could end before its callback. */
  readonly signal: AbortSignal = new AbortController().signal;

  constructor(context: DatabaseContext, begin: Begin) {
    super(context);
    this.#begin = begin;
  }

  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = noSessionOptions): Promise<R> {
    return this.#begin(work, options);
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

  protected override perform<T>(operation: Operation<T>): MaybePromise<T> {
    const refusal = this.context.refusal?.();
    return refusal === undefined ? runAutocommit(this.context, operation, currentScope()) : Promise.reject(refusal);
  }

  protected override openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    const refusal = this.context.refusal?.();
    if (refusal !== undefined) return Promise.reject(refusal);
    return openAutocommitStream(this.context, boundsFrom(this.context, options), occupant);
  }

  protected override get commitsAlone(): boolean {
    return true;
  }

  protected override atomically<R>(
    work: (executor: StatementExecutor) => Promise<R>,
    own: Pick<TransactionOptions, "retry"> = {},
  ): Promise<R> {
    return this.transaction((inner) => work(inner as Transaction & StatementExecutor), own);
  }

  #noTransaction(what: string): TransactionStateError {
    return new TransactionStateError(
      `${nameOf(this.context)}: ${what} needs a transaction, and none is running here`,
      this.context,
    );
  }
}
