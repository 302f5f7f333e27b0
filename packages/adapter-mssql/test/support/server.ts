import { randomBytes } from "node:crypto";
import { DatabaseManager } from "@nsj/mdb-core";
import { startTdsServer, type TdsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { type MssqlOptions, mssql } from "../../src/index.ts";

/** Where the tests connect to: a server of our own that speaks TDS, or the SQL Server that `MDB_MSSQL_URL` names. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  /** Options that connect. */
  options(more?: MssqlOptions): MssqlOptions;
  /** A URL for the same database. */
  url(): string;
  /** Our own server; `undefined` where a real one takes its place. */
  readonly wire: TdsServer | undefined;
}

/** A SQL Server that takes the place of our own in every test that can do without scripts. */
export const realUrl = process.env["MDB_MSSQL_URL"] || undefined;

/** See {@link useServer}. */
export interface ServerUse {
  /** Our own server, for its scripts or its records, whatever `MDB_MSSQL_URL` says. */
  readonly wireOnly?: boolean;
  /** Connections to our own server are encrypted; those to a real one are as its URL says. */
  readonly encrypted?: boolean;
  /** Access tokens of Azure Active Directory that our own server takes. */
  readonly accessTokens?: readonly string[];
  /** Sessions of our own server begin with NOCOUNT on, by its `user options`. */
  readonly noCount?: boolean;
}

/** Starts a server before the tests of a file, and stops it after them; it must have understood everything. */
export function useServer({
  wireOnly = false,
  encrypted = false,
  accessTokens = [],
  noCount = false,
}: ServerUse = {}): TestServer {
  let wire: TdsServer | undefined;
  const isReal = realUrl !== undefined && !wireOnly;
  if (!isReal) {
    beforeAll(async () => {
      const encryption = encrypted ? "required" : "on";
      wire = await startTdsServer({ postgresUrl: inject("postgresUrl"), encryption, accessTokens, noCount });
    });
    afterAll(async () => {
      await wire?.close();
      expect(wire?.refusals, "what the server did not understand").toEqual([]);
    });
  }
  const running = () => {
    if (wire === undefined) throw new Error("the server is started in a hook, and this runs before it");
    return wire;
  };
  const real = new URL(isReal ? (realUrl ?? "") : "mssql://nowhere");
  if (isReal) useOwnDatabase(real);
  return {
    get host() {
      return isReal ? real.hostname : running().host;
    },
    get port() {
      return isReal ? Number(real.port || 1433) : running().port;
    },
    get password() {
      return isReal ? decodeURIComponent(real.password) : running().password;
    },
    get wire() {
      return wire;
    },
    options(own = {}) {
      if (isReal) return { connectionString: real.href, ...own };
      const { host: server, port, user, password, database, certificate } = running();
      const trusted = encrypted && { options: { cryptoCredentialsDetails: { ca: certificate } } };
      return { server, port, user, password, database, encrypt: encrypted, ...trusted, ...own };
    },
    url() {
      if (isReal) return real.href;
      const { host, port, user, password, database } = running();
      const how = encrypted ? "encrypt=true&trustServerCertificate=true" : "encrypt=false";
      return `mssql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?${how}`;
    },
  };
}

/** A database for the tests of one file, on a real server: whatever they leave goes with it. */
function useOwnDatabase(url: URL): void {
  const administrator = url.href;
  const name = `mdb_test_${randomBytes(5).toString("hex")}`;
  url.pathname = `/${name}`;
  const administer = async (...texts: readonly string[]): Promise<void> => {
    await using manager = new DatabaseManager({ master: mssql({ connectionString: administrator }) });
    for (const text of texts) await manager.database("master").execute(text);
  };
  beforeAll(() => administer(`create database ${name}`));
  afterAll(() => administer(`alter database ${name} set single_user with rollback immediate`, `drop database ${name}`));
}
