import { createServer, type Server } from "node:net";
import { PostgresSession } from "../shared/postgres-session.ts";
import { createScratchDatabase, type ScratchDatabase } from "../shared/scratch-database.ts";
import { Script } from "../shared/script.ts";
import { createSelfSignedCertificate } from "../shared/self-signed-certificate.ts";
import { TdsConnection } from "./connection.ts";
import { backingSchema, searchPath } from "./engine/backing-schema.ts";
import { BackingSessions } from "./engine/backing-sessions.ts";
import { Catalog } from "./engine/catalog.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";
import type { RecordedRequest, TdsServerCore } from "./server-core.ts";

/** How a {@link TdsServer} is started. */
export interface TdsServerOptions {
  /** A superuser of the PostgreSQL (18 or newer) that stands behind; the server makes a database of its own there. */
  readonly postgresUrl: string;
  /** Logins and their passwords; `{ sa: "Sa-Passw0rd" }` by default. */
  readonly users?: Readonly<Record<string, string>>;
  /** Names under which the one database is known; `["mdb", "master"]` by default. */
  readonly databases?: readonly string[];
  /** `"on"` (default): as the client wishes; `"off"`: not supported; `"required"`: clients that cannot encrypt are refused. */
  readonly encryption?: "off" | "on" | "required";
  /** `user options` 512: sessions begin with NOCOUNT on. Default false. */
  readonly noCount?: boolean;
  /** Access tokens of Azure Active Directory that are good for a login. */
  readonly accessTokens?: readonly string[];
  /** The port of 127.0.0.1 to listen on; a free one by default. */
  readonly port?: number;
}

/**
 * A server that speaks TDS 7.4 (and 8.0's strict encryption) for tests: SQL Server to the driver, PostgreSQL underneath. What it does not
 * understand it refuses with error 49999 and remembers in `refusals`.
 */
export interface TdsServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The certificate of encrypted connections, as PEM: put it among the client's authorities. */
  readonly certificate: string;
  /** What it answers by script. A statement is looked up by its text, a login by `LOGIN`, a commit by `COMMIT TRANSACTION`. */
  readonly script: Script<ScriptedAnswer>;
  /** What it did not understand, in order. Empty at the end of every good test. */
  readonly refusals: readonly string[];
  /** Connections that are open. */
  readonly connections: number;
  /** Logins that succeeded since the start. */
  readonly logins: number;
  /** Calls `observe` with every request until the returned function is called. */
  record(observe: (request: RecordedRequest) => void): () => void;
  /** Cuts every connection, as a crash would; new ones are taken. */
  cutAll(): void;
  /** Stops listening, ends every connection and drops the database. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1. */
export async function startTdsServer(options: TdsServerOptions): Promise<TdsServer> {
  const database = await createScratchDatabase(options.postgresUrl, "tds");
  try {
    const catalog = await prepare(database);
    const server = new RunningTdsServer(options, database, catalog);
    await server.listen(options.port ?? 0);
    return server;
  } catch (error) {
    await database.drop();
    throw error;
  }
}

async function prepare(database: ScratchDatabase): Promise<Catalog> {
  const session = await PostgresSession.open(database.url, { search_path: searchPath });
  try {
    const { rows } = await session.run("SHOW server_version_num");
    // OLD and NEW in RETURNING, which OUTPUT needs, came with version 18.
    if (Number(rows[0]?.[0]) < 180_000) throw new Error("the TDS test server needs PostgreSQL 18 or newer behind it");
    await session.script(backingSchema.join(";\n"));
    const catalog = new Catalog();
    await catalog.load(session);
    return catalog;
  } finally {
    await session.close();
  }
}

class RunningTdsServer implements TdsServer, TdsServerCore {
  readonly host = "127.0.0.1";
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly serverName = "MDB-TEST";
  readonly backing: BackingSessions;
  readonly catalog: Catalog;
  readonly options: TdsServerCore["options"];
  readonly identity = createSelfSignedCertificate();
  readonly script = new Script<ScriptedAnswer>();
  readonly refusals: string[] = [];
  readonly #scratch: ScratchDatabase;
  readonly #listener: Server;
  readonly #connections = new Set<TdsConnection>();
  readonly #observers = new Set<(request: RecordedRequest) => void>();
  readonly #leaving = new Set<Promise<void>>();
  // The numbers up to 50 are the server's own in SQL Server.
  #nextSpid = 51;
  #logins = 0;

  constructor(options: TdsServerOptions, scratch: ScratchDatabase, catalog: Catalog) {
    const users = options.users ?? { sa: "Sa-Passw0rd" };
    const databases = options.databases ?? ["mdb", "master"];
    this.options = {
      encryption: options.encryption ?? "on",
      users,
      databases,
      noCount: options.noCount ?? false,
      accessTokens: options.accessTokens ?? [],
    };
    this.user = Object.keys(users)[0] ?? "";
    this.password = users[this.user] ?? "";
    this.database = databases[0] ?? "";
    this.catalog = catalog;
    this.backing = new BackingSessions(scratch.url);
    this.#scratch = scratch;
    this.#listener = createServer((socket) => {
      this.#connections.add(new TdsConnection(socket, this.#nextSpid, this));
      this.#nextSpid += 1;
    });
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    return address.port;
  }

  get certificate(): string {
    return this.identity.certificate;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get logins(): number {
    return this.#logins;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once("error", reject);
      this.#listener.listen(port, this.host, resolve);
    });
  }

  record(observe: (request: RecordedRequest) => void): () => void {
    this.#observers.add(observe);
    return () => this.#observers.delete(observe);
  }

  recorded(request: RecordedRequest): void {
    for (const observe of this.#observers) observe(request);
  }

  loggedIn(): void {
    this.#logins += 1;
  }

  refused(what: string): void {
    this.refusals.push(what);
  }

  kill(spid: number): boolean {
    const found = [...this.#connections].find((it) => it.spid === spid);
    found?.kill();
    return found !== undefined;
  }

  closed(connection: object): void {
    this.#connections.delete(connection as TdsConnection);
  }

  leaving(work: Promise<void>): void {
    const tracked = work.finally(() => this.#leaving.delete(tracked));
    this.#leaving.add(tracked);
  }

  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    this.cutAll();
    await closed;
    await Promise.allSettled(this.#leaving);
    await this.backing.close();
    await this.#scratch.drop();
  }
}
