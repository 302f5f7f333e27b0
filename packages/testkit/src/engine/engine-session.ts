import { performance } from "node:perf_hooks";
import type { DatabaseSync } from "node:sqlite";
import type { Fate, Isolation } from "@nsj/mdb-core";
import { pause } from "../pause.ts";
import { EngineError, engineErrorOf } from "./engine-error.ts";
import type { PreparedEntry } from "./engine-prepared.ts";
import type { EngineColumn, EngineResult, EngineStatus, EngineValue } from "./engine-result.ts";
import { EngineSettings } from "./engine-settings.ts";
import { changesSession, EngineStatements, firstWord, writes } from "./engine-statements.ts";
import type { EngineStore } from "./engine-store.ts";
import { type StatementPiece, splitStatements } from "./split-statements.ts";

/** What a transaction was begun with. */
export interface EngineTransactionOptions {
  readonly isolation?: Isolation | undefined;
  readonly readOnly?: boolean | undefined;
  readonly decides?: boolean | undefined;
}

let sessions = 0;

/**
 * One session of the small engine. Transactions behave as PostgreSQL's do: a failure inside leaves only the way back. Called for one
 * operation at a time.
 */
export class EngineSession {
  /** Names the session for the administrator. */
  readonly id = String(++sessions);
  readonly settings: EngineSettings;
  readonly #store: EngineStore;
  #handle: DatabaseSync;
  #statements: EngineStatements;
  readonly #onClose: () => void;
  #transaction: EngineTransactionOptions | undefined;
  /** The open transaction's, once it may write. */
  #number: number | undefined;
  #failed = false;
  #closed = false;

  constructor(store: EngineStore, onClose: () => void) {
    this.#store = store;
    this.#handle = store.newHandle();
    this.#statements = new EngineStatements(this.#handle);
    this.#onClose = onClose;
    this.settings = new EngineSettings(this, store.locks, this.#handle);
  }

  get status(): EngineStatus {
    if (this.#transaction === undefined) return "idle";
    return this.#failed ? "failed" : "active";
  }

  /** The number of the open transaction; `null` while it has written nothing, `undefined` outside. */
  get transactionNumber(): string | null | undefined {
    if (this.#transaction === undefined) return undefined;
    return this.#number === undefined ? null : String(this.#number);
  }

  /** What became of a transaction of this database. */
  fateOf(number: string): Fate {
    return this.#store.fates.of(Number(number));
  }

  /** The level of the open transaction, or the one that the next would have. */
  get isolation(): Isolation {
    return this.#transaction?.isolation ?? "read committed";
  }

  /** Runs a text of one or several statements, and gives the result of each. Only a single one takes values. */
  async execute(text: string, values: readonly EngineValue[], signal: AbortSignal): Promise<readonly EngineResult[]> {
    return this.#guard(async () => {
      const pieces = splitStatements(text);
      if (pieces.length === 0) throw new EngineError("SYNTAX", "the text contains no statements");
      if (pieces.length > 1 && values.length > 0) {
        throw new EngineError("SYNTAX", "a text of several statements takes no parameters");
      }
      const results: EngineResult[] = [];
      for (const piece of pieces) results.push(await this.#run(piece, values, signal));
      return results;
    });
  }

  /** Runs one text with each set of values. */
  async executeMany(text: string, sets: readonly (readonly EngineValue[])[], signal: AbortSignal): Promise<number> {
    let affected = 0;
    for (const [parameterSetIndex, values] of sets.entries()) {
      try {
        for (const result of await this.execute(text, values, signal)) affected += result.affected;
      } catch (error) {
        const { code, message, details } = engineErrorOf(error);
        throw new EngineError(code, message, { ...details, parameterSetIndex });
      }
    }
    return affected;
  }

  /** Opens a cursor. Nothing but a sleep is computed before its first row is asked for. */
  async cursor(
    text: string,
    values: readonly EngineValue[],
    signal: AbortSignal,
  ): Promise<{ columns: readonly EngineColumn[]; rows: Iterator<EngineValue[]> }> {
    return this.#guard(async () => {
      this.#refuseWhenFailed();
      const [piece, ...more] = splitStatements(text);
      if (piece === undefined || more.length > 0) throw new EngineError("SYNTAX", "a cursor needs one statement");
      if (sleepOf(piece.text) !== undefined) {
        const { columns, rows } = await this.#run(piece, values, signal);
        return { columns, rows: rows.values() };
      }
      const cursor = this.#statements.iterate(piece, values);
      if (writes(piece.text)) throw new EngineError("OTHER", "a cursor needs a query");
      return cursor;
    });
  }

  /** A failure of a cursor dooms the transaction, like any other. */
  async guardCursor<T>(work: () => T): Promise<T> {
    return this.#guard(async () => work());
  }

  async begin(options: EngineTransactionOptions, signal: AbortSignal): Promise<void> {
    if (this.#transaction !== undefined) throw new EngineError("OTHER", "a transaction is open already");
    const { isolation = "read committed", readOnly = false, decides = false } = options;
    // Under "read committed" each read sees the newest data: the engine's transaction only begins with the first write, and then no
    // other session can write.
    if (isolation !== "read committed") {
      await this.#whenUnlocked(() => this.#handle.exec("begin; select 1 from sqlite_schema limit 1"), signal);
    }
    if (readOnly) this.#handle.exec("pragma query_only = 1");
    if (decides) this.settings.setLocal("durability", "on");
    this.#transaction = { isolation, readOnly };
  }

  /** Ends the transaction as prepared; it keeps SQLite's handle, with its lock, and the session goes on with a new one. */
  async prepare(identifier: string, signal: AbortSignal): Promise<"prepared" | "read-only"> {
    if (this.#transaction === undefined) throw new EngineError("OTHER", "no transaction is open");
    const number = this.#number;
    if (this.#failed || number === undefined) {
      await this.commit(signal);
      return "read-only";
    }
    try {
      if (this.settings.hasOwnObjects) throw new EngineError("UNSUPPORTED", "temporary objects cannot be prepared");
      this.#store.prepared.add(identifier, this.#handle, (fate) => this.#store.fates.end(number, fate));
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.#handle = this.#store.newHandle();
    this.#statements = new EngineStatements(this.#handle);
    this.settings.attach(this.#handle);
    this.#ended("pending");
    return "prepared";
  }

  /** Ends a prepared transaction, of whichever session. */
  async finishPrepared(identifier: string, end: "commit" | "rollback"): Promise<"done" | "gone" | "busy"> {
    if (this.#transaction !== undefined) throw new EngineError("OTHER", "a transaction is open");
    return this.#store.prepared.finish(identifier, end);
  }

  /** What is prepared. */
  listPrepared(): readonly PreparedEntry[] {
    return this.#store.prepared.list();
  }

  async commit(signal: AbortSignal): Promise<void> {
    if (this.#transaction === undefined) throw new EngineError("OTHER", "no transaction is open");
    if (this.#failed) {
      this.rollback();
      throw new EngineError("TRANSACTION_ABORTED", "the transaction had failed and was rolled back");
    }
    if (this.#handle.isTransaction) await this.#whenUnlocked(() => this.#handle.exec("commit"), signal);
    this.#ended("committed");
  }

  rollback(): void {
    if (this.#transaction === undefined) return;
    if (this.#handle.isTransaction) this.#handle.exec("rollback");
    this.#ended("rolled back");
  }

  async savepoint(name: string, signal: AbortSignal): Promise<void> {
    await this.#guard(async () => {
      this.#refuseWhenFailed();
      await this.#holdTransaction(signal);
      this.#handle.exec(`savepoint ${name}`);
    });
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#guard(async () => this.#handle.exec(`rollback to ${name}`));
    this.#failed = false;
  }

  async release(name: string): Promise<void> {
    await this.#guard(async () => {
      this.#refuseWhenFailed();
      this.#handle.exec(`release ${name}`);
    });
  }

  /** Runs a procedure: see `ProcedureSql`. */
  async call(name: string, a: EngineValue, b: EngineValue, signal: AbortSignal): Promise<{ b: number; total: number }> {
    const table = this.#store.procedures.get(name);
    if (table === undefined) {
      return this.#guard(async () => {
        throw new EngineError("UNDEFINED", `no such procedure: ${name}`);
      });
    }
    await this.execute(`insert into ${table} (id) values (?)`, [a], signal);
    return { b: Number(b) * 2, total: Number(a) + Number(b) };
  }

  /** Dooms the open transaction. */
  fail(): void {
    if (this.#transaction !== undefined) this.#failed = true;
  }

  /** Puts everything back that a user of the session may have changed. */
  resetSession(): void {
    this.rollback();
    this.settings.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.settings.releaseLocks();
    this.#handle.close();
    this.#store.fates.end(this.#number, "rolled back");
    this.#onClose();
  }

  async #run(piece: StatementPiece, values: readonly EngineValue[], signal: AbortSignal): Promise<EngineResult> {
    const word = firstWord(piece.text);
    if (word === "rollback" && !/rollback\s+to/i.test(piece.text)) {
      this.rollback();
      return none;
    }
    this.#refuseWhenFailed();
    if (word === "begin") {
      await this.begin({}, signal);
      return none;
    }
    if (word === "commit") {
      await this.commit(signal);
      return none;
    }
    const slept = sleepOf(piece.text);
    if (slept !== undefined) {
      await this.#sleep(slept, signal);
      return { columns: [{ name: "sleep", declaredType: "integer" }], rows: [[slept]], affected: 1 };
    }
    const [, verb, procedure, table] = /^\s*(create|drop) procedure (\w+)(?: on (\w+))?\s*$/i.exec(piece.text) ?? [];
    if (procedure !== undefined) {
      if (verb?.toLowerCase() === "create" && table !== undefined) this.#store.procedures.set(procedure, table);
      else this.#store.procedures.delete(procedure);
      return none;
    }
    if (this.#transaction !== undefined && writes(piece.text)) await this.#holdTransaction(signal);
    if (changesSession(piece.text)) this.settings.touch();
    return this.#whenUnlocked(() => this.#statements.run(piece, values), signal);
  }

  /** Makes sure that SQLite itself is in a transaction, where ours has not needed one so far. */
  async #holdTransaction(signal: AbortSignal): Promise<void> {
    if (this.#transaction?.readOnly === false) this.#number ??= this.#store.fates.begin();
    if (this.#handle.isTransaction) return;
    if (this.#transaction === undefined) throw new EngineError("OTHER", "no transaction is open");
    const start = this.#transaction.readOnly ? "begin" : "begin immediate";
    await this.#whenUnlocked(() => this.#handle.exec(start), signal);
  }

  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const limit = this.settings.milliseconds("statement_timeout");
    await pause(Math.min(milliseconds, limit), signal);
    if (signal.aborted) throw new EngineError("CANCELLED", "the statement was cancelled");
    if (milliseconds > limit) throw new EngineError("STATEMENT_TIMEOUT", "the statement ran out of time");
  }

  /** Tries until no other session is in the way, or the time for it is up. */
  async #whenUnlocked<T>(work: () => T, signal: AbortSignal): Promise<T> {
    const limit = performance.now() + this.settings.milliseconds("lock_timeout");
    for (;;) {
      if (signal.aborted) throw new EngineError("CANCELLED", "the statement was cancelled");
      try {
        return work();
      } catch (error) {
        const known = engineErrorOf(error);
        if (known.code !== "LOCK_TIMEOUT" || performance.now() >= limit) throw known;
      }
      await pause(2, signal);
      if (this.#closed) throw new EngineError("CANCELLED", "the session was closed");
    }
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#transaction !== undefined) this.#failed = true;
      throw engineErrorOf(error);
    }
  }

  #refuseWhenFailed(): void {
    if (this.#failed) throw new EngineError("TRANSACTION_ABORTED", "the transaction has failed; roll it back");
  }

  #ended(fate: Fate): void {
    this.#store.fates.end(this.#number, fate);
    this.#number = undefined;
    this.settings.transactionEnded();
    if (this.#transaction?.readOnly) this.#handle.exec("pragma query_only = 0");
    this.#transaction = undefined;
    this.#failed = false;
  }
}

/** The milliseconds of `select sleep(n)`, which SQLite itself could only do by stopping the process. */
function sleepOf(text: string): number | undefined {
  const milliseconds = /^\s*select sleep\((\d+)\)\s*$/i.exec(text)?.[1];
  return milliseconds === undefined ? undefined : Number(milliseconds);
}

const none: EngineResult = { columns: [], rows: [], affected: 0 };
