import { describe, expect, it } from "vitest";
import { type Connection, connect, failure, rows, run, temporaryFile } from "./support/database.ts";

/** A connection that counts how often SQLite prepares a statement. */
async function counting(options: { filename: string; statementCacheSize?: number }) {
  const connection = await connect(options);
  const database = connection.raw() as { prepare(text: string): unknown };
  const prepared: string[] = [];
  const prepare = database.prepare;
  database.prepare = function (text) {
    prepared.push(text);
    return prepare.call(this, text);
  };
  return { connection, prepared };
}

const names = async (connection: Connection, text: string) =>
  (await run(connection, text)).columns.map(({ name }) => name);

describe("prepared statements", () => {
  it("are prepared once and used again", async () => {
    const { connection, prepared } = await counting({ filename: ":memory:" });
    for (let round = 0; round < 5; round++)
      expect(await rows(connection, "select ? + 1", round)).toEqual([[round + 1]]);
    expect(prepared).toEqual(["select ? + 1"]);
  });

  it("make room for others, least recently used first", async () => {
    const { connection, prepared } = await counting({ filename: ":memory:", statementCacheSize: 2 });
    for (const text of ["select 1", "select 2", "select 1", "select 3", "select 1", "select 2"])
      await run(connection, text);
    expect(prepared).toEqual(["select 1", "select 2", "select 3", "select 2"]);
  });

  it("are not kept where the size is 0", async () => {
    const { connection, prepared } = await counting({ filename: ":memory:", statementCacheSize: 0 });
    for (let round = 0; round < 2; round++) await run(connection, "select 1");
    expect(prepared).toEqual(["select 1", "select 1"]);
  });

  it("never keep a PRAGMA, which may take effect while it is prepared", async () => {
    const connection = await connect({ filename: ":memory:" });
    for (const [text, value] of [
      ["off", 0],
      ["on", 1],
      ["off", 0],
      ["on", 1],
    ] as const) {
      await run(connection, `pragma foreign_keys = ${text}`);
      expect(await rows(connection, "pragma foreign_keys")).toEqual([[value]]);
    }
  });

  it("can be used again after they failed", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (id integer primary key)");
    for (let id = 0; id < 3; id++) {
      await run(connection, "insert into t values (?)", id);
      expect((await failure(() => run(connection, "insert into t values (?)", id))).kind).toBe("unique");
    }
  });

  it("follow the changes of this connection, undone ones too", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (a integer)");
    await run(connection, "insert into t values (1)");
    const text = "select * from t";
    expect(await names(connection, text)).toEqual(["a"]);
    connection.begin({});
    await run(connection, "alter table t rename column a to b");
    expect(await names(connection, text)).toEqual(["b"]);
    connection.savepoint("s");
    await run(connection, "alter table t add column c date default '2026-03-29 10:00:00'");
    expect((await run(connection, text)).rows).toEqual([[1, "2026-03-29"]]);
    connection.rollbackTo("s");
    expect(await names(connection, text)).toEqual(["b"]);
    connection.rollback();
    expect(await names(connection, text)).toEqual(["a"]);
    await failure(() => run(connection, "begin; alter table t rename column a to d; rollback to x"));
    expect(await names(connection, text)).toEqual(["d"]);
    await run(connection, "rollback");
    expect(await names(connection, text)).toEqual(["a"]);
  });

  it("follow the changes of another connection of the process, in names and types, once they are committed", async () => {
    const filename = temporaryFile();
    const first = await connect({ filename });
    const second = await connect({ filename });
    await run(first, "create table t (a integer, at text)");
    await run(first, "insert into t values (1, '2026-03-29 10:00:00')");
    const text = "select a, at from t";
    const types = async () => (await run(second, text)).columns.map(({ type }) => type);
    expect(await types()).toEqual(["integer", "string"]);
    first.begin({});
    await run(first, "drop table t");
    await run(first, "create table t (a text, at date)");
    expect(await types()).toEqual(["integer", "string"]);
    await run(first, "insert into t values ('1', '2026-03-29 10:00:00')");
    await first.commit();
    expect(await types()).toEqual(["string", "date"]);
    expect(await rows(second, text)).toEqual([["1", "2026-03-29"]]);
  });

  it("follow what is done through the raw database", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (a integer)");
    expect(await names(connection, "select * from t")).toEqual(["a"]);
    const raw = connection.raw() as { exec(text: string): void };
    raw.exec("alter table t rename column a to b");
    expect(await names(connection, "select * from t")).toEqual(["b"]);
    raw.exec("alter table t rename column b to c");
    expect(await names(connection, "select * from t")).toEqual(["c"]);
  });
});
