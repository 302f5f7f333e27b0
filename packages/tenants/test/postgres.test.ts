import { randomBytes } from "node:crypto";
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { type Place, sealedSecrets, type Tenants, tenants, tenantTable } from "@nsj/mdb-tenants";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { errorOf } from "./support/shops.ts";

const suffix = randomBytes(4).toString("hex");
const app = `mdb_app_${suffix}`;
const schema = `mdb_rows_${suffix}`;
const owner = postgresDriver.parseUrl(inject("postgresUrl"));
const admin = new DatabaseManager({ main: postgres(owner) });
const main = admin.database("main");
/** A login that policies hold for; a setting that no session has heard of is NULL, and empty once it has. */
const login = { ...owner, user: app, password: "app" };
const mine = "nullif(current_setting('app.tenant', true), '')";

beforeAll(async () => {
  await main.execute(`create role ${app} login password 'app'`);
  await main.execute(`create schema ${schema}`);
  await main.execute(`create table ${schema}.orders (tenant_id text not null, number int not null)`);
  await main.execute(`insert into ${schema}.orders values ('acme', 1), ('acme', 2), ('bolt', 3)`);
  await main.execute(`alter table ${schema}.orders enable row level security`);
  await main.execute(
    `create policy own on ${schema}.orders using (tenant_id = ${mine}) with check (tenant_id = ${mine})`,
  );
  for (const name of ["acme", "bolt"]) {
    await main.execute(`create schema ${name}_${suffix}`);
    await main.execute(`create table ${name}_${suffix}.orders as select '${name}' as name`);
    await main.execute(`grant usage on schema ${name}_${suffix} to ${app}`);
    await main.execute(`grant select on ${name}_${suffix}.orders to ${app}`);
  }
  await main.execute(`grant usage on schema ${schema} to ${app}`);
  await main.execute(`grant select, insert, delete on ${schema}.orders to ${app}`);
});

afterAll(async () => {
  for (const name of [schema, `acme_${suffix}`, `bolt_${suffix}`]) await main.execute(`drop schema ${name} cascade`);
  await main.execute(`drop role ${app}`);
  await admin.close();
});

function open(
  place: (id: string) => Place,
): { readonly shops: Tenants; readonly manager: DatabaseManager } & AsyncDisposable {
  const shops = tenants({
    driver: postgresDriver,
    resolve: (id) => (["acme", "bolt"].includes(id) ? place(id) : undefined),
  });
  const manager = new DatabaseManager({
    shard: postgres({ ...login, pool: { max: 2 } }),
    shop: shops,
  }) as unknown as DatabaseManager;
  return { shops, manager, [Symbol.asyncDispose]: () => manager.close({ timeoutMs: 0 }) };
}

const byRows = () => open((id) => ({ on: "shard", schema, settings: { "app.tenant": id } }));

/** The names of an error and of what led to it. */
function reasons(error: unknown): string[] {
  const names: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) names.push(at.name);
  return names;
}

describe("rows of one PostgreSQL with policies", () => {
  it("are seen by their own tenant only, whatever 40 callers on 2 connections do", async () => {
    await using it = byRows();
    const shop = it.manager.database("shop");
    const shard = it.manager.database("shard");
    const numbers = (from: Pick<typeof shop, "query">) =>
      from.query<{ number: number }>("select number from orders order by number");
    const expected = { acme: [{ number: 1 }, { number: 2 }], bolt: [{ number: 3 }] };
    const work = async (id: "acme" | "bolt", index: number) => {
      expect(await numbers(shop)).toEqual(expected[id]);
      expect(await shop.transaction(numbers)).toEqual(expected[id]);
      switch (index % 5) {
        case 0:
          return errorOf(() => shop.query("select 1 / 0"));
        case 1:
          return errorOf(() => shop.transaction((tx) => numbers(tx).then(() => Promise.reject(new Error("no more")))));
        case 2:
          return errorOf(() => shop.query("select pg_sleep(5)", {}, { timeoutMs: 20 }));
        case 3:
          for await (const _ of shop.stream("select * from orders", {}, { fetchSize: 1 })) break;
          return undefined;
        default:
          return shop.withConnection(async (connection) => expect(await numbers(connection)).toEqual(expected[id]));
      }
    };
    const calls = Array.from({ length: 40 }, (_, index) => {
      const id = index % 3 === 0 ? "bolt" : "acme";
      return it.shops.run(id, () => work(id, index));
    });
    await Promise.all(calls);
    expect(await shard.queryScalar(`select count(*) from ${schema}.orders`), "nothing without a tenant").toBe(0);
    expect(await shard.queryScalar("select coalesce(current_setting('app.tenant', true), '')")).toBe("");
  });

  it("cannot be written for another tenant", async () => {
    await using it = byRows();
    const shop = it.manager.database("shop");
    const insert = (tenant: string) => shop.execute("insert into orders values (:tenant, 9)", { tenant });
    await it.shops.run("acme", async () => {
      expect(await errorOf(() => insert("bolt"))).toMatchObject({ code: "MDB_PERMISSION" });
      await insert("acme");
      // COPY is what PostgreSQL does not do with policies; it says so.
      const bulk = () => shop.bulkInsert("orders", ["tenant_id", "number"], [["acme", 9]]);
      expect((await errorOf(bulk)).message).toContain("row-level security");
      expect(await shop.executeMany("delete from orders where number = :n", [{ n: 9 }, { n: 10 }])).toEqual({
        rowCount: 1,
      });
    });
  });

  it("are checked: owner, superuser, tables without a policy", async () => {
    await using good = byRows();
    expect(await good.shops.check("acme", { column: "tenant_id" })).toMatchObject({ isGood: true, problems: [] });
    await main.execute(`create table ${schema}.notes (tenant_id text)`);
    await main.execute(`grant select on ${schema}.notes to ${app}`);
    const report = await good.shops.check("acme");
    expect(report.problems).toEqual([`${schema}.notes has no row-level security`]);
    await main.execute(`alter table ${schema}.notes owner to ${app}`);
    await main.execute(`alter table ${schema}.notes enable row level security`);
    await main.execute(`create policy open on ${schema}.notes using (true)`);
    expect((await good.shops.check("acme")).problems[0]).toContain("not forced on its owner");
    await main.execute(`alter table ${schema}.notes force row level security`);
    await main.execute(`insert into ${schema}.notes values ('bolt')`);
    expect((await good.shops.check("acme")).problems[0]).toContain(
      "shows rows to whoever has not said for which tenant",
    );
    await main.execute(`drop table ${schema}.notes`);
    const none = await good.shops.check("acme", { column: "nobody_has_this" });
    expect(none).toMatchObject({ isGood: false, problems: ['no table has a column "nobody_has_this"'] });
  });
});

describe("a schema each", () => {
  it("is the same statement on the same connection, prepared once, with each tenant's own table", async () => {
    await using it = open((id) => ({ on: "shard", schema: `${id}_${suffix}` }));
    const shop = it.manager.database("shop");
    for (let round = 0; round < 12; round++) {
      const id = round % 2 === 0 ? "acme" : "bolt";
      expect(await it.shops.run(id, () => shop.queryScalar("select name from orders where name <> $1", ["x"]))).toBe(
        id,
      );
    }
    expect(it.manager.database("shard").stats()).toMatchObject({ created: 1, resets: 0 });
  });

  it("is not reached where the role may not be taken, and nothing has run then", async () => {
    await using it = open((id) => ({ on: "shard", schema: `${id}_${suffix}`, role: "pg_read_all_data" }));
    const shop = it.manager.database("shop");
    expect(await errorOf(() => it.shops.run("acme", () => shop.query("select name from orders")))).toMatchObject({
      code: "MDB_PERMISSION",
    });
    expect(
      await errorOf(() => it.shops.run("acme", () => shop.transaction((tx) => tx.query("select 1")))),
    ).toMatchObject({ code: "MDB_PERMISSION" });
    expect(await it.manager.database("shard").queryScalar("select current_user")).toBe(app);
  });
});

describe("a table of tenants", () => {
  it("says where each lives, with a sealed password, as applications of the Python library have it", async () => {
    const secrets = sealedSecrets({ keys: { current: "k1", k1: "ab".repeat(32) } });
    const table = `${schema}.tenants`;
    await main.execute(`create table ${table} (id text primary key, engine text, host text, port int, database text, user_name text,
      password text, schema text, options text, version int, state text)`);
    const insert = async (id: string, more: Readonly<Record<string, unknown>> = {}) => {
      const password = await secrets.seal("app", { tenant: id, field: "password" });
      const row = {
        id,
        engine: "postgresql",
        host: owner.host,
        port: owner.port,
        database: owner.database,
        user_name: app,
        password,
        schema: `${id}_${suffix}`,
        options: '{"pool":{"max":2}}',
        version: 1,
        state: "active",
        ...more,
      };
      const names = Object.keys(row);
      await main.execute(
        sql`insert into ${sql.identifier(schema, "tenants")} values (${sql.join(names.map((name) => (row as unknown as Readonly<Record<string, string>>)[name] as string))})`,
      );
    };
    // As the Python library has it.
    await insert("acme", { engine: "PostgreSQL+psycopg2" });
    await insert("bolt", { state: "suspended" });
    // A row that was copied to another tenant.
    await main.execute(
      `insert into ${table} select 'thief', engine, host, port, database, user_name, password, schema, options, version, state from ${table} where id = 'acme'`,
    );
    const shops = tenants({
      driver: postgresDriver,
      from: tenantTable("control", table, { drivers: [postgresDriver], secrets }),
    });
    await using manager = new DatabaseManager({ control: postgres(owner), shop: shops });
    const shop = manager.database("shop");
    const name = (id: string) => shops.run(id, () => shop.queryScalar("select name from orders"));
    expect(await name("acme")).toBe("acme");
    expect(shops.stats("acme")?.pool?.max).toBe(2);
    expect(await errorOf(() => name("bolt"))).toMatchObject({ code: "MDB_TENANT_UNAVAILABLE", reason: "suspended" });
    expect(await errorOf(() => name("nobody"))).toMatchObject({ code: "MDB_UNKNOWN_TENANT" });
    const error = await errorOf(() => name("thief"));
    expect(reasons(error)).toContain("SecretError");
  });
});
