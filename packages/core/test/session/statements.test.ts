import {
  ConfigurationError,
  NoRowsError,
  ParameterError,
  RowValidationError,
  sql,
  TooManyRowsError,
  TransactionStateError,
} from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { idsOf, useTestServer, withMembers } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

async function filled(count = 3) {
  const database = await server.open();
  await database.bulkInsert(
    "items",
    ["id", "name"],
    Array.from({ length: count }, (_, index) => [index + 1, `n${index + 1}`]),
  );
  return database;
}

describe("statements", () => {
  it("give rows, one row, maybe a row, or one value", async () => {
    const database = await filled();
    expect(await database.query(sql`select id from items where id > ${1} order by id`)).toEqual([{ id: 2 }, { id: 3 }]);
    expect(await database.queryOne("select name from items where id = :id", { id: 2 })).toEqual({ name: "n2" });
    expect(await database.queryMaybeOne("select * from items where id = ?", [99])).toBeUndefined();
    expect(await database.queryScalar("select count(*) from items")).toBe(3);
  });

  it("refuse options that they do not know or cannot use, and send nothing", async () => {
    const database = await filled();
    const wrong: readonly [options: object, message: RegExp][] = [
      [{ timeout: 5 }, /unknown option "timeout"; did you mean "timeoutMs"/],
      [{ timeoutMs: Number.NaN }, /option "timeoutMs" must be a number of milliseconds of at least 0, not NaN/],
      [{ timeoutMs: "50" }, /option "timeoutMs" must be a number of milliseconds/],
      [{ fetchSize: 2.5 }, /option "fetchSize" must be an integer/],
      [{ fetchSize: 0 }, /option "fetchSize" must be an integer of at least 1, not 0/],
      [{ signal: "stop" }, /option "signal" must be an object/],
      [[1, 2], /options must be an object/],
    ];
    for (const [options, message] of wrong) {
      const refused = expect.objectContaining({ name: "ConfigurationError", message: expect.stringMatching(message) });
      await expect(database.execute("delete from items", {}, options as never)).rejects.toEqual(refused);
      await expect(database.query(sql`delete from items`, options as never)).rejects.toEqual(refused);
      expect(() => database.stream(sql`delete from items`, options as never)).toThrow(ConfigurationError);
      const many = database.executeMany("delete from items where id = :id", [{ id: 1 }], options as never);
      await expect(many).rejects.toEqual(refused);
      await expect(database.bulkInsert("items", ["id"], [[9]], options as never)).rejects.toEqual(refused);
      await expect(database.call("nothing", {}, options as never)).rejects.toEqual(refused);
    }
    expect(await database.queryScalar("select count(*) from items")).toBe(3);
  });

  it("tell everything about their result with execute", async () => {
    const database = await filled();
    const result = await database.execute("update items set name = :name where id < :id", { name: "x", id: 3 });
    expect(result.rowCount).toBe(2);
    const duplicate = await database.execute("select 1 as a, 2 as a");
    expect(duplicate.columns.map(({ name }) => name)).toEqual(["a", "a"]);
  });

  it("reject when the row count is off", async () => {
    const database = await filled();
    await expect(database.queryOne("select * from items where id = 99")).rejects.toBeInstanceOf(NoRowsError);
    await expect(database.queryOne("select * from items")).rejects.toBeInstanceOf(TooManyRowsError);
    await expect(database.queryMaybeOne("select * from items")).rejects.toThrow(
      "3 rows came where at most one was asked for",
    );
    await expect(database.queryScalar("select * from items where id = 99")).rejects.toBeInstanceOf(NoRowsError);
  });

  it("refuse parameters that do not fit before anything is sent", async () => {
    const database = await server.open();
    const refused = [
      database.query("select :id", {}),
      database.query("select :id", { id: 1, other: 2 }),
      database.query("select :id", { id: undefined }),
      database.query("select :id"),
      database.query(sql`select ${undefined as never}`),
      database.query("select :id", { id: Number.NaN }),
      database.query(`select ${Array(32_767).fill("?").join(",")}`, Array(32_767).fill(1)),
    ];
    for (const promise of refused) await expect(promise).rejects.toBeInstanceOf(ParameterError);
    expect(database.stats().created).toBe(0);
  });

  it("check each row with a schema and give what it makes of it", async () => {
    const database = await filled();
    const schema = z.object({ id: z.number(), name: z.string().transform((name) => name.toUpperCase()) });
    expect(await database.queryOne("select * from items where id = 1", undefined, { schema })).toEqual({
      id: 1,
      name: "N1",
    });
    const strict = z.object({ id: z.number().max(2), name: z.string() });
    const failing = database.query("select * from items order by id", undefined, { schema: strict });
    await expect(failing).rejects.toBeInstanceOf(RowValidationError);
    await expect(failing).rejects.toMatchObject({ rowIndex: 2, issues: [{ path: ["id"] }] });
  });

  it("name the failing one of many parameter sets, and keep none", async () => {
    const database = await server.open();
    const sets = [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
      { id: 1, name: "again" },
    ];
    await expect(database.executeMany(insert, sets)).rejects.toMatchObject({
      code: "MDB_UNIQUE_VIOLATION",
      parameterSetIndex: 2,
    });
    expect(await idsOf(database)).toEqual([]);
  });

  it("pass on the error of the caller's own row source, and keep nothing", async () => {
    const database = await server.open();
    const own = new Error("the file ended early");
    async function* rows() {
      yield [1, "a"];
      throw own;
    }
    await expect(database.bulkInsert("items", ["id", "name"], rows())).rejects.toBe(own);
    expect(await idsOf(database)).toEqual([]);
  });

  it("share one pinned connection, and give it back clean", async () => {
    const database = await server.open({ pool: { max: 1 } });
    const count = await database.withConnection(async (connection) => {
      await connection.execute("create temp table scratch (id integer)");
      await connection.transaction((tx) => tx.execute("insert into scratch values (1)"));
      return connection.queryScalar("select count(*) from scratch");
    });
    expect(count).toBe(1);
    // Also where nothing was noticed: what was done through raw() is seen by nobody.
    await database.withConnection((connection) => connection.query("select 1"));
    expect(database.stats().resets).toBe(2);
    await expect(database.query("select * from scratch")).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
  });

  it("of a transaction that wants one of its own run beside that of the pinned connection, and are kept without it", async () => {
    const database = await server.open({ pool: { max: 2 } });
    const own = (id: number) => ({ id, name: "own" });
    const failed = new Error("the pinned transaction failed");
    const pinned = database.withConnection((connection) =>
      connection.transaction(async (tx) => {
        await tx.query("select 1 as begun");
        await tx.transaction((other) => other.execute(insert, own(2)), { propagation: "requires_new" });
        await tx.transaction((alone) => alone.transaction((other) => other.execute(insert, own(3))), {
          propagation: "not_supported",
        });
        await tx.execute(insert, { id: 1, name: "pinned" });
        throw failed;
      }),
    );
    await expect(pinned).rejects.toBe(failed);
    expect(await idsOf(database)).toEqual([2, 3]);
  });

  it("reset a pinned connection only where something was changed, when that is asked for", async () => {
    const database = await server.open({ pool: { max: 1 } });
    const resets = () => database.stats().resets;
    const before = resets();
    await database.withConnection((connection) => connection.query("select 1 as one"), { reset: "auto" });
    await database.query("select 1 as one");
    expect(resets()).toBe(before);
    await database.withConnection((connection) => connection.execute("create temp table scratch (id integer)"), {
      reset: "auto",
    });
    await expect(database.query("select * from scratch")).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
    expect(resets()).toBe(before + 1);
    const misspelt = { resett: "auto" } as object;
    await expect(database.withConnection(async () => {}, misspelt)).rejects.toBeInstanceOf(ConfigurationError);
  });

  it("say whether they would join a transaction", async () => {
    const database = await server.open();
    expect(database.inTransaction).toBe(false);
    await database.transaction(async () => {
      expect(database.inTransaction).toBe(true);
      await database.transaction(async () => expect(database.inTransaction).toBe(false), {
        propagation: "not_supported",
      });
    });
    await using held = await database.begin();
    expect(database.inTransaction).toBe(false);
    await held.run(async () => expect(database.inTransaction).toBe(true));
    expect(database.inTransaction).toBe(false);
  });
});

describe("streams", () => {
  it("give every row, and the connection back at the end", async () => {
    const database = await filled(1_234);
    let sum = 0;
    for await (const row of database.stream<{ id: number }>("select id from items", undefined, { fetchSize: 100 }))
      sum += row.id;
    expect(sum).toBe((1_234 * 1_235) / 2);
    expect(database.stats().busy).toBe(0);
  });

  it("give the connection back when the loop is left early or throws", async () => {
    const database = await filled(1_000);
    for await (const _ of database.stream("select id from items", undefined, { fetchSize: 10 })) break;
    const failing = (async () => {
      for await (const _ of database.stream("select id from items", undefined, { fetchSize: 10 }))
        throw new Error("mine");
    })();
    await expect(failing).rejects.toThrow("mine");
    expect(database.stats().busy).toBe(0);
    expect(await database.queryScalar("select 1")).toBe(1);
  });

  it("take no connection before the first row is asked for", async () => {
    const database = await server.open();
    database.stream("select 1");
    expect(database.stats().created).toBe(0);
  });

  it("refuse another statement of the same transaction inside their loop, instead of hanging", async () => {
    const database = await filled(1_000);
    await database.transaction(async (tx) => {
      for await (const _ of tx.stream("select id from items", undefined, { fetchSize: 10 })) {
        await expect(tx.query("select 1")).rejects.toBeInstanceOf(TransactionStateError);
        break;
      }
      expect(await tx.queryScalar("select 1")).toBe(1);
    });
    expect(database.stats().busy).toBe(0);
  });

  it("end with the transaction that they belong to", async () => {
    const database = await filled(1_000);
    const failing = database.transaction(async (tx) => {
      const iterator = tx.stream("select id from items", undefined, { fetchSize: 10 })[Symbol.asyncIterator]();
      await iterator.next();
    });
    await expect(failing).rejects.toThrow("still pending");
    expect(database.stats().busy).toBe(0);
  });

  it("fail where the driver gives a batch without rows, instead of asking for ever", async () => {
    const nothing = { columns: [], read: async () => [], close: () => undefined };
    const database = await server.open(
      {},
      { tamper: (connection) => withMembers(connection, { stream: () => nothing }) },
    );
    const iterator = database.stream("select id from items")[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({
      cause: { message: expect.stringContaining("without rows") },
    });
    expect(database.stats().busy).toBe(0);
  });

  it("answer calls of next that were made at once in their order", async () => {
    const database = await filled(5);
    const iterator = database
      .stream<{ id: number }>("select id from items order by id", undefined, { fetchSize: 2 })
      [Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 6 }, () => iterator.next()));
    expect(results.map(({ value }) => value?.id)).toEqual([1, 2, 3, 4, 5, undefined]);
  });
});
