import type { MaybePromise } from "../driver/index.ts";
import { boundsFrom } from "./bounds.ts";
import type { Transaction } from "./executor.ts";
import type { Hook } from "./hooks.ts";
import type { Operation } from "./operation.ts";
import type { Participant } from "./participant.ts";
import { enterScope } from "./scope.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { StatementOptions } from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import { noSessionOptions, type TransactionOptions } from "./transaction-options.ts";
import type { Occupant } from "./turn.ts";

/** Runs a callback inside the transaction of a part. */
export type RunInside = <R>(
  outer: Participant,
  work: (transaction: Transaction) => Promise<R>,
  options: TransactionOptions,
) => Promise<R>;

/**
 * The door for bridges to libraries that call a transaction's callback themselves, after they have awaited the bridge: what they run from there
 * on joins the transaction. It works as `AsyncLocalStorage.enterWith` does, so it has to be called in the same tick as the bridge.
 */
const enter: unique symbol = Symbol.for("@nsj/mdb/enter") as never;

/** The handle of one callback. */
export class TransactionHandle extends StatementExecutor implements Transaction {
  protected readonly part: Participant;
  readonly #runInside: RunInside;
  #sent = false;

  constructor(part: Participant, runInside: RunInside) {
    super(part.context);
    this.part = part;
    this.#runInside = runInside;
  }

  /** Runs `work` with a handle that nobody else uses: what that has sent is not kept without the rest. */
  static async runWhole<R>(handle: TransactionHandle, work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    try {
      return await work(handle);
    } catch (error) {
      if (handle.#sent) handle.part.here().unit.markRollbackOnly(error);
      throw error;
    }
  }

  get signal(): AbortSignal {
    return this.part.signal;
  }

  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = noSessionOptions): Promise<R> {
    return this.#runInside(this.part, work, options);
  }

  savepoint<R>(work: (inner: Transaction) => Promise<R>): Promise<R> {
    return this.#runInside(this.part, work, noSessionOptions);
  }

  onCommit(hook: Hook): void {
    this.part.onCommit(hook);
  }

  onRollback(hook: Hook): void {
    this.part.onRollback(hook);
  }

  /** See {@link enter}. */
  [enter](): void {
    enterScope(this.part.scope);
  }

  protected override perform<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T> {
    this.#sent = true;
    return this.part.execute(operation, occupant);
  }

  protected override openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    return this.part.openStream(boundsFrom(this.context, options), occupant);
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return TransactionHandle.runWhole(new TransactionHandle(this.part, this.#runInside), work);
  }
}
