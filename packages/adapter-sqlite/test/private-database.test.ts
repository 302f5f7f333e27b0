import { unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type SqliteOptions, sqliteDriver } from "../src/index.ts";
import { connect, failure, rows, run } from "./support/database.ts";

describe.each<SqliteOptions>([{ filename: ":memory:" }, { filename: "" }])("the database $filename", (options) => {
  it("is another one for each connection, so it has only one", async () => {
    expect(sqliteDriver.connector(options).capabilities).toMatchObject({ maxConnections: 1 });
    const first = await connect(options);
    await run(first, "create table t (id integer primary key)");
    expect((await failure(async () => run(await connect(options), "select * from t"))).kind).toBe("undefined-object");
  });

  it("never waits for a lock, and answers synchronously", async () => {
    const first = await connect(options);
    const second = await connect(options);
    for (const connection of [first, second]) {
      await run(connection, "create table t (id integer primary key)");
      connection.begin({});
      expect(run(connection, "insert into t values (1)")).toMatchObject({ affected: 1 });
    }
    expect(second.commit()).toBeUndefined();
    first.rollback();
    expect(await rows(first, "select * from t")).toEqual([]);
    expect(await rows(second, "select * from t")).toEqual([[1]]);
  });

  it("has no streams, so that its one connection is never away while somebody loops", async () => {
    const connection = await sqliteDriver.connector(options).connect(unlimited);
    expect(connection.stream).toBeUndefined();
    expect(sqliteDriver.connector(options).capabilities).toMatchObject({ stream: "none" });
    await connection.close(unlimited);
    expect(connection.usable).toBe(false);
  });
});

it("is not left behind as a file, whatever its name looks like", async () => {
  const connection = await connect({ filename: "file:shared?mode=memory&cache=shared" });
  const raw = connection.raw() as { memory: boolean; name: string };
  expect(raw).toMatchObject({ memory: true, name: ":memory:" });
});
