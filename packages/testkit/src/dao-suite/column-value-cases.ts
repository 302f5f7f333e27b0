import assert from "node:assert/strict";
import { DaoBase, defineTable, type Executor, type Identifier, type MdbError, op, sql } from "@nsj/mdb-core";
import type { DaoBench } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

interface Counted {
  readonly id: unknown;
  readonly n: unknown;
}

function countedIn({ database }: DaoBench, table: Identifier, executor: Executor = database) {
  return new DaoBase(defineTable<Counted>(table.parts as [string]).primaryKey("id"), executor);
}

/** A column keeps the value that was given, or the call fails. */
export const columnValueCases: readonly DaoCase[] = [
  {
    name: "refuses a fraction for a column of integers, by every write, and keeps nothing of it",
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, n ${bench.types.integer}`, async (table) => {
        const dao = countedIn(bench, table);
        await dao.insert({ id: 1, n: 7 });
        for (const n of [1.5, -0.5, 1e-7, "1.5", "x", " "]) {
          const refused = (work: Promise<unknown>) =>
            assert.rejects(work, { code: "MDB_VALUE", database: bench.database.label }, String(n));
          await refused(dao.insert({ id: 2, n }));
          const rows = [
            { id: 2, n: 1 },
            { id: 3, n },
          ];
          await refused(bench.database.transaction((own) => countedIn(bench, table, own).insertMany(rows)));
          await refused(dao.bulkInsert(rows));
          await refused(dao.update(1, { n }));
          await refused(dao.updateBy({ id: 1 }, { n }));
          await refused(dao.upsert({ id: 1, n }));
          await refused(dao.upsert({ id: 2, n }));
          await refused(dao.insert({ id: n, n: 1 }));
        }
        assert.deepEqual(await dao.findAll(), [{ id: 1, n: 7 }]);
        assert.deepEqual(await dao.insert({ id: 2, n: "12" }), { id: 2, n: 12 });
        assert.deepEqual(await dao.update(2, { n: 13n }), { id: 2, n: 13 });
      }),
  },
  {
    name: "refuses a number that is neither true nor false for a boolean",
    skip: ({ types }) => (types.boolean === undefined ? "subject.types.boolean is missing" : undefined),
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, n ${bench.types.boolean}`, async (table) => {
        const dao = countedIn(bench, table);
        for (const n of [2, -1, 0.5, 7n]) {
          await assert.rejects(dao.insert({ id: 1, n }), { code: "MDB_VALUE" }, String(n));
          await assert.rejects(dao.bulkInsert([{ id: 1, n }]), { code: "MDB_VALUE" }, String(n));
          await assert.rejects(dao.upsert({ id: 1, n }), { code: "MDB_VALUE" }, String(n));
        }
        assert.equal(await dao.count(), 0);
        assert.equal((await dao.insert({ id: 1, n: true })).n, true);
      }),
  },
  {
    name: "refuses a number that is too large for a float of single precision",
    skip: ({ types }) => (types.shortFloat === undefined ? "subject.types.shortFloat is missing" : undefined),
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, n ${bench.types.shortFloat}`, async (table) => {
        const dao = countedIn(bench, table);
        for (const n of [1e39, -1e39, 1e300]) {
          await assert.rejects(dao.insert({ id: 1, n }), { code: "MDB_VALUE" }, String(n));
          await assert.rejects(dao.bulkInsert([{ id: 1, n }]), { code: "MDB_VALUE" }, String(n));
        }
        assert.equal(await dao.count(), 0);
      }),
  },
  {
    name: "takes an integer beyond 2^53 that is written as a number for no other one",
    skip: ({ types }) => (types.bigint === undefined ? "subject.types.bigint is missing" : undefined),
    run: (bench) =>
      bench.withTable(`id ${bench.types.bigint} not null primary key, n ${bench.types.integer}`, async (table) => {
        const dao = countedIn(bench, table);
        const executor = bench.database;
        // The number next to it, which as a double would be equal.
        const near = 2 ** 53;
        await dao.insert({ id: 9_007_199_254_740_993n, n: 1 });
        assert.equal(await dao.findById(near), undefined);
        assert.deepEqual(await dao.findByIds([near]), []);
        assert.deepEqual(await dao.findBy({ id: op.in([near, 1]) }), []);
        assert.equal(await dao.delete(near), false);
        assert.deepEqual(await executor.query(`select n from ${nameOf(bench, table)} where id = :near`, { near }), []);
        assert.deepEqual(await executor.query(sql`select n from ${table} where id in (${sql.list([near, 1])})`), []);
        assert.equal((await executor.execute(sql`delete from ${table} where id = ${near}`)).rowCount, 0);
        for (const [number, exact] of wide) {
          assert.deepEqual(await dao.insert({ id: number, n: 2 }), { id: exact, n: 2 });
          assert.deepEqual(await dao.findByIds([number, exact]), [{ id: exact, n: 2 }]);
          assert.equal(await dao.delete(number), true);
          assert.equal(await dao.bulkInsert([{ id: number, n: 3 }]).then((it) => it.rowCount), 1);
          assert.equal((await dao.findById(exact))?.n, 3);
        }
        // Beyond 64 bits: refused where no column has more, else the same number.
        for (const number of [2 ** 63, -(2 ** 63) - 2048]) {
          const kept = await dao.insert({ id: number, n: 4 }).then(
            ({ id }) => id,
            (error: MdbError) => error.code,
          );
          assert.ok(kept === "MDB_VALUE" || kept === BigInt(number), String(kept));
        }
      }),
  },
  {
    name: "takes a Date beside a column of days for its day in UTC",
    skip: ({ types }) => (types.date === undefined ? "subject.types.date is missing" : undefined),
    run: (bench) =>
      bench.withTable(`id ${bench.types.date} not null primary key, n ${bench.types.date}`, async (table) => {
        const dao = countedIn(bench, table);
        const [morning, evening] = [new Date("2020-02-29T00:30:00Z"), new Date("2020-02-29T23:30:00.999Z")];
        assert.deepEqual(await dao.insert({ id: evening, n: morning }), { id: "2020-02-29", n: "2020-02-29" });
        await assert.rejects(dao.insert({ id: morning, n: null }), { code: "MDB_UNIQUE_VIOLATION" });
        assert.equal((await dao.upsert({ id: morning, n: null })).inserted, false);
        assert.equal(
          await dao.bulkInsert([{ id: new Date("2020-03-01T12:00:00Z"), n: evening }]).then((it) => it.rowCount),
          1,
        );
        assert.equal((await dao.findById("2020-03-01"))?.n, "2020-02-29");
        assert.equal(await dao.count({ n: "2020-02-29" }), 1);
        assert.equal(await dao.count({ n: morning }), 1);
        assert.equal(await dao.count({ n: op.in([morning, evening]) }), 1);
        assert.equal(await dao.count({ n: op.lt(evening) }), 0);
        assert.equal(await dao.count({ n: op.gte(evening) }), 1);
        assert.equal(await dao.delete(morning), true);
        assert.equal(await dao.delete(morning), false);
      }),
  },
  {
    name: "refuses a list for a column that holds none",
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, n ${bench.types.text}`, async (table) => {
        const dao = countedIn(bench, table);
        for (const n of [[], ["a"], [1, 2]]) {
          await assert.rejects(dao.insert({ id: 1, n }), { code: "MDB_PARAMETER" });
          await assert.rejects(
            dao.insertMany([
              { id: 1, n: "a" },
              { id: 2, n },
            ]),
            { code: "MDB_PARAMETER" },
          );
          await assert.rejects(dao.bulkInsert([{ id: 1, n }]), { code: "MDB_PARAMETER" });
          await assert.rejects(dao.upsert({ id: 1, n }), { code: "MDB_PARAMETER" });
        }
        assert.equal(await dao.count(), 0);
      }),
  },
];

/** As numbers, and which integers they are. */
const wide: readonly (readonly [number, bigint])[] = [
  [2 ** 60, 1_152_921_504_606_846_976n],
  [-(2 ** 63), -9_223_372_036_854_775_808n],
  [2 ** 63 - 1024, 9_223_372_036_854_774_784n],
];

function nameOf(bench: DaoBench, table: Identifier): string {
  const [open, close] = bench.database.dialect.quote;
  return bench.database.dialect.foldCase === "upper"
    ? table.parts.join(".")
    : `${open}${table.parts.join(".")}${close}`;
}
