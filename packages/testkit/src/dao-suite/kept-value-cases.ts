import assert from "node:assert/strict";
import { DaoBase, defineTable, op, sql } from "@nsj/mdb-core";
import type { TypeName } from "../conformance/type-names.ts";
import { canHold } from "../conformance/type-samples.ts";
import type { DaoBench, Kept } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

/** Values of each type, in ascending order. */
const samples: Readonly<Partial<Record<TypeName, readonly unknown[]>>> = {
  integer: [-5, 0, 2_147_483_647],
  bigint: [-9_007_199_254_740_993n, 1, 1_152_921_504_606_846_976n],
  decimal: ["-2.5000000000", "1.5000000000", "1234567890123456789.0123456789"],
  float: [-2.5, 0.1, 1e30],
  shortFloat: [-0.333_333_34, 0.1, 16_777_216, 1e16, 3.4028235e38],
  text: ["ab", "bä", "c"],
  fixedText: ["ab", "abc", "b"],
  foldedText: ["Ab", "b", "Ca"],
  date: ["1969-12-31", "2020-02-29", "2026-11-30"],
  timestamp: [new Date(-1_500), new Date("2020-02-29T10:00:00.123Z"), new Date("2026-11-30T05:00:00Z")],
  timestamptz: [new Date(-1_500), new Date("2020-02-29T10:00:00.123Z"), new Date("2026-11-30T05:00:00Z")],
  uuid: ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"],
};

/** A value that a row was read with finds that row, whatever its type. */
export const keptValueCases: readonly DaoCase[] = [
  ...Object.entries(samples).map(
    ([type, values]): DaoCase => ({
      name: `finds, changes and deletes rows by a ${type} that was read`,
      skip: (bench) => (nameOf(bench, type) === undefined ? `subject.types.${type} is missing` : undefined),
      run: (bench) => {
        const held = values.filter((value) => canHold(type as TypeName, value, bench.traits));
        return bench.withValues(nameOf(bench, type) ?? "", (dao) => keeps(dao, held));
      },
    }),
  ),
  {
    name: "walks floats that are no numbers, each once",
    skip: ({ types, database }) =>
      types.float === undefined || database.dialect.nonFinite === undefined ? "floats are finite here" : undefined,
    run: (bench) =>
      bench.withValues<number>(bench.types.float ?? "", async (dao) => {
        const { nan, infinity, minusInfinity } = bench.database.dialect.nonFinite ?? {
          infinity: "",
          minusInfinity: "",
        };
        let n = 0;
        for (const value of [
          minusInfinity,
          minusInfinity,
          "1.5",
          infinity,
          infinity,
          ...(nan === undefined ? [] : [nan, nan]),
        ]) {
          await bench.database.execute(sql`insert into ${dao.table} (id, n) values (${sql.raw(value)}, ${n++})`);
        }
        const order = new DaoBase(
          defineTable<Kept<number>>(dao.table.parts as [string]).primaryKey("n"),
          bench.database,
        );
        for (const direction of ["asc", "desc"] as const) {
          const whole = await order.page({ orderBy: { id: direction }, limit: 100 });
          assert.equal(whole.total, n);
          assert.deepEqual(
            await walk(order, direction),
            whole.items.map((it) => it.n),
          );
        }
        for (const { id, n: number } of await dao.findAll({ orderBy: { n: "asc" } }))
          assert.ok(
            (await dao.findBy({ id })).some((it) => it.n === number),
            String(id),
          );
      }),
  },
];

function nameOf({ types }: DaoBench, type: string): string | undefined {
  return types[type as TypeName];
}

async function keeps(dao: DaoBase<Kept<unknown>, never, "id">, values: readonly unknown[]): Promise<void> {
  const inserted = await dao.insertMany(values.map((id, n) => ({ id, n })));
  const rows = await dao.findAll({ orderBy: { n: "asc" } });
  assert.deepEqual(inserted, rows);
  const reversed = [...rows].reverse();
  assert.deepEqual(await dao.findByIds(reversed.map(({ id }) => id)), reversed);
  assert.deepEqual(await dao.findBy({ id: op.in(rows.map(({ id }) => id)) }, { orderBy: { n: "asc" } }), rows);
  for (const [at, row] of rows.entries()) {
    assert.deepEqual(await dao.findById(row.id), row);
    assert.deepEqual(await dao.findByIds([values[at]]), [row]);
    assert.deepEqual(await dao.findBy({ id: row.id as object }), [row]);
    const others = rows.filter((it) => it !== row);
    assert.deepEqual(await dao.findBy({ id: op.ne(row.id as object) }, { orderBy: { n: "asc" } }), others);
    assert.deepEqual(await dao.findBy({ id: op.gt(row.id as object) }, { orderBy: { n: "asc" } }), rows.slice(at + 1));
    assert.deepEqual(
      await dao.findBy({ id: op.lte(row.id as object) }, { orderBy: { n: "asc" } }),
      rows.slice(0, at + 1),
    );
  }
  for (const direction of ["asc", "desc"] as const) {
    const { items } = await dao.page({ orderBy: { id: direction }, limit: 100 });
    assert.deepEqual(
      await walk(dao, direction),
      items.map(({ n }) => n),
    );
  }
  for (const row of rows) assert.deepEqual(await dao.update(row.id, { n: 10 }), { ...row, n: 10 });
  for (const { id } of rows) assert.equal(await dao.delete(id), true);
}

async function walk(dao: Pick<DaoBase<Kept<unknown>>, "pageAfter">, direction: "asc" | "desc"): Promise<number[]> {
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page = await dao.pageAfter({ orderBy: { id: direction }, limit: 1, ...(after !== undefined && { after }) });
    seen.push(...page.items.map(({ n }) => n));
    after = page.next;
  } while (after !== undefined && seen.length < 50);
  return seen;
}
