import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

describe("a SQLite", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mdb-doctor-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("as it is by default gives no worries", async () => {
    const filename = join(folder, "orders.db");
    const found = await examine({ orders: sqlite({ filename }), memory: sqlite({ filename: ":memory:" }) });
    expect(worrying(found)).toEqual([]);
    expect(found.filter(({ check }) => check === "driver")).toHaveLength(2);
  });

  it.each([
    ["a journal that is deleted", "delete", undefined, ["warning journal"]],
    ["a journal that is only in memory", "delete", "pragma journal_mode = memory", ["error journal"]],
    ["commits that nobody waits for", "wal", "pragma synchronous = off", ["error synchronous"]],
    [
      "commits that are waited for too little",
      "delete",
      "pragma synchronous = normal",
      ["warning journal", "warning synchronous"],
    ],
    ["foreign keys that nobody checks", "wal", "pragma foreign_keys = off", ["warning foreign-keys"]],
  ] as const)("is found out in %s", async (name, journalMode, pragma, expected) => {
    const found = await examine({
      orders: sqlite({
        filename: join(folder, `${name}.db`),
        journalMode,
        ...(pragma !== undefined && { onConnect: (it) => void it.execute(pragma) }),
      }),
    });
    expect(worrying(found).toSorted()).toEqual([...expected].toSorted());
  });

  it("whose file is damaged is found out", async () => {
    const filename = join(folder, "damaged.db");
    {
      await using databases = new DatabaseManager({ orders: sqlite({ filename, journalMode: "delete" }) });
      const orders = databases.database("orders");
      await orders.execute("create table t (id integer primary key, name text)");
      await orders.execute("create index t_name on t (name)");
      await orders.executeMany(
        "insert into t (id, name) values (:id, :name)",
        Array.from({ length: 2_000 }, (_, id) => ({ id, name: `name ${id}` })),
      );
    }
    const file = await open(filename, "r+");
    await file.write(Buffer.alloc(8_192, 0xa5), 0, 8_192, 4 * 4_096);
    await file.close();
    const found = await examine({ orders: sqlite({ filename, journalMode: "delete" }) });
    expect(worrying(found)).toEqual(["error integrity", "warning journal"]);
    expect(finding(found, "integrity").seen).toContain("damaged");
  });
});

it("a label of tenants is said not to be looked at", async () => {
  const found = await examine({
    shops: tenants({ driver: sqliteDriver, resolve: () => sqlite({ filename: ":memory:" }), connections: 2 }),
  });
  expect(found).toMatchObject([{ level: "unknown", database: "shops", check: "tenants" }]);
});
