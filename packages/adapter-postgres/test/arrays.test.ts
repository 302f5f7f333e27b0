import { DaoBase, DatabaseManager, defineTable, sql, type TypeOptions } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { uniqueName } from "./support/driving.ts";
import { serverOptions } from "./support/server.ts";

async function scalar(text: string, types: TypeOptions = {}): Promise<unknown> {
  const manager = new DatabaseManager({ it: postgres({ ...serverOptions(), types }) });
  try {
    return await manager.database("it").queryScalar(text);
  } finally {
    await manager.close();
  }
}

describe("arrays", () => {
  it.each<readonly [text: string, types: TypeOptions, expected: unknown]>([
    [
      "select array[timestamp 'infinity', '2024-02-29 12:00', null]",
      { timestamp: "string" },
      ["infinity", "2024-02-29 12:00:00", null],
    ],
    [
      "select array[timestamptz '0044-03-15 00:00:00+00 BC']",
      { timestamp: "string" },
      [expect.stringContaining("0044-03-15")],
    ],
    ["select array[date '0044-03-15 BC', 'infinity']", {}, ["0044-03-15 BC", "infinity"]],
    ["select array[array[1::int8], array[null::int8]]", { bigint: "bigint" }, [[1n], [null]]],
    ["select array[1.5::numeric, 'NaN']", { decimal: "number" }, [1.5, Number.NaN]],
    ["select array['{\"a\": 1}'::jsonb, 'null', null]", { json: "string" }, ['{"a": 1}', "null", null]],
    ["select array['{\"a\": 1}'::json]", {}, [{ a: 1 }]],
    ["select array[timestamp '2024-02-29 12:00:00.5']", {}, [new Date("2024-02-29T12:00:00.500Z")]],
  ])("have elements as the options say: %s", async (text, types, expected) => {
    expect(await scalar(text, types)).toEqual(expected);
  });

  it("tell what to do where a Date cannot hold an element", async () => {
    await expect(scalar("select array[timestamp 'infinity']")).rejects.toMatchObject({
      code: "MDB_CONVERSION",
      message: expect.stringContaining('types: { timestamp: "string" }'),
    });
  });

  it("are decoded in output parameters too", async () => {
    const name = uniqueName("procedure");
    const manager = new DatabaseManager({ it: postgres({ ...serverOptions(), types: { bigint: "string" } }) });
    const database = manager.database("it");
    await database.execute(`create procedure ${name}(inout a int8[]) language sql as $$ select a || 1::int8 $$`);
    try {
      const { out } = await database.call(name, { a: sql.inout("int8[]", [9]) });
      expect(out).toEqual({ a: ["9", "1"] });
    } finally {
      await database.execute(`drop procedure ${name}`);
      await manager.close();
    }
  });

  it("that are empty go into array columns, and are refused by json columns like any other array", async () => {
    const table = uniqueName();
    const manager = new DatabaseManager({ it: postgres(serverOptions()) });
    const database = manager.database("it");
    await database.execute(`create table ${table} (id int, a int[], t text[], d jsonb, k json)`);
    try {
      await database.execute(`insert into ${table} (id, a, t) values (1, :a, :t)`, { a: [], t: [] });
      await database.bulkInsert(table, ["id", "a", "t"], [[2, [], []]]);
      expect(await database.query(`select a, t, cardinality(a) as n, t::text as text from ${table}`)).toEqual(
        Array(2).fill({ a: [], t: [], n: 0, text: "{}" }),
      );
      expect(await database.queryScalar("select 1 = any(:none::int[])", { none: [] })).toBe(false);
      for (const column of ["d", "k"]) {
        for (const given of [[], [1], [[]]]) {
          const insert = database.execute(`insert into ${table} (${column}) values (:given)`, { given });
          await expect(insert).rejects.toMatchObject({ sqlState: "22P02" });
        }
        await expect(database.bulkInsert(table, [column], [[[]]])).rejects.toMatchObject({ sqlState: "22P02" });
      }
      await database.execute(`insert into ${table} (id, d) values (3, ${"$"}1)`, [{}]);
      await database.execute(sql`insert into ${sql.identifier(table)} (id, d) values (4, ${sql.json([])})`);
      expect(await database.query(`select d from ${table} where d is not null order by id`)).toEqual([
        { d: {} },
        { d: [] },
      ]);
      // A DAO knows its columns.
      const spec = defineTable<{ id: number; a: number[] | null; d: unknown; k: unknown }>(table).primaryKey("id");
      const dao = new DaoBase(spec, database);
      const row = { id: 5, a: [], d: [], k: [[1]] };
      expect(await dao.insert(row)).toMatchObject(row);
      await dao.bulkInsert([
        { id: 6, a: null, d: {}, k: null },
        { ...row, id: 7 },
      ]);
      expect(await dao.findById(7)).toMatchObject({ ...row, id: 7 });
    } finally {
      await database.execute(`drop table ${table}`);
      await manager.close();
    }
  });
});
