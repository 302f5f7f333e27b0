import { oracle, oracleDriver } from "@nsj/mdb-adapter-oracle";
import { DatabaseManager, type RoutedDatabase } from "@nsj/mdb-core";
import { type Place, type Tenants, tenants } from "@nsj/mdb-tenants";
import { TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { errorOf } from "./support/shops.ts";

const ids = ["acme", "bolt", "coil"];
let server: TnsServer;

const options = (user: string) => ({ user, password: "secret", connectString: server.connectString });

beforeAll(async () => {
  const users = Object.fromEntries(["app", ...ids].map((user) => [user, "secret"]));
  server = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users });
  for (const id of ["app", ...ids]) {
    await using manager = new DatabaseManager({ main: oracle(options(id)) });
    const main = manager.database("main");
    await main.execute("create table orders (name varchar2(20))");
    await main.execute(`insert into orders values ('${id}')`);
  }
});
afterAll(async () => {
  await server.stop();
  expect(server.faults).toEqual([]);
  expect(server.refusals).toEqual([]);
});

interface Opened extends AsyncDisposable {
  readonly shops: Tenants;
  readonly manager: DatabaseManager;
  readonly shop: RoutedDatabase;
}

function open(place: (id: string) => Place, max = 2): Opened {
  const shops = tenants({ driver: oracleDriver, resolve: (id) => place(id) });
  const manager = new DatabaseManager({ shard: oracle({ ...options("app"), pool: { max } }), shop: shops });
  const shop = manager.database("shop");
  return { shops, shop, manager: manager as never, [Symbol.asyncDispose]: () => manager.close({ timeoutMs: 0 }) };
}

const bySchema = (max?: number) => open((id) => ({ on: "shard", schema: id, clientId: `shop ${id}` }), max);
const ask = "select name from orders";
const askClient = "select sys_context('userenv', 'client_identifier') from dual";

describe("a schema and a client id each, in one Oracle", () => {
  it("are each tenant's own, whatever 40 callers on 2 connections do, and nobody's afterwards", async () => {
    await using it = bySchema();
    const { shop } = it;
    const shard = it.manager.database("shard");
    const mine = async (from: Pick<RoutedDatabase, "queryScalar">, id: string) => {
      expect(await from.queryScalar(ask)).toBe(id);
      expect(await from.queryScalar(askClient)).toBe(`shop ${id}`);
    };
    const work = async (id: string, index: number) => {
      await mine(shop, id);
      await shop.transaction(async (tx) => {
        await mine(tx, id);
        await shop.transaction((inner) => mine(inner, id));
      });
      switch (index % 5) {
        case 0:
          return errorOf(() => shop.query("select * from nothing_there"));
        case 1:
          return errorOf(() =>
            shop.transaction(async (tx) => {
              await tx.execute("delete from orders");
              throw new Error("no more");
            }),
          );
        case 2:
          return errorOf(() => shop.execute("begin dbms_session.sleep(5); end;", {}, { timeoutMs: 20 }));
        case 3:
          for await (const row of shop.stream(
            "select name from orders union all select 'x' from dual",
            {},
            { fetchSize: 1 },
          )) {
            expect(["x", id]).toContain((row as { name: string }).name);
            break;
          }
          return undefined;
        default:
          return shop.withConnection((connection) => mine(connection, id));
      }
    };
    const calls = Array.from({ length: 40 }, (_, index) => {
      const id = ids[index % ids.length] as string;
      return it.shops.run(id, () => work(id, index));
    });
    await Promise.all(calls);
    const both = await Promise.all(
      [1, 2].map(() => shard.transaction(async (tx) => [await tx.queryScalar(ask), await tx.queryScalar(askClient)])),
    );
    expect(both).toEqual([
      ["app", null],
      ["app", null],
    ]);
  });

  it("cost no reset and no round trip", async () => {
    await using it = bySchema(1);
    const shard = it.manager.database("shard");
    await shard.query(ask);
    const calls = server.record();
    for (const id of ids) await it.shops.run(id, () => it.shop.queryScalar(ask));
    await shard.query(ask);
    expect(calls.filter((text) => !text.startsWith("SET "))).toHaveLength(4);
    expect(shard.stats()).toMatchObject({ created: 1, resets: 0 });
  });

  it("let nothing run where the schema is not there", async () => {
    await using it = open((id) => ({ on: "shard", schema: `no_${id}` }), 1);
    const { shop } = it;
    const insert = "insert into app.orders values ('thief')";
    await it.shops.run("acme", async () => {
      expect(await errorOf(() => shop.execute(insert))).toBeInstanceOf(Error);
      expect(await errorOf(() => shop.transaction((tx) => tx.execute(insert)))).toBeInstanceOf(Error);
      expect(
        await errorOf(() => shop.executeMany("insert into app.orders values (:n)", [{ n: "a" }, { n: "b" }])),
      ).toBeInstanceOf(Error);
    });
    expect(await it.manager.database("shard").queryScalar("select count(*) from orders")).toBe(1);
  });

  it.each([
    ["settings", { settings: { "app.tenant": "acme" } }],
    ["a role", { role: "clerk" }],
  ])("are all that it can do: %s is refused before anything is sent", async (_what, context) => {
    await using it = open(() => ({ on: "shard", ...context }));
    const error = await errorOf(() => it.shops.run("acme", () => it.shop.query("select 1 from dual")));
    expect(error).toMatchObject({ code: "MDB_UNSUPPORTED" });
    expect(error.message).toContain('"schema", "clientId"');
    expect(it.manager.database("shard").stats().created).toBe(0);
  });
});
