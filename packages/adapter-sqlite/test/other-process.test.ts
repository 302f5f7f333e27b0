import { unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { sqliteDriver } from "../src/index.ts";
import { type Connection, connect, failure, isPending, rows, run, temporaryFile } from "./support/database.ts";
import { type OtherProcess, otherProcess } from "./support/other-process.ts";

async function both(options = {}): Promise<readonly [Connection, OtherProcess]> {
  const filename = temporaryFile();
  const connection = await connect({ filename, ...options });
  await run(connection, "create table t (id integer primary key, name text)");
  return [connection, await otherProcess(filename)];
}

describe("beside another process", () => {
  it("waits for its write without blocking this one, and then writes", async () => {
    const [connection, other] = await both();
    await other.run("begin immediate; insert into t values (1, 'theirs')");
    const waiting = Promise.resolve(run(connection, "insert into t values (2, 'ours')"));
    // Each round trip with the other process takes turns of this one's event loop, which a sleep inside SQLite would not leave.
    await other.run("insert into t values (3, 'theirs')");
    expect(await isPending(waiting)).toBe(true);
    await other.run("commit");
    await waiting;
    expect(await rows(connection, "select id from t order by id")).toEqual([[1], [2], [3]]);
  });

  it("begins a transaction when the other one is done, and runs the first statement once", async () => {
    const [connection, other] = await both();
    await other.run("begin immediate; insert into t values (1, 'theirs')");
    connection.begin({});
    connection.savepoint("a");
    const waiting = Promise.resolve(run(connection, "insert into t values (2, 'ours') returning id"));
    await other.run("commit");
    expect((await waiting).rows).toEqual([[2]]);
    await connection.commit();
    expect(await rows(connection, "select count(*) from t")).toEqual([[2]]);
  });

  it("gives up after busyTimeoutMs with SQLite's own refusal as the cause, and works on", async () => {
    const [connection, other] = await both({ busyTimeoutMs: 30 });
    await other.run("begin immediate");
    for (const begins of [false, true]) {
      if (begins) connection.begin({});
      expect(await failure(() => run(connection, "insert into t values (2, 'ours')"))).toMatchObject({
        kind: "lock-timeout",
        code: "SQLITE_BUSY",
        executed: "yes",
        connection: "ok",
        error: { cause: { code: "SQLITE_BUSY" } },
      });
    }
    connection.rollback();
    await other.run("commit");
    await run(connection, "insert into t values (2, 'ours')");
  });

  it("stops waiting at the deadline, at the signal and with the connection", async () => {
    const [connection, other] = await both();
    await other.run("begin immediate");
    const statement = { text: "insert into t values (2, 'ours')", values: [] };
    const late = await failure(() => connection.query(statement, { deadline: performance.now() + 20 }));
    expect(late).toMatchObject({
      kind: "statement-timeout",
      executed: "yes",
      error: { cause: { code: "SQLITE_BUSY" } },
    });

    const abort = new AbortController();
    const aborted = failure(() => connection.query(statement, { deadline: Infinity, signal: abort.signal }));
    abort.abort();
    expect((await aborted).kind).toBe("cancelled");

    const cut = failure(() => connection.query(statement, { deadline: Infinity }));
    connection.destroy();
    expect((await cut).kind).toBe("lost");
    await other.run("commit");
  });

  it("reads while the other one writes", async () => {
    const [connection, other] = await both();
    await other.run("begin immediate; insert into t values (1, 'theirs')");
    expect(run(connection, "select count(*) from t")).toMatchObject({ rows: [[0]] });
    await other.run("commit");
    expect(run(connection, "select count(*) from t")).toMatchObject({ rows: [[1]] });
  });

  it("says that the snapshot is lost when a transaction of readers turns to writing too late", async () => {
    const [connection, other] = await both();
    await run(connection, "begin");
    await rows(connection, "select * from t");
    await other.run("insert into t values (1, 'theirs')");
    const failed = await failure(() => run(connection, "insert into t values (2, 'ours')"));
    expect(failed).toMatchObject({
      kind: "serialization",
      code: "SQLITE_BUSY_SNAPSHOT",
      executed: "yes",
      retry: "transaction",
    });
    expect(connection.txStatus).toBe("active");
    connection.rollback();
    await run(connection, "insert into t values (2, 'ours')");
    expect(await rows(connection, "select id from t order by id")).toEqual([[1], [2]]);
  });

  it("opens a file whose journal mode it cannot change yet, once it can", async () => {
    const filename = temporaryFile();
    const other = await otherProcess(filename);
    await other.run("create table t (id integer primary key); begin immediate; insert into t values (1)");
    const opening = connect({ filename });
    expect(await isPending(opening)).toBe(true);
    await other.run("commit");
    expect(await rows(await opening, "select id from t")).toEqual([[1]]);
  });
});

describe("opening a file that another process holds", () => {
  it("gives up in time, and says that it was the lock or the clock", async () => {
    const filename = temporaryFile();
    const other = await otherProcess(filename);
    await other.run("pragma locking_mode = exclusive; create table t (id integer primary key)");
    const patient = await failure(() => sqliteDriver.connector({ filename, busyTimeoutMs: 20 }).connect(unlimited));
    expect(patient).toMatchObject({ kind: "lock-timeout", connection: "dead", executed: "no", retry: "connect" });
    const hurried = await failure(() =>
      sqliteDriver.connector({ filename }).connect({ deadline: performance.now() + 20 }),
    );
    expect(hurried).toMatchObject({ kind: "connect-timeout", connection: "dead", executed: "no" });
  });
});

describe("changes of the schema by another process", () => {
  it("are seen in the names of the next result, in order and without an old one", async () => {
    const [connection, other] = await both();
    await run(connection, "insert into t values (1, 'Ann')");
    const texts = ["select * from t", "select t.*, id as id from t"];
    const shown = async () => {
      const results = [];
      for (const text of texts) {
        const { columns, rows: values } = await run(connection, text);
        results.push(columns.map(({ name }, index) => [name, values[0]?.[index]]));
      }
      return results;
    };
    const before = [
      ["id", 1],
      ["name", "Ann"],
    ];
    expect(await shown()).toEqual([before, [...before, ["id", 1]]]);
    expect(await shown()).toEqual([before, [...before, ["id", 1]]]);
    await other.run(
      "alter table t rename to old; create table t (name text, id integer); insert into t select name, id from old",
    );
    const after = [
      ["name", "Ann"],
      ["id", 1],
    ];
    expect(await shown()).toEqual([after, [...after, ["id", 1]]]);
    await other.run("alter table t rename column name to title; alter table t add column age integer default 7");
    const last = [
      ["title", "Ann"],
      ["id", 1],
      ["age", 7],
    ];
    expect(await shown()).toEqual([last, [...last, ["id", 1]]]);
  });

  it("are seen where a name that was single comes twice, and no value is lost", async () => {
    const [connection, other] = await both();
    await run(connection, "create table u (uid integer)");
    await run(connection, "insert into t values (1, 'Ann'); insert into u values (2)");
    const text = "select * from t, u";
    expect((await run(connection, text)).rows).toEqual([[1, "Ann", 2]]);
    await other.run("alter table u rename column uid to id");
    const result = await run(connection, text);
    expect(result.columns.map(({ name }) => name)).toEqual(["id", "name", "id"]);
    expect(result.rows).toEqual([[1, "Ann", 2]]);
    const stream = connection.stream({ text, values: [] }, { deadline: Infinity, fetchSize: 10 });
    expect(await stream.read()).toEqual([[1, "Ann", 2]]);
    await stream.close();
  });

  it("are seen in what a write returns", async () => {
    const [connection, other] = await both();
    const text = "insert into t (name) values ('Ann') returning *";
    expect((await run(connection, text)).columns.map(({ name }) => name)).toEqual(["id", "name"]);
    await other.run("alter table t rename column name to title; alter table t add column name text default 'x'");
    const result = await run(connection, text);
    expect(result.columns.map(({ name }) => name)).toEqual(["id", "title", "name"]);
    expect(result.rows).toEqual([[2, null, "Ann"]]);
  });
});
