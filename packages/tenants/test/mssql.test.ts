import { mssql, mssqlDriver } from "@nsj/mdb-adapter-mssql";
import { DatabaseManager, type RoutedDatabase } from "@nsj/mdb-core";
import { type Place, type Tenants, tenants } from "@nsj/mdb-tenants";
import { startTdsServer, type TdsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { errorOf } from "./support/shops.ts";

let server: TdsServer;
beforeAll(async () => {
  server = await startTdsServer({ postgresUrl: inject("postgresUrl") });
});
afterAll(async () => {
  await server.close();
  expect(server.refusals).toEqual([]);
});

const ask = "select cast(session_context(N'app.tenant') as nvarchar(100))";

interface Opened extends AsyncDisposable {
  readonly shops: Tenants;
  readonly manager: DatabaseManager;
  readonly shop: RoutedDatabase;
}

function open(place: (id: string) => Place, max = 2): Opened {
  const shops = tenants({ driver: mssqlDriver, resolve: (id) => place(id) });
  const { host, port, user, password, database } = server;
  const options = { server: host, port, user, password, database, encrypt: false, pool: { max } };
  const manager = new DatabaseManager({ shard: mssql(options), shop: shops });
  const shop = manager.database("shop");
  return { shops, shop, manager: manager as never, [Symbol.asyncDispose]: () => manager.close({ timeoutMs: 0 }) };
}

const bySetting = (max?: number) => open((id) => ({ on: "shard", settings: { "app.tenant": id } }), max);

describe("settings of one SQL Server", () => {
  it("are each tenant's own, whatever 40 callers on 2 connections do, and nobody's afterwards", async () => {
    await using it = bySetting();
    const { shop } = it;
    const shard = it.manager.database("shard");
    const mine = async (from: Pick<RoutedDatabase, "queryScalar">, id: string) =>
      expect(await from.queryScalar(ask)).toBe(id);
    const work = async (id: string, index: number) => {
      await mine(shop, id);
      await shop.transaction(async (tx) => {
        await mine(tx, id);
        await shop.transaction((inner) => mine(inner, id));
      });
      switch (index % 5) {
        case 0:
          return errorOf(() => shop.query("select 1 / 0"));
        case 1:
          return errorOf(() => shop.transaction((tx) => mine(tx, id).then(() => Promise.reject(new Error("no more")))));
        case 2:
          return errorOf(() => shop.query("waitfor delay '00:00:05'; select 1 as one", {}, { timeoutMs: 20 }));
        case 3:
          for await (const row of shop.stream(
            `${ask} as tenant union all select N'x' union all select N'y'`,
            {},
            { fetchSize: 1 },
          )) {
            expect(["x", "y", id]).toContain((row as { tenant: string }).tenant);
            break;
          }
          return undefined;
        default:
          return shop.withConnection((connection) => mine(connection, id));
      }
    };
    const calls = Array.from({ length: 40 }, (_, index) => {
      const id = `t${index % 7}`;
      return it.shops.run(id, () => work(id, index));
    });
    await Promise.all(calls);
    const both = await Promise.all([1, 2].map(() => shard.transaction((tx) => tx.queryScalar(ask))));
    expect(both).toEqual([null, null]);
    expect(shard.stats()).toMatchObject({ busy: 0 });
  });

  it("are reset at the end of each lease, by the bit of the protocol", async () => {
    await using it = bySetting(1);
    const sent: { text: string; reset: boolean }[] = [];
    for (const id of ["acme", "bolt"]) expect(await it.shops.run(id, () => it.shop.queryScalar(ask))).toBe(id);
    const stop = server.record(({ text, reset }) => sent.push({ text, reset }));
    expect(await it.shops.run("acme", () => it.shop.queryScalar(ask))).toBe("acme");
    expect(await it.manager.database("shard").queryScalar(ask)).toBeNull();
    stop();
    expect(sent.filter(({ reset }) => reset).length).toBeGreaterThanOrEqual(1);
    expect(it.manager.database("shard").stats()).toMatchObject({ created: 1 });
  });

  it("let nothing run where they cannot be set", async () => {
    await using it = bySetting(1);
    const { shop } = it;
    await it.manager.database("shard").execute("drop table if exists written; create table written (id int)");
    server.script.when((text) => text.startsWith("EXEC sys.sp_set_session_context"), { error: { number: 15665 } }, 3);
    const insert = "insert into written (id) values (1)";
    await it.shops.run("acme", async () => {
      expect(await errorOf(() => shop.execute(insert))).toBeInstanceOf(Error);
      expect(await errorOf(() => shop.transaction((tx) => tx.execute(insert)))).toBeInstanceOf(Error);
      expect(await errorOf(() => shop.stream(insert)[Symbol.asyncIterator]().next())).toBeInstanceOf(Error);
      expect(await shop.queryScalar(ask)).toBe("acme");
    });
    expect(server.script.unused).toEqual([]);
    expect(await it.manager.database("shard").queryScalar("select count(*) from written")).toBe(0);
  });

  it.each([
    ["a schema", { schema: "sales" }],
    ["a role", { role: "clerk" }],
    ["a client id", { clientId: "acme" }],
  ])("are all that it can do: %s is refused before anything is sent", async (_what, context) => {
    await using it = open(() => ({ on: "shard", ...context }));
    const error = await errorOf(() => it.shops.run("acme", () => it.shop.query("select 1")));
    expect(error).toMatchObject({ code: "MDB_UNSUPPORTED" });
    expect(error.message).toContain('"settings"');
    expect(it.manager.database("shard").stats().created).toBe(0);
  });
});
