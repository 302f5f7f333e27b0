import type { PostgresSession } from "../../shared/postgres-session.ts";
import type { Login7 } from "../protocol/login7.ts";
import { environment } from "../protocol/response.ts";
import type { ResponseStream } from "../protocol/response-stream.ts";
import type { Statement } from "../tsql/ast.ts";
import type { TypedValue } from "../tsql/emission.ts";
import { plain, type SqlType } from "../types/sql-type.ts";
import type { Catalog } from "./catalog.ts";
import { ContextValues } from "./context-values.ts";
import { isBackingFailure, toSqlServerError } from "./failure.ts";
import { SessionOptions } from "./session-options.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";
import { isolationNumbers, SessionTransaction } from "./transaction.ts";

/** What sessions ask of the server that they belong to. */
export interface SessionHost {
  readonly serverName: string;
  readonly options: { readonly databases: readonly string[]; readonly noCount: boolean };
  readonly catalog: Catalog;
  /** Closes the connection of another session. `false` when there is none of that number. */
  kill(spid: number): boolean;
  /** Something was not understood. */
  refused(what: string): void;
}

/** Thrown through a running batch when the client has sent an attention. */
export class AttentionSignal extends Error {}

/** The state of one logged-in session: [MS-TDS] 3.3, everything but the bytes. */
export class SqlSession {
  readonly spid: number;
  readonly postgres: PostgresSession;
  readonly transaction: SessionTransaction;
  readonly options = new SessionOptions();
  readonly host: SessionHost;
  readonly login: Login7;
  #database: string;
  /** Temporary tables of the session itself. */
  readonly temporaryTables = new Set<string>();
  readonly contextValues = new ContextValues();
  /** The table for which IDENTITY_INSERT is on. */
  identityInsertTable: string | undefined;
  rowCount = 0;
  errorNumber = 0;
  /** The error that a CATCH block handles. */
  handled: SqlServerError | undefined;
  /** TRY blocks around what runs now. */
  tryDepth = 0;
  nestLevel = 0;
  /** An error of severity 20 or above has ended the session. */
  fatal = false;
  /** The bulk load that the client has announced. */
  announcedBulkLoad: Extract<Statement, { kind: "insert-bulk" }> | undefined;
  readonly #loginDatabase: string;
  #cancelled = false;
  #onCancel: (() => void) | undefined;

  constructor(spid: number, postgres: PostgresSession, login: Login7, database: string, host: SessionHost) {
    this.spid = spid;
    this.postgres = postgres;
    this.transaction = new SessionTransaction(postgres);
    this.login = login;
    this.#loginDatabase = database;
    this.#database = database;
    this.host = host;
    this.options.noCount = host.options.noCount;
  }

  get database(): string {
    return this.#database;
  }

  /** USE: the client is told by ENVCHANGE type 1, [MS-TDS] 2.2.7.9. @throws SqlServerError 911 */
  use(database: string, response: ResponseStream): void {
    const found = this.host.options.databases.find((it) => it.toLowerCase() === database.toLowerCase());
    if (found === undefined) {
      const words = `Database '${database}' does not exist. Make sure that the name is entered correctly.`;
      throw new SqlServerError(911, words, { reach: "batch" });
    }
    if (found === this.#database) return;
    response.tokens.environmentText(environment.database, found, this.#database);
    response.info(5701, 10, 2, `Changed database context to '${found}'.`);
    this.#database = found;
  }

  /**
   * Runs what has a scope of its own: SET options, the isolation level and the database are afterwards what they were before.
   * https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql
   */
  async scoped<Result>(response: ResponseStream, work: () => Promise<Result>): Promise<Result> {
    const { database } = this;
    const { all } = this.options;
    const { level } = this.transaction;
    try {
      return await work();
    } finally {
      this.transaction.restoreLevel(level);
      await this.#setAll(all);
      this.use(database, response);
    }
  }

  async #setAll(options: Readonly<Record<string, string>>): Promise<void> {
    for (const [option, value] of Object.entries(options)) {
      const setting = this.options.set([option], value);
      if (setting !== undefined && this.postgres.status !== "failed") await this.postgres.run(setting);
    }
  }

  /**
   * The end of a batch rolls a doomed transaction back. Error 3998 of
   * https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors-3000-to-3999
   */
  async endDoomed(response: ResponseStream): Promise<boolean> {
    if (this.transaction.state !== -1) return false;
    const words = "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.";
    response.error(new SqlServerError(3998, words));
    await this.transaction.abort(response);
    return true;
  }

  /** A request starts. */
  start(): void {
    this.postgres.resume();
    this.#cancelled = false;
    this.tryDepth = 0;
    this.nestLevel = 0;
    this.handled = undefined;
  }

  /** The client has sent an attention while a request runs. */
  async attention(): Promise<void> {
    this.#cancelled = true;
    this.#onCancel?.();
    await this.postgres.interrupt();
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** @throws AttentionSignal when the client has given up. */
  checkAttention(): void {
    if (this.#cancelled) throw new AttentionSignal("attention");
  }

  /** Waits for a promise, or for an attention. */
  async orAttention<Result>(waiting: Promise<Result>): Promise<Result> {
    this.checkAttention();
    const cancelled = new Promise<never>((_, reject) => {
      this.#onCancel = () => reject(new AttentionSignal("attention"));
    });
    try {
      return await Promise.race([waiting, cancelled]);
    } finally {
      this.#onCancel = undefined;
    }
  }

  /**
   * Runs the work of one statement: in the transaction, where an error undoes only this work, or as a transaction of its own at the
   * session's level. `single`: the work is one statement for PostgreSQL, which is a transaction by itself.
   */
  async statement<Result>(work: () => Promise<Result>, single = false): Promise<Result> {
    const alone = this.transaction.count === 0 && this.transaction.level === "read committed";
    if (single && alone) return work();
    return this.postgres.statement(work, this.transaction.mode);
  }

  /** SQL Server's error for whatever a statement threw. */
  async failure(error: unknown, command: string): Promise<SqlServerError> {
    let found: SqlServerError;
    if (error instanceof SqlServerError) found = error;
    else if (isBackingFailure(error)) {
      found = await toSqlServerError(error, {
        command,
        database: this.database,
        isolation: this.transaction.effectiveLevel,
        ask: (text, values) => this.postgres.run(text, values),
      });
    } else throw error;
    if (found instanceof NotUnderstoodError) this.host.refused(found.message);
    return found;
  }

  /** The value of `@@name` or of a `fact:`. */
  fact(name: string): TypedValue | undefined {
    const known = name.startsWith("fact:")
      ? this.#sessionFact(name.slice(5))
      : this.#systemVariable(name.toLowerCase());
    return known === undefined ? undefined : { type: known[0], value: known[1] };
  }

  #systemVariable(name: string): Fact | undefined {
    switch (name) {
      case "@@rowcount":
        return [plain("int"), String(this.rowCount)];
      case "@@trancount":
        return [plain("int"), String(this.transaction.count)];
      case "@@error":
        return [plain("int"), String(this.errorNumber)];
      case "@@spid":
        return [plain("smallint"), String(this.spid)];
      case "@@lock_timeout":
        return [plain("int"), String(this.options.lockTimeoutMs)];
      case "@@version":
        return [text, "Microsoft SQL Server 2022 (stand-in for tests) - 16.0.4096.0"];
      default:
        // Real SQL Server has many more: never let a gap of ours look like a mistake of the caller.
        if (name.startsWith("@@")) throw new NotUnderstoodError(name);
        return undefined;
    }
  }

  #sessionFact(name: string): Fact | undefined {
    const context = /^context:(.*)$/s.exec(name)?.[1];
    if (context !== undefined) {
      return [text, this.contextValues.get(context)];
    }
    const facts: Readonly<Record<string, Fact>> = {
      spid: [plain("smallint"), String(this.spid)],
      isolation_number: [plain("smallint"), String(isolationNumbers.indexOf(this.transaction.level))],
      database: [text, this.database],
      login: [text, this.login.userName],
      application: [text, this.login.applicationName],
      host: [text, this.login.hostName],
      xact_state: [plain("smallint"), String(this.transaction.state)],
      error_number: [plain("int"), this.handled === undefined ? null : String(this.handled.number)],
      error_message: [text, this.handled?.message ?? null],
    };
    return facts[name];
  }

  /** Puts everything back to a new session's state, but the transaction where `keepTransaction` says so. */
  async reset(response: ResponseStream, keepTransaction: boolean): Promise<void> {
    if (!keepTransaction) await this.transaction.abort(response);
    await this.#setAll({ ...new SessionOptions().all, nocount: this.host.options.noCount ? "on" : "off" });
    this.transaction.restoreLevel("read committed");
    this.use(this.#loginDatabase, response);
    this.contextValues.clear();
    this.identityInsertTable = undefined;
    const dropped = [...this.temporaryTables].map((it) => `DROP TABLE IF EXISTS ${it};`).join("");
    this.temporaryTables.clear();
    await this.postgres.script(`${dropped}SELECT pg_advisory_unlock_all()`);
  }
}

type Fact = readonly [type: SqlType, value: string | null];

const text: SqlType = { name: "nvarchar", length: 4000 };
