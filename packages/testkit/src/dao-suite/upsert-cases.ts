import assert from "node:assert/strict";
import { DaoBase, defineTable, MdbError, sql, UniqueViolationError } from "@nsj/mdb-core";
import { type DaoBench, lines } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

interface Coded {
  readonly id: number;
  readonly code: string;
  readonly n: number;
}

type CodedDao = DaoBase<Coded, never, "id">;

/** A table with two unique columns, and two rows in it. */
async function withCodes(bench: DaoBench, work: (dao: CodedDao, rows: () => Promise<Coded[]>) => Promise<void>) {
  const { integer, text } = bench.types;
  const columns = `id ${integer} not null primary key, code ${text} not null unique, n ${integer}`;
  await bench.withTable(columns, async (table) => {
    const dao = new DaoBase(defineTable<Coded>(table.parts as [string]).primaryKey("id"), bench.database);
    await dao.insertMany([
      { id: 1, code: "a", n: 1 },
      { id: 2, code: "b", n: 1 },
    ]);
    await work(dao as CodedDao, () => dao.findAll({ orderBy: { id: "asc" } }));
  });
}

/** Upserts where more than one unique constraint is in play. */
export const upsertCases: readonly DaoCase[] = [
  {
    name: "leaves the key of a row alone that an upsert finds by other columns",
    run: (bench) =>
      withCodes(bench, async (dao) => {
        const upserted = await dao.upsert({ id: 5, code: "a", n: 2 }, { conflict: ["code"] });
        assert.deepEqual(upserted, { entity: { id: 1, code: "a", n: 2 }, inserted: false });
        assert.equal(await dao.findById(5), undefined);
      }),
  },
  {
    name: "never writes to another row than an upsert asked for, whichever unique constraint it meets first",
    run: (bench) =>
      withCodes(bench, async (dao, rows) => {
        // The key is another row's, the code is the one that is asked for: that row is changed, or the upsert is refused.
        const asked = dao.upsert({ id: 2, code: "a", n: 9 }, { conflict: ["code"] });
        const outcome = await asked.catch((error: unknown) => {
          assert.ok(error instanceof UniqueViolationError);
          return undefined;
        });
        assert.deepEqual(outcome ?? { entity: { id: 1, code: "a", n: 9 }, inserted: false }, {
          entity: { id: 1, code: "a", n: 9 },
          inserted: false,
        });
        assert.deepEqual(await rows(), [
          { id: 1, code: "a", n: outcome === undefined ? 1 : 9 },
          { id: 2, code: "b", n: 1 },
        ]);
        // The key is another row's, and the code nobody's.
        await assert.rejects(dao.upsert({ id: 2, code: "new", n: 9 }, { conflict: ["code"] }), UniqueViolationError);
        assert.deepEqual((await rows())[1], { id: 2, code: "b", n: 1 });
        assert.equal(await dao.count(), 2);
      }),
  },
  {
    name: "refuses an upsert by a part of the key, and changes nothing",
    async run({ database }) {
      const dao = new DaoBase(lines, database);
      const rows = [1, 2].map((position) => ({ orderId: 1, position, sku: "old" }));
      await dao.insertMany(rows);
      const entity = { orderId: 1, position: 3, sku: "new" };
      await assert.rejects(dao.upsert(entity, { conflict: ["orderId"] }), MdbError);
      await assert.rejects(dao.upsertMany([entity], { conflict: ["orderId"] }), MdbError);
      assert.deepEqual(await dao.findAll({ orderBy: { position: "asc" } }), rows);
    },
  },
  {
    name: "says that nothing was inserted, also when the row has the same values already",
    run: (bench) =>
      withCodes(bench, async (dao) => {
        const row = { id: 1, code: "a", n: 1 };
        assert.deepEqual(await dao.upsert(row), { entity: row, inserted: false });
        assert.deepEqual(await dao.upsert(row, { conflict: ["code"] }), { entity: row, inserted: false });
        assert.deepEqual(await dao.update(1, { n: 1 }), row);
      }),
  },
  {
    name: "inserts fragments and finds what they made",
    run: (bench) =>
      withCodes(bench, async (dao) => {
        assert.deepEqual(await dao.insert({ id: 3, code: "c", n: sql`1 + 1` as never }), { id: 3, code: "c", n: 2 });
        const [first, second] = await dao.insertMany([
          { id: 5, code: "e", n: 5 },
          { id: 4, code: "d", n: 4 },
        ]);
        assert.deepEqual([first?.id, second?.id], [5, 4]);
      }),
  },
];
