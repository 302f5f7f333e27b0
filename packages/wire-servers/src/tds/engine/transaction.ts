import { randomBytes } from "node:crypto";
import type { PostgresSession } from "../../shared/postgres-session.ts";
import { environment } from "../protocol/response.ts";
import type { ResponseStream } from "../protocol/response-stream.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

/** Isolation levels by their numbers in TM_BEGIN_XACT, [MS-TDS] 2.2.6.9; 0 leaves the level as it is. */
export const isolationNumbers = [
  "",
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
  "snapshot",
];

/** PostgreSQL's level for each of SQL Server: at least as strong. A snapshot is what PostgreSQL calls repeatable read. */
const backingLevels: Readonly<Record<string, string>> = {
  "read uncommitted": "READ COMMITTED",
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
  snapshot: "REPEATABLE READ",
  serializable: "SERIALIZABLE",
};

const nothing = Buffer.alloc(0);

/** The transaction of a session: BEGIN counts, only the outermost COMMIT commits, any ROLLBACK without a savepoint ends it. */
export class SessionTransaction {
  readonly #postgres: PostgresSession;
  #count = 0;
  #descriptor = nothing;
  #name = "";
  #savepoints: string[] = [];
  #level = "read committed";
  #levelOfTransaction = "read committed";
  #doomed = false;

  constructor(postgres: PostgresSession) {
    this.#postgres = postgres;
  }

  /** `@@TRANCOUNT`. */
  get count(): number {
    return this.#count;
  }

  /** The session's isolation level. */
  get level(): string {
    return this.#level;
  }

  /** The level that the running transaction, or the next statement, has in PostgreSQL. */
  get effectiveLevel(): string {
    return this.#count > 0 ? this.#levelOfTransaction : this.#level;
  }

  /** PostgreSQL's BEGIN option for the session's level. */
  get mode(): string {
    return `ISOLATION LEVEL ${backingLevels[this.#level]}`;
  }

  /** `XACT_STATE()`. */
  get state(): number {
    if (this.#count === 0) return 0;
    return this.#doomed ? -1 : 1;
  }

  /** The transaction can only be rolled back from now on. */
  doom(): void {
    if (this.#count > 0) this.#doomed = true;
  }

  /** @throws SqlServerError 3930 in a doomed transaction. */
  mustBeWritable(): void {
    if (!this.#doomed) return;
    const text =
      "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.";
    throw new SqlServerError(3930, text, { reach: "batch" });
  }

  /** SET TRANSACTION ISOLATION LEVEL. PostgreSQL cannot make a running transaction stricter. */
  setLevel(level: string): void {
    const wanted = backingLevels[level];
    if (wanted === undefined) throw new NotUnderstoodError(`the isolation level ${level}`);
    const order = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];
    const running = backingLevels[this.#levelOfTransaction] ?? "";
    if (this.#count > 0 && order.indexOf(wanted) > order.indexOf(running)) {
      throw new NotUnderstoodError("a stricter isolation level inside a transaction");
    }
    this.#level = level;
  }

  /** BEGIN TRANSACTION. `level` is the number of TM_BEGIN_XACT, 0 for the session's level. */
  async begin(response: ResponseStream, name = "", level = 0): Promise<void> {
    const wanted = isolationNumbers[level];
    if (wanted === undefined) throw new NotUnderstoodError(`isolation level number ${level}`);
    if (wanted !== "") this.setLevel(wanted);
    if (this.#count === 0) {
      await this.#postgres.begin(this.mode);
      this.#descriptor = randomBytes(8);
      this.#name = name;
      this.#levelOfTransaction = this.#level;
      response.tokens.environmentBytes(environment.beginTransaction, this.#descriptor, nothing);
    }
    this.#count += 1;
  }

  /** COMMIT TRANSACTION. */
  async commit(response: ResponseStream): Promise<void> {
    if (this.#count === 0) {
      throw new SqlServerError(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.");
    }
    this.mustBeWritable();
    if (this.#count > 1) {
      this.#count -= 1;
      return;
    }
    const descriptor = this.#descriptor;
    try {
      await this.#postgres.commit();
    } catch (error) {
      this.#forget(response);
      throw error;
    }
    this.#clear();
    response.tokens.environmentBytes(environment.commitTransaction, nothing, descriptor);
  }

  /** ROLLBACK TRANSACTION, to a savepoint when `name` is one. */
  async rollback(response: ResponseStream, name = ""): Promise<void> {
    if (this.#count === 0) {
      throw new SqlServerError(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.");
    }
    if (name !== "" && name !== this.#name) {
      if (!this.#savepoints.includes(name)) {
        const text = `Cannot roll back ${name}. No transaction or savepoint of that name was found.`;
        throw new SqlServerError(6401, text);
      }
      this.mustBeWritable();
      await this.#postgres.script(`ROLLBACK TO SAVEPOINT ${savepoint(name)}`);
      this.#savepoints.length = this.#savepoints.lastIndexOf(name) + 1;
      return;
    }
    await this.abort(response);
  }

  /** Ends the transaction without saving anything, if there is one: also what a fatal error of a statement does. */
  async abort(response: ResponseStream): Promise<void> {
    if (this.#count === 0) return;
    await this.#postgres.rollback();
    this.#forget(response);
  }

  /** SAVE TRANSACTION. */
  async save(name: string): Promise<void> {
    if (this.#count === 0) {
      throw new SqlServerError(628, "Cannot issue SAVE TRANSACTION when there is no active transaction.");
    }
    this.mustBeWritable();
    await this.#postgres.run(`SAVEPOINT ${savepoint(name)}`);
    this.#savepoints.push(name);
  }

  /** The level is again what it was. */
  restoreLevel(level: string): void {
    this.#level = level;
  }

  #forget(response: ResponseStream): void {
    const descriptor = this.#descriptor;
    this.#clear();
    response.tokens.environmentBytes(environment.rollbackTransaction, nothing, descriptor);
  }

  #clear(): void {
    this.#count = 0;
    this.#descriptor = nothing;
    this.#name = "";
    this.#savepoints = [];
    this.#doomed = false;
  }
}

function savepoint(name: string): string {
  return `"save_${name.replaceAll('"', '""')}"`;
}
