import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseManager, defineDatabase, unlimited } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OracleOptions, oracleDriver } from "../src/index.ts";
import { ownServer } from "./support/server.ts";
import { connected, failureOf, rows } from "./support/statements.ts";

const server = ownServer();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mdb-oracle-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Logs in and out, and gives what the server saw of it. */
async function login(
  options: Partial<OracleOptions>,
): Promise<{ descriptor: string; user: string; facts: Map<string, string> }> {
  const connection = await connected(server, options);
  expect(await rows(connection, "select 1 from dual")).toHaveLength(1);
  await connection.close(unlimited);
  const { descriptor, user, facts } = server.own.logins.at(-1) ?? { descriptor: "", user: "", facts: new Map() };
  return { descriptor: descriptor.replaceAll(/\s/g, "").toUpperCase(), user, facts: new Map(facts) };
}

const address = () => `127.0.0.1:${server.own.port}`;

describe("the way to the server", () => {
  it("is Easy Connect Plus, with its parameters and a session of the server's pool", async () => {
    const { descriptor } = await login({
      connectString: `tcp://${address()}/${server.own.serviceName}:pooled?pool_connection_class=ERP&pool_purity=self&expire_time=2`,
    });
    expect(descriptor).toContain("(SERVER=POOLED)");
    expect(descriptor).toContain("(POOL_CONNECTION_CLASS=ERP)");
    expect(descriptor).toContain("(POOL_PURITY=SELF)");
  });

  it("is a descriptor, with addresses to fail over to", async () => {
    const dead = "(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=1))";
    const alive = `(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=${server.own.port}))`;
    const data = `(CONNECT_DATA=(SERVICE_NAME=${server.own.serviceName}))`;
    const { user } = await login({
      connectString: `(DESCRIPTION=(ADDRESS_LIST=(LOAD_BALANCE=off)(FAILOVER=on)${dead}${alive})${data})`,
    });
    expect(user).toBe("SCOTT");
  });

  it("is an alias in the tnsnames.ora of configDir", async () => {
    const data = `(ADDRESS=(PROTOCOL=tcp)(HOST=127.0.0.1)(PORT=${server.own.port}))(CONNECT_DATA=(SERVICE_NAME=${server.own.serviceName}))`;
    await writeFile(join(folder, "tnsnames.ora"), `# aliases\nerp =\n  (DESCRIPTION = ${data})\n`);
    expect((await login({ connectString: "erp", configDir: folder })).user).toBe("SCOTT");
    const unknown = failureOf(() => login({ connectString: "crm", configDir: folder }));
    expect(await unknown).toMatchObject({ kind: "unknown-database", retry: "never" });
  });

  it("is a URL, also as the only configuration of a database", async () => {
    const { user = "", password } = server.options();
    const url = `oracle://${user}:${encodeURIComponent(String(password))}@${address()}/${server.own.serviceName}?schema=adams`;
    const databases = new DatabaseManager({ erp: defineDatabase(oracleDriver, oracleDriver.parseUrl(url)) });
    const schema = "select sys_context('userenv', 'current_schema') from dual";
    expect(await databases.database("erp").queryScalar(schema)).toBe("ADAMS");
    await databases.close();
  });

  it("is TLS with a wallet, in a folder or as text, and nothing else will do", async () => {
    const { certificate, privateKey } = server.own.identity;
    const wallet = `${privateKey}${certificate}`;
    await writeFile(join(folder, "ewallet.pem"), wallet);
    const connectString = `tcps://${server.own.connectString}`;
    expect((await login({ connectString, walletLocation: folder })).user).toBe("SCOTT");
    expect((await login({ connectString, walletContent: wallet })).user).toBe("SCOTT");
    expect(await failureOf(() => login({ connectString }))).toMatchObject({ executed: "no", connection: "dead" });
  });
});

describe("who comes", () => {
  it("is a user behind a proxy user", async () => {
    expect((await login({ user: "scott[adams]" })).user).toBe("ADAMS");
    expect(await failureOf(() => login({ user: "scott[nobody]" }))).toMatchObject({ kind: "auth", retry: "never" });
  });

  it("says what it was told to say of itself", async () => {
    const { facts } = await login({
      program: "orders",
      machine: "host-1",
      osUser: "batch",
      terminal: "t-9",
      driverName: "mdb",
      edition: "spring",
      appContext: [["CLIENTCONTEXT", "tenant", "t42"]],
    });
    expect(Object.fromEntries(facts)).toMatchObject({
      AUTH_PROGRAM_NM: "orders",
      AUTH_MACHINE: "host-1",
      AUTH_SID: "batch",
      AUTH_TERMINAL: "t-9",
      AUTH_ORA_EDITION: "spring",
      SESSION_CLIENT_DRIVER_NAME: expect.stringContaining("mdb"),
    });
    expect([...facts]).toContainEqual(["AUTH_APPCTX_VALUE", "t42"]);
  });

  it("brings a new password from the function at each connect", async () => {
    const { password } = server.options();
    const given = ["not yet", String(password)];
    const options = { password: () => given.shift() ?? "" };
    const connector = oracleDriver.connector(server.options(options));
    expect(await failureOf(() => connector.connect(unlimited))).toMatchObject({ kind: "auth", code: "ORA-01017" });
    (await connector.connect(unlimited)).destroy();
    expect(given).toEqual([]);
  });
});
