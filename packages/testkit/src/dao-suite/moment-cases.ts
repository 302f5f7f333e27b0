import assert from "node:assert/strict";
import { DaoBase, defineTable, op } from "@nsj/mdb-core";
import { canHold } from "../conformance/type-samples.ts";
import type { DaoCase } from "./dao-case.ts";

interface Tick {
  readonly id: number;
  readonly made: Date;
}

const read = new Date("2020-02-29T10:00:00.123Z");
const fractions = ["123456", "123400", "124000"] as const;

function momentCase(type: "timestamp" | "timestamptz"): DaoCase {
  return {
    name: `finds rows by a Date that was read from a ${type} of more digits`,
    skip: ({ types, timestampDigits }) => {
      if (types[type] === undefined) return `subject.types.${type} is missing`;
      return timestampDigits > 3 ? undefined : "traits.timestampDigits: milliseconds are all there are";
    },
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, made ${bench.types[type]}`, async (table) => {
        const spec = defineTable<Tick>(table.parts as [string]).primaryKey("id");
        const zone = type === "timestamptz" ? "+00:00" : "";
        const written = fractions.map((digits, id) => ({ id, made: `2020-02-29 10:00:00.${digits}${zone}` as never }));
        for (const tick of written) await new DaoBase(spec, bench.database).insert(tick);
        const found = async (made: unknown) => {
          const dao = new DaoBase(spec, bench.database);
          const rows = await dao.findBy({ made: made as never }, { orderBy: { id: "asc" } });
          assert.equal(await dao.count({ made: made as never }), rows.length);
          return rows.map(({ id }) => id);
        };
        assert.deepEqual((await new DaoBase(spec, bench.database).findById(0))?.made, read);
        assert.deepEqual(await found(read), [0, 1]);
        assert.deepEqual(await found(op.ne(read)), [2]);
        assert.deepEqual(await found(op.gt(read)), [2]);
        assert.deepEqual(await found(op.gte(read)), [0, 1, 2]);
        assert.deepEqual(await found(op.lt(read)), []);
        assert.deepEqual(await found(op.lte(read)), [0, 1]);
        assert.deepEqual(await found(op.between(read, read)), [0, 1]);
        assert.deepEqual(await found(op.in([read, null])), [0, 1]);
        assert.deepEqual(await found(op.notIn([read])), [2]);
        const streamed: number[] = [];
        for await (const { id } of new DaoBase(spec, bench.database).stream({ made: read })) streamed.push(id);
        assert.deepEqual(streamed.sort(), [0, 1]);
        assert.equal(await new DaoBase(spec, bench.database).deleteBy({ made: op.gt(read) }), 1);
      }),
  };
}

/** What stands for "without end" in many tables, and the day before it. */
const lastMoment = new Date("9999-12-31T23:59:59.999Z");
const lastDays = [new Date("2020-02-29T10:00:00.123Z"), new Date("9999-12-30T00:00:00Z"), lastMoment];

function lastMomentCase(type: "timestamp" | "timestamptz"): DaoCase {
  return {
    name: `finds rows by the last moment of the year 9999 in a ${type}`,
    skip: ({ types, traits }) => {
      if (types[type] === undefined) return `subject.types.${type} is missing`;
      return canHold(type, lastMoment, traits) ? undefined : "traits.instants: ends before";
    },
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key, made ${bench.types[type]}`, async (table) => {
        const dao = new DaoBase(defineTable<Tick>(table.parts as [string]).primaryKey("id"), bench.database);
        for (const [id, made] of lastDays.entries()) await dao.insert({ id, made });
        await dao.insert({ id: 3, made: null as never });
        const found = async (made: unknown) => {
          const rows = await dao.findBy({ made: made as never }, { orderBy: { id: "asc" } });
          return rows.map(({ id }) => id);
        };
        assert.deepEqual(await found(lastMoment), [2]);
        assert.deepEqual(await found(op.in([lastMoment])), [2]);
        assert.deepEqual(await found(op.ne(lastMoment)), [0, 1]);
        assert.deepEqual(await found(op.notIn([lastMoment])), [0, 1]);
        assert.deepEqual(await found(op.lt(lastMoment)), [0, 1]);
        assert.deepEqual(await found(op.lte(lastMoment)), [0, 1, 2]);
        assert.deepEqual(await found(op.gt(lastMoment)), []);
        assert.deepEqual(await found(op.gte(lastMoment)), [2]);
        assert.deepEqual(await found(op.between(lastDays[1] as Date, lastMoment)), [1, 2]);
        assert.deepEqual(await found(lastDays[1]), [1]);
        assert.deepEqual(await found(op.lte(lastDays[1] as Date)), [0, 1]);
        assert.equal(await dao.count({ [op.not]: { made: op.gt(lastMoment) } }), 3);
        assert.equal(await dao.deleteBy({ made: lastMoment }), 1);
      }),
  };
}

/** Moments of more digits than a `Date` has, and those behind which there is none. */
export const momentCases: readonly DaoCase[] = [
  momentCase("timestamp"),
  momentCase("timestamptz"),
  lastMomentCase("timestamp"),
  lastMomentCase("timestamptz"),
];
