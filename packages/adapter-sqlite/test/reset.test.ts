import { unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { connect, failure, rows, run, temporaryFile } from "./support/database.ts";

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
