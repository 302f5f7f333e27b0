import type { PostgresSession } from "../../shared/postgres-session.ts";
import { BackingWork } from "./backing-work.ts";
import type { DateFormats } from "./convert-out.ts";
import type { Engine, EngineStatement } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import type { FailedStatement } from "./postgres-errors.ts";
import type { ResultTypes } from "./result-columns.ts";
import { SessionSettings } from "./session-settings.ts";
import type { DdlContext } from "./sql/ddl-context.ts";

/** What a session needs from the server around it. */
export interface EngineHost {
  readonly databaseUrl: string;
  /** The types of that database. */
  readonly types: ResultTypes;
  /** Ends another session. @throws OracleError ORA-00030 where there is none. */
  killSession(id: number, serial: number, disconnect: boolean): void;
  /** Asks every session to let go of the locks of queries that are only read. */
  releaseReads(): Promise<void>;
  /** A name for a constraint that has none. */
  systemName(): string;
}

/** Who logs in, and where. */
export interface SessionIdentity {
  readonly user: string;
  readonly id: number;
  readonly serial: number;
  readonly serviceName: string;
  readonly timeZone: string;
}

/** One session of Oracle, played by one session of PostgreSQL: what its statements stand on. */
export abstract class OracleSession implements Engine {
  readonly work: BackingWork;
  readonly host: EngineHost;
  readonly user: string;
  readonly #backing: PostgresSession;
  readonly #settings: SessionSettings;
  #settingsAtRisk = false;
  onLost: ((error: Error) => void) | null = null;

  protected constructor(backing: PostgresSession, host: EngineHost, identity: SessionIdentity) {
    this.#backing = backing;
    this.work = new BackingWork(backing, host.types);
    this.host = host;
    this.user = identity.user;
    this.#settings = new SessionSettings(identity.user, identity.timeZone);
    backing.onLost = (error) => this.onLost?.(error);
  }

  get transactionInProgress(): boolean {
    return this.work.changed;
  }

  /** The schema that names without one belong to. */
  get schema(): string {
    return this.#settings.schema;
  }

  get dateFormats(): DateFormats {
    return this.#settings.dateFormats;
  }

  /** What definitions are translated with. */
  get ddlContext(): DdlContext {
    return { schema: this.schema, systemName: () => this.host.systemName() };
  }

  abstract prepare(text: string): EngineStatement;

  /** What an error of a statement is made with. */
  about(text: string, verb: string): FailedStatement {
    return { text, verb, schema: this.schema };
  }

  async commit(): Promise<void> {
    await this.work.commit();
    this.#settingsAtRisk = false;
  }

  async rollback(): Promise<void> {
    await this.work.rollback();
    await this.restoreSettings();
    this.#settingsAtRisk = false;
  }

  async rollbackTo(name: string, plainName: string): Promise<void> {
    await this.work.rollbackTo(name, plainName);
    await this.restoreSettings();
  }

  /** Changes settings of the session. */
  async alter(settings: ReadonlyMap<string, string>): Promise<void> {
    const schema = settings.get("CURRENT_SCHEMA");
    if (schema !== undefined) await this.#checkSchema(schema);
    this.#settings.set(settings);
    // PostgreSQL undoes settings with the transaction that made them; Oracle does not.
    this.#settingsAtRisk = true;
    await this.configure();
  }

  async setSchema(name: string): Promise<void> {
    const schema = name.startsWith('"') ? name.replaceAll('"', "") : name.toUpperCase();
    if (schema !== this.schema) await this.alter(new Map([["CURRENT_SCHEMA", schema]]));
  }

  /** What SYS_CONTEXT tells of the client. */
  async setClientIdentifier(identifier: string): Promise<void> {
    if (identifier === this.#settings.clientIdentifier) return;
    this.#settings.clientIdentifier = identifier;
    this.#settingsAtRisk = true;
    await this.configure();
  }

  /** Brings the session of PostgreSQL to what ALTER SESSION has set. */
  configure(): Promise<void> {
    return this.work.configure(this.#settings.toStatements());
  }

  interrupt(): Promise<void> {
    return this.#backing.interrupt().catch(() => undefined);
  }

  resume(): void {
    this.#backing.resume();
  }

  close(): Promise<void> {
    this.onLost = null;
    return this.#backing.close();
  }

  /** Sets again what was set in a transaction, of which something was undone. */
  async restoreSettings(): Promise<void> {
    if (this.#settingsAtRisk) await this.configure();
  }

  async #checkSchema(schema: string): Promise<void> {
    const found = await this.work.query(
      this.about("", ""),
      { text: "SELECT 1::numeric FROM pg_catalog.pg_namespace WHERE nspname = $1", values: [schema] },
      1,
    );
    const { rows } = await found.read(2);
    if (rows.length === 0) throw new OracleError(1435, "user does not exist");
  }
}
