import { boundsFrom } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Hold } from "./hold.ts";
import type { Hook } from "./hooks.ts";
import type { LeaseSource } from "./lease-source.ts";
import type { Operation } from "./operation.ts";
import type { Participation } from "./participation.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { Propagation, TransactionOptions } from "./transaction-options.ts";

/** How a transaction is run relative to the one around it; see `propagate`. */
export type Propagate = <R>(
  context: DatabaseContext,
  source: LeaseSource,
  outer: Participation | undefined,
  work: (transaction: Transaction) => Promise<R>,
  options: TransactionOptions,
  usual: Propagation,
) => Promise<R>;

/** The handle of one callback. */
export class TransactionHandle extends StatementExecutor implements Transaction {
  readonly #participation: Participation;
  readonly #source: LeaseSource;
  readonly #propagate: Propagate;

  constructor(participation: Participation, source: LeaseSource, propagate: Propagate) {
    super(participation.context);
    this.#participation = participation;
    this.#source = source;
    this.#propagate = propagate;
  }

  protected override run<T>(operation: Operation<T>): Promise<T> {
    return this.#participation.execute(operation);
  }

  protected override async hold(options: TransactionOptions, abandon: () => Promise<void>): Promise<Hold> {
    return this.#participation.occupy(boundsFrom(this.context, options), abandon);
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return work(this);
  }

  transaction<R>(work: (inner: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    return this.#propagate(this.context, this.#source, this.#participation, work, options, "nested");
  }

  savepoint<R>(work: (inner: Transaction) => Promise<R>): Promise<R> {
    return this.#propagate(this.context, this.#source, this.#participation, work, {}, "nested");
  }

  onCommit(hook: Hook): void {
    this.#participation.onCommit(hook);
  }

  onRollback(hook: Hook): void {
    this.#participation.onRollback(hook);
  }
}
