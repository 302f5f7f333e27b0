import type { DriverConnection } from "../driver/index.ts";
import { SessionClosedError } from "../errors/index.ts";
import { ambientParticipation } from "./ambient.ts";
import { boundsFrom, runBounded } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { StatementOptions, Transaction } from "./executor.ts";
import { failureOf } from "./failure.ts";
import type { Hold } from "./hold.ts";
import { Lane } from "./lane.ts";
import type { LeaseSource } from "./lease-source.ts";
import { limited, type Operation } from "./operation.ts";
import type { Participation } from "./participation.ts";
import { StatementExecutor } from "./statement-executor.ts";
import { stopRunning } from "./stop-running.ts";
import type { Propagate } from "./transaction-handle.ts";
import type { TransactionOptions } from "./transaction-options.ts";

/**
 * One physical connection, outside any transaction: for temporary tables, advisory locks and session settings. Its statements run one
 * after another, each committing by itself; `transaction()` runs on the same connection. Valid until its callback ends.
 */
export class PinnedConnection extends StatementExecutor {
  readonly #connection: DriverConnection;
  readonly #propagate: Propagate;
  readonly #lane: Lane;
  /** The server has answered something on it. */
  answered = false;
  readonly #source: LeaseSource;

  /** Made by `Database.withConnection`. */
  constructor(context: DatabaseContext, connection: DriverConnection, propagate: Propagate) {
    super(context);
    this.#connection = connection;
    this.#propagate = propagate;
    this.#lane = new Lane(context.capabilities);
    this.#source = { take: async () => ({ connection, release: () => {} }) };
  }

  /** The driver's own connection object, for what this library has no word for; `undefined` when the driver keeps it to itself. */
  raw(): unknown {
    return this.#connection.raw?.();
  }

  transaction<R>(work: (transaction: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    const own = this.#ownTransaction();
    if (own !== undefined) return this.#propagate(this.context, this.#source, own, work, options, "nested");
    const begin = () => this.#propagate(this.context, this.#source, undefined, work, options, "required");
    return this.#lane.run(begin, false);
  }

  /** Ends it: nothing new starts, what runs is stopped. Resolves once the connection is quiet. */
  async end(): Promise<void> {
    const message = `${nameOf(this.context)}: the connection went back when its callback ended`;
    this.#lane.close(() => new SessionClosedError(message, this.context));
    await stopRunning(this.context, this.#connection, this.#lane);
  }

  protected override run<T>(operation: Operation<T>): Promise<T> {
    const own = this.#ownTransaction();
    if (own !== undefined) return own.execute(operation);
    return this.#lane.run(() => this.#perform(operation), operation.pipelined);
  }

  async #perform<T>(operation: Operation<T>): Promise<T> {
    try {
      const bounds = limited(this.context, operation, operation.bounds);
      const result = await runBounded(this.context, this.#connection, bounds, operation.text, (it) =>
        operation.perform(this.#connection, it),
      );
      this.answered = true;
      return result;
    } catch (error) {
      const failure = failureOf(this.context, this.#connection, error, operation.text);
      if (failure.answered) this.answered = true;
      throw failure.error;
    }
  }

  protected override async hold(options: StatementOptions, abandon: () => Promise<void>): Promise<Hold> {
    const own = this.#ownTransaction();
    if (own !== undefined) return own.occupy(boundsFrom(this.context, options), abandon);
    const opened = Promise.withResolvers<Hold>();
    const closed = Promise.withResolvers<void>();
    const occupy = async (): Promise<void> => {
      opened.resolve({ connection: this.#connection, end: () => closed.resolve() });
      await closed.promise;
    };
    this.#lane.run(occupy, false).catch(opened.reject);
    return opened.promise;
  }

  protected override atomically<R>(work: (executor: StatementExecutor) => Promise<R>): Promise<R> {
    return this.transaction((inner) => work(inner as Transaction & StatementExecutor));
  }

  /** The transaction of this very connection that the calling code is inside of. */
  #ownTransaction(): Participation | undefined {
    const ambient = ambientParticipation(this.context.identity);
    return ambient?.unit.physical.source === this.#source ? ambient : undefined;
  }
}
