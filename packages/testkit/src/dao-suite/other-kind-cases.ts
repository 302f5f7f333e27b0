import assert from "node:assert/strict";
import { DaoBase, defineTable, type MdbError, op } from "@nsj/mdb-core";
import type { TypeName } from "../conformance/type-names.ts";
import type { DaoCase } from "./dao-case.ts";

interface Token {
  readonly id: number;
  readonly token: string;
  readonly n: unknown;
}

/** Values that some engine takes every text for that is no value of the type. */
const zeros: Readonly<Partial<Record<TypeName, unknown>>> = {
  integer: 0,
  bigint: 0,
  decimal: "0",
  float: 0,
  boolean: false,
  date: "1900-01-01",
  time: "00:00:00",
  timestamp: new Date("1900-01-01T00:00:00Z"),
};

/** A value of another kind than the column's means what it says, and nothing that an engine would make of it. */
export const otherKindCases: readonly DaoCase[] = [
  {
    name: "a number or boolean beside a text is its text, and no number that the text would be taken for",
    async run(bench) {
      const columns = `id ${bench.types.integer} not null primary key, token ${bench.types.text}`;
      await bench.withTable(columns, async (table) => {
        const spec = defineTable<Omit<Token, "n">>(table.parts as [string]);
        const dao = new DaoBase(spec.primaryKey("id"), bench.database);
        const byToken = new DaoBase(spec.primaryKey("token"), bench.database);
        for (const [id, token] of ["secret", "1x", "0", "12"].entries()) await dao.insert({ id, token });
        const found = async (token: unknown) => {
          const rows = await dao.findBy({ token: token as never }, { orderBy: { id: "asc" } });
          return rows.map(({ id }) => id);
        };
        for (const zero of [0, 0n]) {
          assert.deepEqual(await found(zero), [2]);
          assert.deepEqual(await found(op.in([zero as never])), [2]);
          assert.deepEqual(await found(op.ne(zero as never)), [0, 1, 3]);
        }
        assert.deepEqual(await found(12), [3]);
        assert.deepEqual(await found(1), []);
        assert.deepEqual(await found(true), []);
        assert.equal((await byToken.findById(0 as never))?.id, 2);
        assert.equal(await byToken.delete(1 as never), false);
        assert.equal(await dao.deleteBy({ token: 0 as never }), 1);
        assert.deepEqual(await found(op.isNotNull()), [0, 1, 3]);
        await dao.update(0, { token: 1234567.25 as never });
        assert.equal((await dao.findById(0))?.token, "1234567.25");
        assert.deepEqual(await found(1234567.25), [0]);
      });
    },
  },
  ...Object.entries(zeros).map(
    ([type, zero]): DaoCase => ({
      name: `a text that is no ${type} finds, changes and deletes nothing`,
      skip: ({ types }) => (types[type as TypeName] === undefined ? `subject.types.${type} is missing` : undefined),
      run: (bench) =>
        bench.withTable(
          `id ${bench.types.integer} not null primary key, token ${bench.types.text}, n ${bench.types[type as TypeName]}`,
          async (table) => {
            const spec = defineTable<Token>(table.parts as [string]);
            const dao = new DaoBase(spec.primaryKey("id"), bench.database);
            const byValue = new DaoBase(spec.primaryKey("n"), bench.database);
            await dao.insert({ id: 0, token: "kept", n: zero });
            for (const text of ["", " ", "abc", "0abc"]) {
              assert.equal(await orRefused(dao.count({ n: text }), 0), 0, text);
              assert.equal(await orRefused(dao.count({ n: op.in([text]) }), 0), 0, text);
              assert.equal(await orRefused(dao.updateBy({ n: text }, { token: "changed" }), 0), 0, text);
              assert.equal(await orRefused(dao.deleteBy({ n: text }), 0), 0, text);
              assert.equal(await orRefused(byValue.delete(text as never), false), false, text);
              assert.equal(await orRefused(byValue.findById(text as never), undefined), undefined, text);
            }
            assert.equal((await dao.findById(0))?.token, "kept");
          },
        ),
    }),
  ),
];

/** Where the engine has rules against it, it says so. */
async function orRefused<T>(call: Promise<T>, nothing: T): Promise<T> {
  return call.catch((error: MdbError) => {
    assert.equal(error.code, "MDB_VALUE", error.stack);
    return nothing;
  });
}
