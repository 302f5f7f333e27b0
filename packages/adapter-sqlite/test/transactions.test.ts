import { describe, expect, it } from "vitest";
import { connect, failure, isPending, rows, run, temporaryFile } from "./support/database.ts";

const created = async (filename = ":memory:") => {
  const connection = await connect({ filename });
  await run(connection, "create table if not exists t (id integer primary key)");
  return connection;
};

describe("begin", () => {
  it("takes the lock with the first statement, not before", async () => {
    const filename = temporaryFile();
    const first = await created(filename);
    const second = await created(filename);
    first.begin({});
    expect(first.txStatus).toBe("active");
    await run(second, "insert into t values (1)");
    expect(await rows(first, "select id from t")).toEqual([[1]]);
    expect(await isPending(Promise.resolve(run(second, "insert into t values (2)")))).toBe(true);
    await first.commit();
  });

  it("costs nothing when nothing follows", async () => {
    const connection = await created();
    connection.begin({});
    await connection.commit();
    connection.begin({ readOnly: true });
    connection.savepoint("a");
    connection.rollback();
    expect(connection.txStatus).toBe("idle");
    expect((await failure(() => connection.commit())).kind).toBe("transaction-aborted");
  });

  it("refuses to begin twice", async () => {
    const connection = await created();
    connection.begin({});
    await expect(async () => connection.begin({})).rejects.toThrow("within a transaction");
    await run(connection, "insert into t values (1)");
    await expect(async () => connection.begin({})).rejects.toThrow("within a transaction");
    connection.rollback();
    expect(await rows(connection, "select * from t")).toEqual([]);
  });
});

describe("savepoints before the first statement", () => {
  it("behave as if they had been set at once", async () => {
    const connection = await created();
    connection.begin({});
    connection.savepoint("a");
    connection.savepoint("b");
    connection.rollbackTo("a");
    await expect(async () => connection.releaseSavepoint("b")).rejects.toThrow("no such savepoint: b");
    connection.savepoint("c");
    connection.releaseSavepoint("c");
    connection.savepoint("d");
    await run(connection, "insert into t values (1)");
    connection.rollbackTo("d");
    await run(connection, "insert into t values (2)");
    connection.releaseSavepoint("a");
    expect(connection.txStatus).toBe("active");
    await connection.commit();
    expect(await rows(connection, "select id from t")).toEqual([[2]]);
  });
});

describe("a read-only transaction", () => {
  it("refuses every kind of write, and the next one is free again", async () => {
    const connection = await created(temporaryFile());
    for (const text of [
      "insert into t values (1)",
      "insert into t values (1) returning id",
      "with n as (select 1) insert into t select * from n",
      "create table u (a)",
      "create temp table u (a)",
      "drop table t",
      "vacuum",
      "pragma user_version = 7",
      "select 1; delete from t",
    ]) {
      connection.begin({ readOnly: true });
      expect(await failure(() => run(connection, text)), text).toMatchObject({ kind: "read-only", executed: "no" });
      expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
      expect(connection.txStatus).toBe("active");
      await connection.commit();
    }
    await run(connection, "insert into t values (1)");
    connection.begin({});
    await run(connection, "insert into t values (2)");
    await connection.commit();
  });

  it("refuses bulk loads, batches and streams that write", async () => {
    const connection = await created(temporaryFile());
    const context = { deadline: Infinity };
    const batches = (async function* () {
      yield [[1]];
    })();
    connection.begin({ readOnly: true });
    expect((await failure(() => connection.executeMany("insert into t values (?)", [[1]], context))).kind).toBe(
      "read-only",
    );
    expect((await failure(() => connection.bulkLoad({ table: ["t"], columns: ["id"] }, batches, context))).kind).toBe(
      "read-only",
    );
    const stream = connection.stream(
      { text: "insert into t values (1) returning id", values: [] },
      { ...context, fetchSize: 1 },
    );
    expect((await failure(() => stream.read())).kind).toBe("read-only");
    connection.rollback();
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  });
});

describe("commit", () => {
  it("rejects when SQLite has ended the transaction by itself", async () => {
    const connection = await created();
    await run(connection, "insert into t values (1)");
    connection.begin({});
    await run(connection, "insert into t values (2)");
    await failure(() => run(connection, "insert or rollback into t values (1)"));
    expect(connection.txStatus).toBe("idle");
    expect(await failure(() => connection.commit())).toMatchObject({ kind: "transaction-aborted", connection: "ok" });
    connection.rollback();
    expect(await rows(connection, "select id from t")).toEqual([[1]]);
  });

  it("rejects a broken deferred foreign key and leaves the transaction open", async () => {
    const connection = await created();
    await run(connection, "create table child (p references t (id) deferrable initially deferred)");
    connection.begin({});
    await run(connection, "insert into child values (9)");
    expect(await failure(() => connection.commit())).toMatchObject({ kind: "foreign-key" });
    expect(connection.txStatus).toBe("active");
    await run(connection, "insert into t values (9)");
    await connection.commit();
    expect(await rows(connection, "select p from child")).toEqual([[9]]);
  });

  it("waits for readers where the journal is not a WAL, and commits when they are gone", async () => {
    const filename = temporaryFile();
    const writer = await connect({ filename, journalMode: "delete" });
    await run(writer, "create table t (id integer primary key)");
    const reader = await connect({ filename, journalMode: "delete" });
    reader.begin({ readOnly: true });
    await run(reader, "select * from t");
    writer.begin({});
    await run(writer, "insert into t values (1)");
    const commit = Promise.resolve(writer.commit());
    expect(await isPending(commit)).toBe(true);
    expect(writer.txStatus).toBe("active");
    reader.rollback();
    await commit;
    expect(writer.txStatus).toBe("idle");
    expect(await rows(reader, "select id from t")).toEqual([[1]]);
  });
});

describe("a failing statement", () => {
  it("leaves the transaction open and undoes only itself", async () => {
    const connection = await created();
    connection.begin({});
    await run(connection, "insert into t values (1)");
    await failure(() => run(connection, "insert into t values (2), (1)"));
    expect(connection.txStatus).toBe("active");
    await connection.commit();
    expect(await rows(connection, "select id from t")).toEqual([[1]]);
  });

  it("is followed truly when text ends the transaction", async () => {
    const connection = await created();
    connection.begin({});
    await run(connection, "insert into t values (1); commit");
    expect(connection.txStatus).toBe("idle");
    connection.begin({});
    await run(connection, "insert into t values (2)");
    await run(connection, "rollback");
    expect(connection.txStatus).toBe("idle");
    await run(connection, "savepoint a");
    expect(connection.txStatus).toBe("active");
    await run(connection, "release a");
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, "select id from t")).toEqual([[1]]);
  });
});

describe("deadlines and signals", () => {
  it("refuse a statement that comes too late, before anything runs", async () => {
    const connection = await created();
    const statement = { text: "insert into t values (1)", values: [] };
    expect(await failure(() => connection.query(statement, { deadline: performance.now() }))).toMatchObject({
      kind: "statement-timeout",
      executed: "no",
    });
    const signal = AbortSignal.abort(new Error("gone"));
    const cancelled = await failure(() => connection.query(statement, { deadline: Infinity, signal }));
    expect(cancelled).toMatchObject({ kind: "cancelled", executed: "no", error: { cause: new Error("gone") } });
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  });

  it("stop a batch between its turns, and nothing of it stays", async () => {
    const connection = await created();
    const abort = new AbortController();
    const sets = (function* () {
      for (let id = 1; id <= 5_000; id++) {
        if (id === 1_500) setImmediate(() => abort.abort());
        yield [id];
      }
    })();
    connection.begin({});
    const context = { deadline: Infinity, signal: abort.signal };
    expect((await failure(() => connection.executeMany("insert into t values (?)", sets, context))).kind).toBe(
      "cancelled",
    );
    connection.rollback();
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  });
});

describe("a transaction that decides over others", () => {
  const synchronous = async (connection: Awaited<ReturnType<typeof connect>>) =>
    (await rows(connection, "pragma synchronous"))[0]?.[0];

  it("is durable on a connection that otherwise is not, however it ends, and only it", async () => {
    const connection = await connect({ filename: temporaryFile(), synchronous: "off" });
    await run(connection, "create table t (id integer primary key)");
    for (const end of ["commit", "rollback"] as const) {
      connection.begin({ decides: true });
      await run(connection, "insert into t values (1)");
      expect(await synchronous(connection)).toBe(2);
      await connection[end]();
      expect(await synchronous(connection)).toBe(0);
      await run(connection, "delete from t");
    }
    connection.begin({});
    expect(await synchronous(connection)).toBe(0);
    connection.rollback();
  });

  it("leaves a connection alone that promises more", async () => {
    const connection = await connect({ filename: temporaryFile(), synchronous: "extra" });
    connection.begin({ decides: true });
    await run(connection, "create table t (id integer primary key)");
    expect(await synchronous(connection)).toBe(3);
    connection.rollback();
  });

  it("is refused where it would be gone with its process", async () => {
    for (const filename of [":memory:", ""]) {
      const connection = await connect({ filename });
      expect(await failure(() => connection.begin({ decides: true }))).toMatchObject({ kind: "unsupported" });
      expect(connection.txStatus).toBe("idle");
    }
  });
});
