import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { type Database, DatabaseManager } from "@nsj/mdb-core";
import { afterAll, describe, expect, inject, it } from "vitest";
import { type Migration, migrate } from "../src/migrate.ts";
import { seed } from "../src/seed.ts";

const manager = new DatabaseManager({
  postgres: postgres({ connectionString: inject("postgresUrl"), options: "-c search_path=recipes" }),
  sqlite: sqlite({ filename: ":memory:" }),
});
afterAll(async () => {
  await manager.database("postgres").execute("drop schema recipes cascade");
  await manager.close();
});

const first: Migration = {
  name: "1-table",
  up: (database) => database.execute("create table items (id integer primary key, name varchar(50))"),
};
const second: Migration = {
  name: "2-row",
  up: (database) => database.execute("insert into items (id, name) values (1, 'one')"),
};
const broken: Migration = { name: "3-broken", up: (database) => database.execute("insert into nowhere values (1)") };

describe.each(["postgres", "sqlite"] as const)("on %s", (label) => {
  const database: Database = manager.database(label);
  it("migrations run once, and all or nothing", async () => {
    if (label === "postgres") await database.execute("create schema if not exists recipes");
    await expect(migrate(database, [first, broken])).rejects.toThrow();
    expect(await migrate(database, [first, second])).toEqual(["1-table", "2-row"]);
    expect(await migrate(database, [first, second])).toEqual([]);
  });

  it("of two that migrate at once one does the work", async () => {
    const third: Migration = {
      name: "4-more",
      up: (it) => it.execute("insert into items (id, name) values (2, 'two')"),
    };
    const done = await Promise.all([
      migrate(database, [first, second, third]),
      migrate(database, [first, second, third]),
    ]);
    expect(done.flat()).toEqual(["4-more"]);
  });

  it("seeds load once", async () => {
    await database.execute("create table seeds (id integer primary key, name varchar(50))");
    const rows = [
      { id: 1, name: "one" },
      { id: 2, name: "two" },
    ];
    expect(await seed(database, "seeds", rows)).toBe(2);
    expect(await seed(database, "seeds", rows)).toBe(0);
  });
});
