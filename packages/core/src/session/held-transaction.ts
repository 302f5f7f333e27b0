import { type MdbError, TransactionClosedError } from "../errors/index.ts";
import { boundsOfTransaction } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { type EventPlace, eventPlace, tellRollbackFailed } from "./diagnostics.ts";
import type { Participant } from "./participant.ts";
import { newTransaction, runInside } from "./propagate.ts";
import { commitUnit, rollbackUnit } from "./settle.ts";
import { TransactionHandle } from "./transaction-handle.ts";
import { checkHeldOptions, type HeldTransactionOptions } from "./transaction-options.ts";
import { openTransactionEvent } from "./transaction-trace.ts";
import type { Unit } from "./unit.ts";
import { quiet, runAmbient, watchGarbage } from "./unit-by-hand.ts";

/**
 * A transaction that its holder ends: `await using tx = await database.begin()`. It is always one of its own; BEGIN goes with its first
 * statement; it is rolled back unless `commit()` resolved. It promises what the callback form does.
 */
export class HeldTransaction extends TransactionHandle implements AsyncDisposable {
  readonly #end: HeldEnd;

  /**
   * Made by `Database.begin`.
   * @throws ConfigurationError, UnsupportedError when the engine lacks an option
   */
  constructor(context: DatabaseContext, options: HeldTransactionOptions) {
    checkHeldOptions(nameOf(context), options);
    const part = newTransaction(context, boundsOfTransaction(context, options), options);
    super(part, runInside);
    openTransactionEvent(part.unit, { kind: "transaction", propagation: "requires_new" });
    this.#end = new HeldEnd(part, options);
    watchGarbage(this, this.#end);
  }

  /** Calls `listener` once the transaction is over and its connection is back, or when it is garbage. */
  static whenOver(transaction: HeldTransaction, listener: () => void): void {
    transaction.#end.onEnd = listener;
  }

  /**
   * Commits and gives the connection back. Waits for statements issued before it. Resolved means committed; when it rejects, everything was rolled
   * back, or the error says that the outcome is unknown, and nothing more is sent.
   * @throws TransactionAbortedError when a statement had failed; CommitOutcomeUnknownError when the connection was lost meanwhile
   * @throws TransactionStateError inside its own stream, savepoint or `run()`: nothing has happened then
   * @throws TransactionClosedError when it has ended already
   */
  commit(): Promise<void> {
    return this.#end.once(commitUnit);
  }

  /**
   * Undoes everything and gives the connection back.
   * @throws TransactionStateError inside its own stream, savepoint or `run()`; TransactionClosedError when it has ended already
   */
  rollback(): Promise<void> {
    return this.#end.once((unit, report) => rollbackUnit(unit, undefined, report));
  }

  /** Runs `work` so that everything on this database in the same async chain joins it. That `work` rejects dooms nothing by itself. */
  run<R>(work: () => Promise<R>): Promise<R> {
    return runAmbient(this.part, work);
  }

  /** Rolls back, unless it has ended. Never rejects: a rollback that fails costs the connection, and is told on `mdb:transaction`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#end.close();
  }
}

type End = (unit: Unit, report: HeldTransactionOptions["onHookError"]) => Promise<void>;

/** The end of a held transaction. Apart from its handle, so that a forgotten handle can be collected. */
class HeldEnd {
  readonly #part: Participant;
  readonly #report: HeldTransactionOptions["onHookError"];
  #ended = false;
  #ending: Promise<void> | undefined;
  onEnd: () => void = () => {};
  /** It was cut short, and rolled back because of that. */
  #undone: Promise<void> | undefined;

  constructor(part: Participant, { onHookError }: HeldTransactionOptions) {
    this.#part = part;
    this.#report = onHookError;
    part.hold(() => {
      // Whoever is ending it already does what there is to do.
      if (!this.#ended) this.#undone = this.#undo();
    });
  }

  /** Rolls back and gives the connection back, without waiting for somebody to ask for that. */
  async #undo(): Promise<void> {
    const { unit, context } = this.#part;
    this.#part.finish();
    const left: { rollbackError?: MdbError } = {};
    try {
      await rollbackUnit(unit, left, this.#report);
    } finally {
      this.onEnd();
    }
    if (left.rollbackError !== undefined) tellRollbackFailed(context, unit.server?.number ?? 0, left.rollbackError);
  }

  get place(): EventPlace {
    return eventPlace(this.#part.context);
  }

  get begun(): boolean {
    return this.#part.unit.connection !== undefined;
  }

  async once(end: End): Promise<void> {
    const { unit, context } = this.#part;
    if (this.#ended) {
      const message = `${nameOf(context)}: the transaction was ended before; take a new one`;
      throw new TransactionClosedError(message, { database: context.database, engine: context.engine });
    }
    this.#ended = true;
    const done = this.#finish(unit, end);
    this.#ending = done.catch(() => {});
    return done;
  }

  async #finish(unit: Unit, end: End): Promise<void> {
    if (this.#undone !== undefined) {
      await this.#undone;
      // Its hooks have run.
      if (end === commitUnit) throw unit.aborted();
      return;
    }
    try {
      await quiet(unit, "the transaction");
    } catch (error) {
      // It was ended from outside, or it goes on as it is.
      if (!unit.ended) {
        this.#ended = false;
        throw error;
      }
    }
    this.#part.finish();
    try {
      await end(unit, this.#report);
    } finally {
      this.onEnd();
    }
  }

  forget(): void {
    this.#part.unit.trace?.settled("rolled back");
    this.onEnd();
  }

  async close(): Promise<void> {
    if (this.#ended) {
      await this.#ending;
      return;
    }
    this.#ended = true;
    await (this.#undone ?? this.#undo());
  }
}
