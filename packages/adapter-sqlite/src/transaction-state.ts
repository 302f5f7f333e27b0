import { type BeginOptions, type Clock, type MaybePromise, type OperationContext, unlimited } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";
import { Durability } from "./durability.ts";
import { isBusy } from "./errors.ts";
import { connectionClosed, noSuchSavepoint, readOnlyTransaction, transactionOpen } from "./failure.ts";
import type { NativeDatabase, NativeStatement } from "./native.ts";
import type { OpenedFile } from "./opened-file.ts";
import { Patience } from "./patience.ts";
import type { SchemaWatch } from "./schema-watch.ts";
import type { Access, Needs, Pending } from "./transaction-facts.ts";
import type { WriterQueue } from "./writer-queue.ts";

/** How long to pause before asking a locked database again, in milliseconds: the first time and at most. */
const firstPauseMs = 1;
const longestPauseMs = 25;

/**
 * The transaction of one connection and the locks that it needs. Runs what it is given at once where it can, and otherwise waits
 * without blocking the process: for the turn among this process's writers, then for other processes.
 */
export class TransactionState {
  readonly #native: NativeDatabase;
  readonly #watch: SchemaWatch;
  readonly #writable: boolean;
  readonly #writers: WriterQueue | undefined;
  readonly #busyTimeoutMs: number;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #commands = new Map<string, NativeStatement>();
  #active = false;
  /** Somebody else may begin and end transactions too, so SQLite is asked each time. */
  #distrustful = false;
  #readOnly = false;
  /** A transaction that was asked for and begins with the first statement, with the savepoints that were set meanwhile. */
  #pending: Pending | undefined;
  readonly #durability: Durability;
  readonly #opened: OpenedFile | undefined;
  /** The file was still the one that its name leads to when this unit of work began to write. */
  #writesToFile = false;

  constructor(native: NativeDatabase, watch: SchemaWatch, access: Access) {
    this.#native = native;
    this.#watch = watch;
    this.#writable = !access.readonly;
    this.#writers = access.readonly ? undefined : access.writers;
    this.#busyTimeoutMs = access.busyTimeoutMs;
    this.#clock = access.clock;
    this.#opened = access.readonly ? undefined : access.opened;
    this.#durability = new Durability(native, access.writers !== undefined);
  }

  /** Whether a transaction is open, or will be with the next statement. */
  get active(): boolean {
    if (this.#distrustful) this.refresh(true);
    return this.#active || this.#pending !== undefined;
  }

  /** Whether a statement that only reads can run with nothing else to do. */
  get plain(): boolean {
    return this.#pending === undefined;
  }

  /** From now on anybody may do anything behind the adapter's back. */
  distrust(): void {
    this.#distrustful = true;
  }

  /**
   * Runs `work` with the locks that it needs, in the transaction that is open or pending. `work` runs again when it failed for a lock;
   * SQLite has undone it then.
   */
  run<T>(needs: Needs, context: OperationContext, work: () => T): MaybePromise<T> {
    if (this.#distrustful) this.refresh(true);
    if (needs.writes && (this.#readOnly || this.#pending?.readOnly === true)) throw readOnlyTransaction();
    const turn = needs.writes || this.#pending?.locksLate === false;
    return this.#locked(turn, context, () => {
      this.#beginPending(turn);
      const result = work();
      if (needs.kind.schema) this.#watch.changed(this.#active);
      if (needs.kind.control) this.refresh(true);
      return result;
    });
  }

  /** For waiting for something else than a lock, as long as the caller and this connection last. */
  patience(context: OperationContext): Patience {
    return new Patience(context, Number.POSITIVE_INFINITY, this.#closed.signal, this.#clock);
  }

  /** Reads from SQLite whether the transaction is still open. @param committed - what its end means, if it has ended */
  refresh(committed: boolean): void {
    const active = this.#native.inTransaction;
    if (this.#active && !active) this.#ended(committed);
    this.#active = active;
    // Text may have rolled back to a savepoint.
    if (active) this.#watch.rolledBackInPart();
  }

  /** Held back until the first statement, so that its deadline bounds the wait for the lock, and no lock is held before it. */
  begin({ readOnly = false, writeLock = "early", decides = false }: BeginOptions): void {
    if (this.active) throw transactionOpen();
    if (decides) this.#durability.mustBePossible();
    this.#pending = { readOnly, decides, locksLate: readOnly || writeLock === "late", savepoints: [] };
  }

  /** @throws when the transaction has ended by itself, as `INSERT OR ROLLBACK` ends it */
  commit(): MaybePromise<void> {
    if (this.#pending !== undefined) {
      this.#pending = undefined;
      return;
    }
    return this.#locked(false, unlimited, () => {
      if (this.#writesToFile) this.#opened?.mustBeThere();
      this.#command("COMMIT");
      this.#ended(true);
    });
  }

  rollback(): void {
    this.#pending = undefined;
    if (this.#native.inTransaction) this.#command("ROLLBACK");
    this.#ended(false);
    this.#releaseWhenIdle();
  }

  savepoint(name: string): void {
    if (this.#pending === undefined) this.#run(`SAVEPOINT ${quoteIdentifier(name)}`);
    else this.#pending.savepoints.push(name);
  }

  rollbackTo(name: string): void {
    // Nothing has happened since: savepoints set after this one are all there is to undo.
    if (!this.#forgetPending(name, 1)) this.#run(`ROLLBACK TO ${quoteIdentifier(name)}`);
  }

  release(name: string): void {
    if (!this.#forgetPending(name, 0)) this.#run(`RELEASE ${quoteIdentifier(name)}`);
  }

  /** The connection is closed: whatever waits is rejected, and the turn passes on. */
  stop(reason: unknown): void {
    this.#closed.abort(connectionClosed(reason));
    this.#pending = undefined;
    this.#active = false;
    this.#writers?.release(this);
  }

  #locked<T>(turn: boolean, context: OperationContext, attempt: () => T): MaybePromise<T> {
    if (turn && this.#writers?.take(this) === false) return this.#patiently(turn, context, attempt);
    const before = this.#active;
    try {
      if (turn) this.#beginsToWrite();
      const result = attempt();
      this.#releaseWhenIdle();
      return result;
    } catch (error) {
      if (this.#canTryAgain(error, before)) return this.#patiently(turn, context, attempt, error);
      this.#releaseWhenIdle();
      throw error;
    }
  }

  async #patiently<T>(turn: boolean, context: OperationContext, attempt: () => T, busy?: unknown): Promise<T> {
    const patience = new Patience(context, this.#busyTimeoutMs, this.#closed.signal, this.#clock);
    let failure = busy;
    try {
      if (turn && this.#writers?.take(this) === false) await this.#writers.wait(this, patience);
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        if (failure !== undefined) await patience.pause(pauseMs, failure);
        const before = this.#active;
        try {
          if (turn) this.#beginsToWrite();
          return attempt();
        } catch (error) {
          if (!this.#canTryAgain(error, before)) throw error;
          failure = error;
        }
      }
    } finally {
      this.#releaseWhenIdle();
    }
  }

  #beginsToWrite(): void {
    if (this.#writesToFile) return;
    this.#opened?.mustBeThere();
    this.#writesToFile = true;
  }

  #canTryAgain(error: unknown, before: boolean): boolean {
    this.refresh(false);
    // SQLite may have ended the transaction with the failure; going on would be outside of it.
    return isBusy(error) && (this.#active || !before);
  }

  #run(text: string): void {
    try {
      this.#native.exec(text);
    } finally {
      this.refresh(true);
      this.#releaseWhenIdle();
    }
  }

  /** @param turn - this is a writer, so that the lock of a writer is taken at once */
  #beginPending(turn: boolean): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (pending.decides) this.#durability.raise();
    // On a database that is open for reading only SQLite refuses the lock of a writer, and a session there only wants to read.
    this.#command(turn && this.#writable ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED");
    this.#pending = undefined;
    this.#active = true;
    this.#readOnly = pending.readOnly;
    for (const name of pending.savepoints) this.#native.exec(`SAVEPOINT ${quoteIdentifier(name)}`);
  }

  #forgetPending(name: string, keep: 0 | 1): boolean {
    const savepoints = this.#pending?.savepoints;
    if (savepoints === undefined) return false;
    const place = savepoints.lastIndexOf(name);
    if (place < 0) throw noSuchSavepoint(name);
    savepoints.length = place + keep;
    return true;
  }

  #ended(committed: boolean): void {
    this.#active = false;
    this.#readOnly = false;
    this.#durability.restore();
    this.#watch.transactionEnded(committed);
  }

  #releaseWhenIdle(): void {
    if (this.#active) return;
    this.#writesToFile = false;
    this.#writers?.release(this);
  }

  #command(text: string): void {
    let statement = this.#commands.get(text);
    if (statement === undefined) {
      statement = this.#native.prepare(text);
      this.#commands.set(text, statement);
    }
    statement.run();
  }
}
