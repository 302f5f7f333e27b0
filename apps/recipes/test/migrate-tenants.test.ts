import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";
import { type Tenants, tenants } from "@nsj/mdb-tenants";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { Migration } from "../src/migrate.ts";
import { migrateTenants } from "../src/migrate-tenants.ts";

const ids = Array.from({ length: 12 }, (_, index) => `migrated${index}`);

const migrations: readonly Migration[] = [
  { name: "1-table", up: (it) => it.execute("create table items (id integer primary key, name varchar(50))") },
  { name: "2-row", up: (it) => it.execute("insert into items (id, name) values (1, 'one')") },
];
/** Fails where there is a second row. */
const third: Migration = { name: "3-row", up: (it) => it.execute("insert into items (id, name) values (2, 'two')") };

interface Process {
  readonly shops: Tenants;
  readonly shop: Database;
}

/** What one process of several has, for schemas of one PostgreSQL. */
async function onSchemas(): Promise<() => Process> {
  const url = inject("postgresUrl");
  const setUp = new DatabaseManager({ server: postgres({ connectionString: url }) });
  const server = setUp.database("server");
  for (const id of ids) await server.execute(sql`create schema ${sql.identifier(id)}`);
  onTestFinished(async () => {
    for (const id of ids) await server.execute(sql`drop schema ${sql.identifier(id)} cascade`);
    await setUp.close();
  });
  return () => {
    const shops = tenants({ driver: postgresDriver, resolve: (id) => ({ on: "shard", schema: id }), list: () => ids });
    const manager = new DatabaseManager({ shard: postgres({ connectionString: url, pool: { max: 3 } }), shop: shops });
    onTestFinished(() => manager.close());
    return { shops, shop: manager.database("shop") };
  };
}

/** The same for files of SQLite. */
async function onFiles(): Promise<() => Process> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-recipes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return () => {
    const resolve = (id: string) => sqlite({ filename: join(folder, `${id}.db`) });
    const shops = tenants({ driver: sqliteDriver, resolve, list: () => ids, connections: 20 });
    const manager = new DatabaseManager({ shop: shops });
    onTestFinished(() => manager.close());
    return { shops, shop: manager.database("shop") };
  };
}

describe.each([
  ["schemas of PostgreSQL", onSchemas],
  ["files of SQLite", onFiles],
] as const)("on %s", (_name, open) => {
  it("every tenant is migrated once, though two processes do it at the same time", async () => {
    const start = await open();
    const all = [start(), start()];
    const reports = await Promise.all(all.map(({ shops, shop }) => migrateTenants(shops, shop, migrations)));
    for (const report of reports) expect(report).toMatchObject({ total: ids.length, done: ids.length, failed: [] });
    const [{ shops, shop }] = all as [Process, Process];
    const found = "select name from migrations order by name";
    for (const id of ids) {
      expect(await shops.run(id, () => shop.query(found))).toEqual([{ name: "1-table" }, { name: "2-row" }]);
    }
  });

  it("a tenant that fails stays as it was, and is done when it runs again", async () => {
    const { shops, shop } = (await open())();
    await migrateTenants(shops, shop, migrations);
    await shops.run("migrated3", () => shop.execute("insert into items (id, name) values (2, 'in the way')"));
    const more: readonly Migration[] = [
      ...migrations,
      { name: "2b-table", up: (it) => it.execute("create table more (id integer primary key)") },
      third,
    ];
    const report = await migrateTenants(shops, shop, more);
    expect(report).toMatchObject({ total: 12, done: 11, failures: 1, failed: [{ tenant: "migrated3" }] });
    const kept = () => shop.query<{ name: string }>("select name from migrations order by name");
    expect(await shops.run("migrated3", kept)).toEqual([{ name: "1-table" }, { name: "2-row" }]);
    await shops.run("migrated3", () => shop.execute("delete from items where id = 2"));
    expect(await migrateTenants(shops, shop, more, ["migrated3"])).toMatchObject({ done: 1, failures: 0 });
    expect(await shops.run("migrated3", kept)).toHaveLength(4);
  });
});
