import type { DriverConnection } from "../driver/index.ts";
import {
  type MdbError,
  TransactionAbortedError,
  TransactionClosedError,
  TransactionStateError,
  UnexpectedRollbackError,
} from "../errors/index.ts";
import { currentScope } from "./ambient.ts";
import { type Bounds, bothBounds, runBounded } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import type { Hold } from "./hold.ts";
import { Hooks } from "./hooks.ts";
import { Interruption } from "./interruption.ts";
import { Lane } from "./lane.ts";
import { limited, type Operation, silent } from "./operation.ts";
import type { PhysicalTransaction } from "./physical-transaction.ts";
import { leaveSavepoint, setSavepoint } from "./savepoint.ts";
import { stopRunning } from "./stop-running.ts";
import type { SessionOptions } from "./transaction-options.ts";

/**
 * A transaction or a savepoint inside one: statements run one after another, the first failure dooms it, and a savepoint occupies its
 * parent until it has ended. So siblings never interleave, however the caller mixes promises.
 */
export class UnitOfWork {
  readonly context: DatabaseContext;
  readonly physical: PhysicalTransaction;
  readonly bounds: Bounds;
  /** What the transaction was begun with. */
  readonly options: SessionOptions;
  readonly hooks = new Hooks();
  readonly #lane: Lane;
  readonly #interruption: Interruption;
  #inner: UnitOfWork | undefined;
  #failure: MdbError | undefined;
  #rollbackOnly: { readonly cause: unknown } | undefined;
  #ended: { readonly reason: MdbError | undefined } | undefined;
  #streaming: { readonly abandon: () => Promise<void> } | undefined;

  constructor(context: DatabaseContext, physical: PhysicalTransaction, bounds: Bounds, options: SessionOptions) {
    this.context = context;
    this.options = options;
    this.physical = physical;
    this.bounds = bounds;
    this.#lane = new Lane(context.capabilities);
    this.#interruption = new Interruption(context, bounds);
  }

  /** The first failure of a statement; nothing more can be done in this unit. */
  get failure(): MdbError | undefined {
    return this.#failure;
  }

  /** Operations that run or wait. */
  get pending(): number {
    return this.#lane.pending;
  }

  /** Whether it has taken a connection and begun. */
  get begun(): boolean {
    return this.physical.connection !== undefined;
  }

  /** A callback that joined this unit failed: the whole can only be rolled back. The first reason counts. */
  markRollbackOnly(cause: unknown): void {
    this.#rollbackOnly ??= { cause };
  }

  /** Whether the calling code runs inside a savepoint of this unit. */
  get callerIsInside(): boolean {
    return this.#innerOfCaller() !== undefined;
  }

  /** Resolves once nothing runs and nothing waits. */
  quiet(): Promise<void> {
    return this.#lane.drained();
  }

  /** Runs one operation when its turn comes. */
  execute<T>(operation: Operation<T>): Promise<T> {
    const inner = this.#innerOfCaller();
    if (inner !== undefined) return inner.execute(operation);
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#lane.run(() => this.#perform(operation), operation.pipelined);
  }

  async #perform<T>(operation: Operation<T>): Promise<T> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const bounds = bothBounds(this.bounds, operation.bounds);
    let connection: DriverConnection | undefined;
    try {
      const started = this.physical.start(bounds);
      connection = started instanceof Promise ? await started : started;
      if (!this.physical.alive) throw this.physical.gone(undefined);
      const limit = limited(this.context, operation, bounds);
      const result = runBounded(this.context, connection, limit, operation.text, (it) =>
        operation.perform(connection as DriverConnection, it),
      );
      const done = result instanceof Promise ? await result : result;
      this.physical.answered = true;
      return done;
    } catch (error) {
      const failure = failureOf(this.context, connection, error, operation.text);
      if (failure.answered) this.physical.answered = true;
      throw this.fail(failure.error);
    }
  }

  /** Dooms the unit; gives the error that the caller should see. */
  fail(error: MdbError): MdbError {
    if (this.#failure === undefined) {
      this.#failure = error;
      return error;
    }
    // A statement that was already on its way behind the failing one: what matters is the first failure.
    return error instanceof TransactionAbortedError ? this.physical.gone(this.#failure) : error;
  }

  /**
   * Hands the connection to a stream until it calls `end`. Other statements fail meanwhile instead of waiting for the caller's own
   * loop.
   * @param abandon - closes the stream when the unit ends before it
   */
  occupy(bounds: Bounds, abandon: () => Promise<void>): Promise<Hold> {
    const inner = this.#innerOfCaller();
    if (inner !== undefined) return inner.occupy(bounds, abandon);
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    const opened = Promise.withResolvers<Hold>();
    const released = Promise.withResolvers<void>();
    const hold = async (): Promise<void> => {
      const connection = await this.#perform({ ...silent, bounds, perform: (it) => it });
      this.#streaming = { abandon };
      opened.resolve({
        connection,
        end: (failure) => {
          if (failure !== undefined) this.fail(failure.error);
          released.resolve();
        },
      });
      await released.promise;
      this.#streaming = undefined;
    };
    this.#lane.run(hold, false).catch(opened.reject);
    return opened.promise;
  }

  /** Runs `work` inside a savepoint. Occupies this unit until the savepoint has ended. */
  nest<R>(bounds: Bounds, work: (inner: UnitOfWork) => Promise<R>): Promise<R> {
    const innermost = this.#innerOfCaller();
    if (innermost !== undefined) return innermost.nest(bounds, work);
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#lane.run(() => this.#nest(bothBounds(this.bounds, bounds), work), false);
  }

  async #nest<R>(bounds: Bounds, work: (inner: UnitOfWork) => Promise<R>): Promise<R> {
    const name = this.physical.nextSavepoint();
    await this.#perform(setSavepoint(name, bounds));
    const inner = new UnitOfWork(this.context, this.physical, bounds, this.options);
    this.#inner = inner;
    let kept = false;
    try {
      const result = await inner.runCallback(work);
      const problem = await inner.settle();
      if (problem !== undefined) throw problem;
      kept = true;
      return result;
    } finally {
      await inner.end();
      this.#inner = undefined;
      this.hooks.absorb(inner.hooks, kept);
      const problem = await leaveSavepoint(this.context, this.physical, name, kept, inner.failure);
      if (problem !== undefined) this.fail(problem);
    }
  }

  /** Runs the caller's code; rejects at once when the unit is ended from outside, without waiting for that code. */
  runCallback<R>(work: (unit: UnitOfWork) => Promise<R>): Promise<R> {
    return this.#interruption.run(
      () => work(this),
      (reason) => void this.end(this.fail(reason)),
    );
  }

  /** Looks back after the callback has returned; gives the reason why its work must not be kept. */
  async settle(): Promise<MdbError | undefined> {
    const { pending } = this;
    if (pending > 0) {
      const { database, engine } = this.context;
      const what = pending === 1 ? "a statement was" : `${pending} statements were`;
      const error = new TransactionStateError(
        `${nameOf(this.context)}: ${what} still pending when the callback returned, so it was rolled back; is an await missing?`,
        { database, engine },
      );
      await this.end(error);
      return error;
    }
    if (this.#failure !== undefined) return this.physical.gone(this.#failure);
    if (this.#rollbackOnly !== undefined) {
      const { database, engine } = this.context;
      const { cause } = this.#rollbackOnly;
      const message = `${nameOf(this.context)}: rolled back although the callback returned, because an inner transaction that had joined it failed`;
      return new UnexpectedRollbackError(message, { database, engine, cause });
    }
    return this.begun && !this.physical.alive ? this.physical.gone(undefined) : undefined;
  }

  /**
   * Ends it: nothing new starts, what waits is rejected, what runs is stopped on the server. Resolves once the connection is quiet.
   * @param reason - why, when it is not simply over: its callback is interrupted, and later users of its handles get it as `cause`
   */
  async end(reason?: MdbError): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = { reason };
      if (reason !== undefined) this.#interruption.trip(reason);
      this.#lane.close(() => this.#closedError());
    }
    await this.#inner?.end(reason);
    await this.#streaming?.abandon();
    if (this.#lane.pending === 0) return;
    this.physical.stopStarting(reason);
    await stopRunning(this.context, this.physical.connection, this.#lane);
  }

  /** The savepoint that the calling code is inside of, when it uses an outer handle there: waiting for it would be waiting for itself. */
  #innerOfCaller(): UnitOfWork | undefined {
    const inner = this.#inner;
    if (inner === undefined) return undefined;
    for (let scope = currentScope(); scope !== undefined; scope = scope.parent) {
      if (scope.participation?.unit === inner) return inner;
    }
    return undefined;
  }

  #refusal(): MdbError | undefined {
    if (this.#ended !== undefined) return this.#closedError();
    if (this.#failure !== undefined) return this.physical.gone(this.#failure);
    if (this.#streaming !== undefined) {
      const message = `${nameOf(this.context)}: a stream is open on this session; end its loop first, or collect the rows with query()`;
      return new TransactionStateError(message, this.context);
    }
    return undefined;
  }

  #closedError(): MdbError {
    const { database, engine } = this.context;
    return new TransactionClosedError(
      `${nameOf(this.context)}: the transaction has ended; nothing more can run in it`,
      {
        database,
        engine,
        cause: this.#ended?.reason,
      },
    );
  }
}
