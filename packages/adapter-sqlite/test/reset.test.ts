import { unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type Connection, connect, failure, rows, run, temporaryFile } from "./support/database.ts";

describe("a reset of the session", () => {
  it("puts settings back to what they were when the connection was opened", async () => {
    const connection = await connect({ filename: temporaryFile(), pragmas: { cache_size: -3_000 } });
    const read = async () =>
      Promise.all(
        ["foreign_keys", "cache_size", "synchronous", "recursive_triggers", "query_only"].map(
          async (name) => (await rows(connection, `pragma ${name}`))[0]?.[0],
        ),
      );
    const before = await read();
    for (let round = 0; round < 2; round++) {
      await run(
        connection,
        "pragma foreign_keys = off; pragma cache_size = 7; pragma synchronous = off; pragma recursive_triggers = on; pragma query_only = on",
      );
      expect(await read()).toEqual([0, 7, 0, 1, 1]);
      expect(connection.reset({ scope: "transaction" }, unlimited)).toBe("done");
      expect(await read()).toEqual([0, 7, 0, 1, 1]);
      expect(connection.reset({ scope: "session" }, unlimited)).toBe("done");
      expect(await read()).toEqual(before);
    }
  });

  it("drops what is temporary and detaches what was attached, and keeps the rest", async () => {
    const connection = await connect({ filename: temporaryFile() });
    await run(connection, "create table kept (id integer); insert into kept values (1)");
    for (let round = 0; round < 2; round++) {
      await run(
        connection,
        `create temp table "a ""b" (id integer primary key autoincrement);
         create temp view v as select * from "a ""b";
         create temp trigger r after insert on kept begin insert into "a ""b" values (null); end;
         attach ':memory:' as other; create table other.t (id integer)`,
      );
      connection.begin({});
      await run(connection, "insert into kept values (2)");
      connection.reset({ scope: "session" }, unlimited);
      expect(connection.txStatus).toBe("idle");
      for (const text of ['select * from "a ""b"', "select * from v", "select * from other.t"]) {
        expect((await failure(() => run(connection, text))).kind, text).toBe("undefined-object");
      }
      expect(await rows(connection, "select * from kept")).toEqual([[1]]);
    }
  });

  it("undoes what was done through the raw database", async () => {
    const connection = await connect({ filename: ":memory:" });
    const raw = connection.raw() as { pragma(text: string): void; exec(text: string): void };
    raw.pragma("foreign_keys = off");
    raw.exec("create temp table t (id integer); begin");
    connection.reset({ scope: "session" }, unlimited);
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, "pragma foreign_keys")).toEqual([[1]]);
    expect((await failure(() => run(connection, "select * from temp.t"))).kind).toBe("undefined-object");
  });
});

describe("a connection that notices what was changed", () => {
  const changed = async (connection: Connection, text: string) => {
    connection.dirty = false;
    await run(connection, text);
    return connection.dirty;
  };

  it("goes by what is otherwise, not by words", async () => {
    const connection = await connect({ filename: temporaryFile(), pragmas: { cache_size: -3_000 } });
    for (const text of [
      "pragma cache_size = -3000",
      "pragma foreign_keys = on",
      "pragma user_version = 7",
      "pragma table_info(sqlite_schema)",
      "pragma wal_checkpoint",
      "pragma optimize",
      "create table temp_orders (id integer)",
      "attach ':memory:' as other; detach other",
      "create temp table t (id integer); drop table t",
      "pragma cache_size = 5; pragma cache_size = -3000",
    ]) {
      expect(await changed(connection, text), text).toBe(false);
    }
    for (const text of [
      "pragma cache_size = 5",
      "attach ':memory:' as other",
      "detach other",
      "create temp table t (id integer)",
      "alter table t add column n integer",
      "drop table t",
    ]) {
      expect(await changed(connection, text), text).toBe(true);
    }
  });

  it("sees what was done through the raw database", async () => {
    const connection = await connect({ filename: temporaryFile() });
    connection.dirty = false;
    (connection.raw() as { pragma(text: string): void }).pragma("cache_size = 5");
    expect(connection.dirty).toBe(true);
  });

  it("puts a journal of the connection's own back, and leaves the file's mode to whoever changed it", async () => {
    const filename = temporaryFile();
    const own = await connect({ filename, journalMode: "delete" });
    await run(own, "pragma journal_mode = memory");
    expect(own.dirty).toBe(true);
    own.reset({ scope: "session" }, unlimited);
    expect(await rows(own, "pragma journal_mode")).toEqual([["delete"]]);
    await run(own, "pragma journal_mode = wal");
    own.reset({ scope: "session" }, unlimited);
    expect(await rows(own, "pragma journal_mode")).toEqual([["wal"]]);
  });
});

describe("a transaction begun through the raw database", () => {
  it("is told truly, and can be ended by the connection", async () => {
    const connection = await connect({ filename: temporaryFile() });
    await run(connection, "create table t (id integer)");
    const raw = connection.raw() as { exec(text: string): void };
    raw.exec("begin");
    expect(connection.txStatus).toBe("active");
    await run(connection, "insert into t values (1)");
    expect(connection.txStatus).toBe("active");
    connection.rollback();
    expect(connection.txStatus).toBe("idle");
    raw.exec("begin; insert into t values (2)");
    await connection.commit();
    expect(await rows(connection, "select * from t")).toEqual([[2]]);
    connection.begin({});
    await run(connection, "insert into t values (3)");
    raw.exec("rollback");
    expect(connection.txStatus).toBe("idle");
    expect((await failure(() => connection.commit())).kind).toBe("transaction-aborted");
  });
});
