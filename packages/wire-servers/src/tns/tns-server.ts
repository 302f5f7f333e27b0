import { createServer, type Server, type Socket } from "node:net";
import { createScratchDatabase, type ScratchDatabase } from "../shared/scratch-database.ts";
import { Script } from "../shared/script.ts";
import { createSelfSignedCertificate } from "../shared/self-signed-certificate.ts";
import type { CharacterSet } from "./engine/character-set.ts";
import { OracleEngine } from "./engine/oracle-engine.ts";
import { OracleError } from "./engine/oracle-error.ts";
import type { ResultTypes } from "./engine/result-columns.ts";
import { setUpDatabase } from "./engine/setup/setup-database.ts";
import type { RecordedLogin } from "./protocol/login.ts";
import { PlainOrTls } from "./protocol/plain-or-tls.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";
import { TnsSession } from "./session.ts";
import type { RecordedBinds } from "./statement-calls.ts";

/** How to start a server that speaks Oracle's protocol. */
export interface TnsServerOptions {
  /** A superuser of the PostgreSQL that stands behind; the server makes a database of its own in it. */
  readonly postgresUrl: string;
  /** Passwords by user name. Each user has a schema of the same name, in upper case. Default: `scott` with `tiger`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default `ORCLPDB1`. */
  readonly serviceName?: string;
  /** What the database keeps VARCHAR2 and its like in. Default `AL32UTF8`. */
  readonly characterSet?: CharacterSet;
  /** Default: a free one. */
  readonly port?: number;
}

/** A server that speaks Oracle's protocol on a loopback port, with PostgreSQL behind it. */
export class TnsServer {
  /** What is answered by script instead of by the database. */
  readonly script = new Script<ScriptedAnswer>();
  /** What clients sent and this server could not make sense of. A test that leaves something here has not tested what it meant to. */
  readonly faults: Error[] = [];
  /** What this server was asked for and does not understand; each was answered by ORA-49999. */
  readonly refusals: string[] = [];
  /** Everybody who has logged in, in order. */
  readonly logins: RecordedLogin[] = [];
  readonly serviceName: string;
  /** What it shows to clients that connect by TLS (`tcps`). */
  readonly identity = createSelfSignedCertificate();
  readonly #streams = new PlainOrTls(this.identity);
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #database: ScratchDatabase;
  readonly #types: ResultTypes;
  readonly #characterSet: CharacterSet;
  readonly #sessions = new Map<number, { readonly session: TnsSession; engine: OracleEngine | undefined }>();
  #server: Server | undefined;
  #port: number;
  #recorded: string[] | undefined;
  #recordedBinds: RecordedBinds[] | undefined;
  #lastId = 0;
  #lastName = 10_000;

  private constructor(
    options: TnsServerOptions,
    passwords: ReadonlyMap<string, string>,
    database: ScratchDatabase,
    types: ResultTypes,
  ) {
    this.serviceName = options.serviceName ?? "ORCLPDB1";
    this.#passwords = passwords;
    this.#database = database;
    this.#types = types;
    this.#characterSet = options.characterSet ?? "AL32UTF8";
    this.#port = options.port ?? 0;
  }

  /** Starts a server over an empty database. */
  static async start(options: TnsServerOptions): Promise<TnsServer> {
    const database = await createScratchDatabase(options.postgresUrl, "mdb_tns");
    const users = Object.entries(options.users ?? { scott: "tiger" });
    const passwords = new Map(users.map(([user, password]) => [user.toUpperCase(), password]));
    try {
      const types = await setUpDatabase(database.url, passwords.keys(), options.characterSet ?? "AL32UTF8");
      const server = new TnsServer(options, passwords, database, types);
      await server.listen();
      return server;
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  /** `127.0.0.1:port/service`. */
  get connectString(): string {
    return `127.0.0.1:${this.#port}/${this.serviceName}`;
  }

  /** Clients that are logged in or on their way. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /**
   * Gives a list to which every call is added from now on, as scripts know it, and in front of it what it brings along: `SET SCHEMA name`,
   * `SET CLIENT IDENTIFIER text`.
   */
  record(): string[] {
    this.#recorded = [];
    return this.#recorded;
  }

  /** Gives a list to which every statement is added from now on, with the types of its binds. */
  recordBinds(): RecordedBinds[] {
    this.#recordedBinds = [];
    return this.#recordedBinds;
  }

  /** Accepts connections, on the same port as before where it did already. */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#streams.take(socket, (stream) => this.#accept(stream)));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  /** Accepts no more connections and ends those that are open; the data stays. */
  async shutDown(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    const open = [...this.#sessions.values()];
    this.#streams.end();
    for (const { session } of open) session.cut("reset");
    await Promise.all(open.map(({ session }) => session.closed));
    await closed;
  }

  /** Ends a session. `disconnect`: at once, and not only at its next call. @throws OracleError ORA-00030 where there is none. */
  killSession(id: number, serial: number, disconnect = false): void {
    const entry = this.#sessions.get(id);
    if (entry === undefined || entry.session.serial !== serial)
      throw new OracleError(30, "User session ID does not exist.");
    if (disconnect) entry.session.cut("reset");
    else void entry.session.kill();
  }

  /** Ends every connection. */
  cutAll(ending: "end" | "reset" = "end"): void {
    for (const { session } of this.#sessions.values()) session.cut(ending);
  }

  /** Stops the server and drops its database. */
  async stop(): Promise<void> {
    await this.shutDown();
    await this.#database.drop();
  }

  #accept(socket: Socket): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const serial = 1000 + id;
    const session = new TnsSession(
      socket,
      {
        serviceName: this.serviceName,
        passwords: this.#passwords,
        answerTo: (text) => {
          this.#recorded?.push(text);
          return this.script.answerTo(text);
        },
        noteAhead: (text) => this.#recorded?.push(text),
        characterSet: this.#characterSet,
        noteBinds: (binds) => this.#recordedBinds?.push(binds),
        noteRefusal: (what) => this.refusals.push(what),
        noteLogin: (login) => this.logins.push(login),
        openEngine: async (user, timeZone) => {
          const engine = await OracleEngine.open(
            {
              databaseUrl: this.#database.url,
              types: this.#types,
              killSession: (...session) => this.killSession(...session),
              releaseReads: () => this.#releaseReads(),
              systemName: () => this.#systemName(),
            },
            { user, id, serial, serviceName: this.serviceName, timeZone },
          );
          const entry = this.#sessions.get(id);
          if (entry !== undefined) entry.engine = engine;
          return engine;
        },
        report: (error) => this.faults.push(error),
      },
      id,
      serial,
    );
    this.#sessions.set(id, { session, engine: undefined });
    void session.closed.then(() => this.#sessions.delete(id));
  }

  async #releaseReads(): Promise<void> {
    await Promise.allSettled([...this.#sessions.values()].map(({ engine }) => engine?.work.releaseReads()));
  }

  #systemName(): string {
    this.#lastName += 1;
    return `SYS_C00${this.#lastName}`;
  }
}
