import type { ParameterValue } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type Connection, connect, failure, isPending, rows, run, temporaryFile } from "./support/database.ts";

const context = { deadline: Number.POSITIVE_INFINITY };
const target = { table: ["main", 'odd "name'], columns: ["id", "order"] };

async function* batchesOf(count: number, failAt = Number.NaN): AsyncGenerator<ParameterValue[][]> {
  for (let first = 0; first < count; first += 100) {
    if (first >= failAt) throw new Error("the source is broken");
    yield Array.from({ length: Math.min(100, count - first) }, (_, index) => [first + index, `row ${first + index}`]);
  }
}

async function database(): Promise<Connection> {
  const connection = await connect({ filename: temporaryFile() });
  await run(connection, 'create table "odd ""name" (id integer primary key, "order" text)');
  return connection;
}

const count = async (connection: Connection) => (await rows(connection, 'select count(*) from "odd ""name"'))[0]?.[0];

describe("bulkLoad", () => {
  it("loads everything in one transaction of its own", async () => {
    const connection = await database();
    expect(await connection.bulkLoad(target, batchesOf(2_050), context)).toEqual({ rows: 2_050 });
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, 'select * from "odd ""name" where id = 2049')).toEqual([[2_049, "row 2049"]]);
    expect(await count(connection)).toBe(2_050);
  });

  it("leaves nothing behind when the source or a row fails, and gives the source's own error", async () => {
    const connection = await database();
    await expect(connection.bulkLoad(target, batchesOf(1_000, 500), context)).rejects.toThrow("the source is broken");
    await run(connection, 'insert into "odd ""name" values (777, null)');
    expect((await failure(() => connection.bulkLoad(target, batchesOf(1_000), context))).kind).toBe("unique");
    expect(connection.txStatus).toBe("idle");
    expect(await count(connection)).toBe(1);
  });

  it("undoes only itself inside a transaction", async () => {
    const connection = await database();
    connection.begin({});
    await run(connection, 'insert into "odd ""name" values (5000, null)');
    await expect(connection.bulkLoad(target, batchesOf(1_000, 500), context)).rejects.toThrow("the source is broken");
    expect(await connection.bulkLoad(target, batchesOf(100), context)).toEqual({ rows: 100 });
    expect(connection.txStatus).toBe("active");
    await connection.commit();
    expect(await count(connection)).toBe(101);
  });

  it("is the first thing in a transaction as well, and of nothing at all", async () => {
    const connection = await database();
    connection.begin({});
    expect(await connection.bulkLoad(target, batchesOf(0), context)).toEqual({ rows: 0 });
    expect(await connection.bulkLoad(target, batchesOf(10), context)).toEqual({ rows: 10 });
    connection.rollback();
    expect(await count(connection)).toBe(0);
  });

  it("refuses rows that are too short or too long", async () => {
    const connection = await database();
    for (const row of [[1], [1, "a", 2]]) {
      const batches = (async function* () {
        yield [row];
      })();
      expect((await failure(() => connection.bulkLoad(target, batches, context))).kind).toBe("parameter");
    }
    expect(await count(connection)).toBe(0);
  });

  it("stops between batches at its signal and leaves nothing", async () => {
    const connection = await database();
    const abort = new AbortController();
    const batches = (async function* () {
      yield* batchesOf(100);
      abort.abort();
      yield [[1_000, "late"]];
    })();
    const bounded = { ...context, signal: abort.signal };
    expect((await failure(() => connection.bulkLoad(target, batches, bounded))).kind).toBe("cancelled");
    expect(await count(connection)).toBe(0);
  });
});

describe("a source that does not come back", () => {
  /** Gives one batch, and then nothing for ever. */
  function stalled() {
    const told: string[] = [];
    const batches: AsyncIterable<readonly (readonly ParameterValue[])[]> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          told.push("next");
          return told.length === 1 ? { value: [[1, "a"]] } : new Promise<never>(() => undefined);
        },
        return: async () => {
          told.push("return");
          throw new Error("nobody hears this");
        },
      }),
    };
    return { batches, told };
  }

  it("is left when the time is up or the signal aborts, and nothing of it stays", async () => {
    const connection = await database();
    for (const inTransaction of [false, true]) {
      const source = stalled();
      const abort = new AbortController();
      if (inTransaction) {
        connection.begin({});
        await run(connection, `insert into "odd ""name" values (7, 'kept')`);
      }
      const loading = failure(() => connection.bulkLoad(target, source.batches, { ...context, signal: abort.signal }));
      expect(await isPending(loading)).toBe(true);
      abort.abort();
      expect((await loading).kind).toBe("cancelled");
      expect(source.told).toEqual(["next", "next", "return"]);
      expect(connection.txStatus).toBe(inTransaction ? "active" : "idle");
      if (inTransaction) await connection.commit();
      expect(await count(connection)).toBe(inTransaction ? 1 : 0);
    }
    const late = failure(() => connection.bulkLoad(target, stalled().batches, { deadline: performance.now() + 20 }));
    expect((await late).kind).toBe("statement-timeout");
  });

  it("is left when the connection is destroyed", async () => {
    const connection = await database();
    const source = stalled();
    const loading = failure(() => connection.bulkLoad(target, source.batches, context));
    expect(await isPending(loading)).toBe(true);
    connection.destroy();
    expect((await loading).kind).toBe("lost");
    expect(source.told).toEqual(["next", "next", "return"]);
  });
});

describe("executeMany", () => {
  it("counts what all sets changed, and takes hints", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (v)");
    const result = await connection.executeMany(
      "insert into t values (?), (?)",
      [
        [1, 2],
        [3, 4],
      ],
      context,
      [{ type: "real" }],
    );
    expect(result).toEqual({ affected: 4 });
    expect(await rows(connection, "select typeof(v) from t")).toEqual([["real"], ["integer"], ["real"], ["integer"]]);
    expect(await connection.executeMany("delete from t where v = ? returning v", [[1], [9], [2]], context)).toEqual({
      affected: 2,
    });
  });

  it("says which set failed, with the engine's own error", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (id integer primary key)");
    connection.begin({});
    const failed = await failure(() =>
      connection.executeMany("insert into t values (?)", [[1], [2], [1], [3]], context),
    );
    expect(failed).toMatchObject({ kind: "unique", table: "t", error: { parameterSetIndex: 2 } });
    connection.rollback();
    expect(await rows(connection, "select * from t")).toEqual([]);
  });

  it("gives the source's own error, without an index", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (id integer primary key)");
    const sets = (function* () {
      yield [1];
      throw new Error("the source is broken");
    })();
    const failed = await failure(() => connection.executeMany("insert into t values (?)", sets, context));
    expect(failed.error).toEqual(new Error("the source is broken"));
  });
});
