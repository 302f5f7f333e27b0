import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";
import { nodeSqlite, nodeSqliteDriver } from "@nsj/mdb-example-node-sqlite";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { describe } from "./support/node.ts";

const managers: DatabaseManager[] = [];
afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.close();
});

function open(filename = ":memory:"): Database {
  const manager = new DatabaseManager({ main: nodeSqlite({ filename }) });
  managers.push(manager);
  return manager.database("main");
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "node-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "test.db");
}

describe("values", () => {
  const stored = async (value: string | number | bigint | boolean | Date | Buffer) =>
    (await open().queryOne(sql`select typeof(${value}) as type, ${value} as value`)) as {
      type: string;
      value: unknown;
    };

  it("are stored as what they are, to the edges of 64 bits", async () => {
    expect(await stored(1)).toEqual({ type: "integer", value: 1 });
    expect(await stored(1.5)).toEqual({ type: "real", value: 1.5 });
    expect(await stored(Number.MAX_SAFE_INTEGER)).toEqual({ type: "integer", value: Number.MAX_SAFE_INTEGER });
    expect(await stored(2 ** 53)).toEqual({ type: "integer", value: 2n ** 53n });
    expect(await stored(2n ** 63n - 1n)).toEqual({ type: "integer", value: 2n ** 63n - 1n });
    expect(await stored(-(2n ** 63n))).toEqual({ type: "integer", value: -(2n ** 63n) });
    expect(Object.is((await stored(-0)).value, -0)).toBe(true);
    expect(await stored(true)).toEqual({ type: "integer", value: 1 });
    expect(await stored("a\0b")).toEqual({ type: "text", value: "a\0b" });
    expect(await stored(Buffer.alloc(0))).toEqual({ type: "blob", value: Buffer.alloc(0) });
    expect(await stored(new Date(0))).toEqual({ type: "text", value: "1970-01-01 00:00:00.000" });
  });

  it("that SQLite could only store otherwise are refused", async () => {
    await expect(stored(2n ** 63n)).rejects.toMatchObject({ code: "MDB_VALUE" });
    await expect(stored("\ud800")).rejects.toMatchObject({ code: "MDB_PARAMETER" });
  });

  it("come back whole from a column that declares something else", async () => {
    const database = open();
    await database.execute("create table t (n integer, at timestamp)");
    const insert = "insert into t (n, at) values (?, ?)";
    await database.execute(insert, [1, new Date(0)]);
    expect(await database.query("select * from t")).toEqual([{ n: 1, at: new Date(0) }]);
    await database.execute(insert, ["many", 1_700_000_000]);
    expect(await database.query("select * from t order by rowid")).toEqual([
      { n: 1, at: "1970-01-01 00:00:00.000" },
      { n: "many", at: 1_700_000_000 },
    ]);
  });
});

describe("statements", () => {
  it("that are more than one in a text are refused before the first has run", async () => {
    const database = open();
    await database.execute("create table t (n integer); -- and no more");
    await expect(database.execute("insert into t values (1); insert into t values (2)")).rejects.toMatchObject({
      code: "MDB_UNSUPPORTED",
    });
    expect(await database.query("select * from t")).toEqual([]);
  });

  it("count what they changed, and a definition changes nothing", async () => {
    const database = open();
    await database.execute("create table t (n integer)");
    expect((await database.execute("insert into t values (1), (2)")).rowCount).toBe(2);
    expect((await database.execute("create table u (n integer)")).rowCount).toBe(0);
    expect((await database.execute("delete from t where n > 2")).rowCount).toBe(0);
  });
});

describe("transactions", () => {
  it("of many callers on many connections lose no update", async () => {
    const database = open(temporaryFile());
    await database.execute("create table t (n integer)");
    await database.execute("insert into t values (0)");
    const increments = Array.from({ length: 40 }, () =>
      database.transaction(async (tx) => {
        const { n } = (await tx.queryOne("select n from t")) as { n: number };
        await new Promise(setImmediate);
        await tx.execute("update t set n = :n", { n: n + 1 });
      }),
    );
    await Promise.all(increments);
    expect(await database.queryOne("select n from t")).toEqual({ n: 40 });
  });

  it("that may not write leave the connection able to", async () => {
    const database = open();
    await database.execute("create table t (n integer)");
    const writing = database.transaction((tx) => tx.execute("insert into t values (1)"), { readOnly: true });
    await expect(writing).rejects.toMatchObject({ code: "MDB_READ_ONLY" });
    expect((await database.execute("insert into t values (1)")).rowCount).toBe(1);
  });
});

describe("a database in memory", () => {
  it("stays, and a session leaves nothing behind", async () => {
    const database = open();
    await database.execute("create table t (n integer)");
    await database.execute("insert into t values (1)");
    await database.withConnection(async (connection) => {
      await connection.execute("create temp table secrets (n integer)");
    });
    expect(await database.query("select * from t")).toEqual([{ n: 1 }]);
    await expect(database.query("select * from secrets")).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
    expect(await database.query("select * from t")).toEqual([{ n: 1 }]);
  });
});

describe("configuration", () => {
  it("is data where the driver is known", async () => {
    const manager = new DatabaseManager(
      { one: "node-sqlite::memory:", two: { engine: "node-sqlite", filename: ":memory:" } },
      { drivers: [nodeSqliteDriver] },
    );
    managers.push(manager);
    for (const label of ["one", "two"] as const) {
      expect(await manager.database(label).query("select 1 as n")).toEqual([{ n: 1 }]);
    }
  });

  it("refuses what SQLite would take for something else than a path", () => {
    for (const filename of ["", "file::memory:", "file:test.db?mode=memory", "a\0b"]) {
      expect(() => open(filename)).toThrow('option "filename" must be a path or ":memory:"');
    }
    expect(() => new DatabaseManager({ main: "node-sqlite://host/x" }, { drivers: [nodeSqliteDriver] })).toThrow(
      "a URL looks like node-sqlite:path/to/file.db",
    );
  });
});
