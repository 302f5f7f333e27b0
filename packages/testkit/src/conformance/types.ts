import assert from "node:assert/strict";
import { jsonText } from "@nsj/mdb-core";
import type { Area, Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { canonical } from "./canonical.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { type Need, snippet, type } from "./need.ts";
import { inTimeZone, timeZones } from "./time-zone.ts";
import { canHold, type Sample, type TypeSamples, typeSamples } from "./type-samples.ts";

const zoned: ReadonlySet<string> = new Set(["date", "time", "timestamp", "timestamptz"]);

export const types: Area = {
  name: "types",
  cases: [
    ...typeSamples.flatMap(casesOf),
    {
      name: "text: every text comes back as it went, the empty one too",
      run: (bench) =>
        roundTrip(bench, {
          type: "text",
          logical: ["string"],
          samples: hostileTexts("t").map((value) => ({ value, expected: value })),
        }),
    },
    {
      name: "bytes: none at all are not NULL, where the engine knows the difference",
      needs: [
        type("bytes"),
        ({ dialect }) => (dialect.emptyStringIsNull ? "dialect emptyStringIsNull: true" : undefined),
      ],
      run: (bench) =>
        roundTrip(bench, { type: "bytes", logical: ["bytes"], samples: [{ value: Buffer.alloc(0), expected: "" }] }),
    },
    {
      name: "json: the document null is not SQL NULL",
      needs: [type("json")],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, json } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, doc ${json}`);
        await bench.run(connection, `insert into ${table} (id, doc) values (?, ?)`, 1, jsonText("null"));
        await bench.run(connection, `insert into ${table} (id, doc) values (?, ?)`, 2, null);
        const rows = await bench.rows(connection, `select doc from ${table} order by id`);
        assert.equal(typeof rows[0]?.[0], "string", "the JSON document null is text");
        assert.equal(String(rows[0]?.[0]).trim(), "null");
        assert.equal(rows[1]?.[0], null);
      },
    },
    {
      name: "json: a number keeps its digits",
      needs: [type("json")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `doc ${bench.subject.types.json}`);
        await bench.run(connection, `insert into ${table} (doc) values (?)`, jsonText('{"n":9007199254740993}'));
        const [row] = await bench.rows(connection, `select doc from ${table}`);
        assert.match(
          String(row?.[0]),
          /9007199254740993/,
          "the document comes as text, not through JavaScript numbers",
        );
      },
    },
    {
      name: "timestamp: digits behind the milliseconds are kept in text, or cut and not rounded up in a Date",
      needs: [
        type("timestamp"),
        ({ subject }) =>
          (subject.traits?.timestampDigits ?? 6) < 6
            ? `traits.timestampDigits: ${subject.traits?.timestampDigits}`
            : undefined,
      ],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `v ${bench.subject.types.timestamp}`);
        const literal = bench.literal("timestamp", "2026-01-02 03:04:05.123999");
        await bench.run(connection, `insert into ${table} (v) values (${literal})`);
        const [row] = await bench.rows(connection, `select v from ${table}`);
        const value = row?.[0];
        if (value instanceof Date) assert.equal(value.toISOString(), "2026-01-02T03:04:05.123Z");
        else assert.match(String(value), /^2026-01-02 03:04:05\.1239990*$/);
      },
    },
    {
      name: "decimal: zeros at the end do not change the number, and the digits are never in an exponent",
      needs: [type("decimal")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `v ${bench.subject.types.decimal}`);
        for (const value of ["1000000000000000000000", "0.0000001", "5"]) {
          await bench.run(connection, `insert into ${table} (v) values (?)`, value);
        }
        const { rows } = await bench.run(connection, `select v from ${table}`);
        for (const [value] of rows) assert.doesNotMatch(String(value), /e/i);
      },
    },
    {
      name: "timestamptz: the server's present moment is the one of this process",
      needs: [type("timestamptz"), snippet("now")],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, timestamptz } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, v ${timestamptz}`);
        await bench.run(connection, `insert into ${table} (id, v) values (1, ${bench.subject.sql.now})`);
        // Written and read by the same wrong zone, every value comes back; but the server's own does not.
        const moments = `select case when v > ? then 1 else 0 end, case when v < ? then 1 else 0 end from ${table}`;
        const [earlier, later] = [-1, 1].map((sign) => new Date(Date.now() + sign * 1_200_000)) as [Date, Date];
        assert.deepEqual(
          (await bench.rows(connection, moments, earlier, later)).map((row) => row.map(String)),
          [["1", "1"]],
        );
        const result = await bench.run(connection, `select v from ${table}`);
        const [column] = result.columns;
        assert.ok(column !== undefined);
        const read = String(canonical(result.rows[0]?.[0], column));
        assert.ok(earlier.toISOString() < read && read < later.toISOString(), `not within minutes of now: ${read}`);
      },
    },
    {
      name: "bigint: an integer of an expression is exact beyond 2^53",
      needs: [type("bigint")],
      async run(bench) {
        const connection = await bench.connect();
        const sum = `${bench.cast("9007199254740992", "bigint")} + 1`;
        const result = await bench.run(connection, bench.select(`${sum} as v`));
        const [column] = result.columns;
        assert.ok(column !== undefined);
        assert.equal(canonical(result.rows[0]?.[0], column), "9007199254740993");
      },
    },
    {
      name: "says of every column which rule of the contract applies",
      async run(bench) {
        const connection = await bench.connect();
        const known = [...typeSamples, { type: "text", logical: ["string"], samples: [] } as const].filter(
          (it) => bench.subject.types[it.type] !== undefined,
        );
        const columns = known.map((it, index) => `c${index} ${bench.subject.types[it.type]}`);
        const table = await bench.table(connection, columns.join(", "));
        const result = await bench.run(connection, `select * from ${table}`);
        for (const [index, it] of known.entries()) {
          const column = result.columns[index];
          assert.ok(column !== undefined);
          assert.ok(
            (it.logical as readonly string[]).includes(column.type),
            `${it.type} is reported as ${column.type}`,
          );
          assert.equal(typeof column.databaseType, "string");
        }
      },
    },
  ],
};

function casesOf(it: TypeSamples): readonly Case[] {
  const needs: readonly Need[] = [type(it.type)];
  if (!zoned.has(it.type)) {
    return [{ name: `${it.type}: every value comes back exact`, needs, run: (bench) => roundTrip(bench, it) }];
  }
  return timeZones.map((zone) => ({
    name: `${it.type}: every value comes back exact in a process under ${zone}`,
    needs,
    run: (bench: Bench) => inTimeZone(zone, () => roundTrip(bench, it)),
  }));
}

/** Stores each sample and NULL, reads them back and looks at form and value. */
async function roundTrip(bench: Bench, { type: name, logical, samples }: TypeSamples): Promise<void> {
  const held = samples.filter(({ value }) => canHold(name, value, bench.subject.traits));
  const connection = await bench.connect();
  const table = await bench.table(connection, `id ${bench.subject.types.integer}, v ${bench.subject.types[name]}`);
  const all: readonly (Sample | { readonly value: null; readonly expected: null })[] = [
    ...held,
    { value: null, expected: null },
  ];
  for (const [id, { value }] of all.entries()) {
    await bench.run(connection, `insert into ${table} (id, v) values (?, ?)`, id, value);
  }
  const result = await bench.run(connection, `select v from ${table} order by id`);
  const [column] = result.columns;
  assert.ok(column !== undefined);
  assert.ok(logical.includes(column.type), `the column is a ${logical.join(" or ")}, not a ${column.type}`);
  assert.equal(result.rows.length, all.length);
  for (const [id, { expected }] of all.entries()) {
    const wanted = expected === "" && bench.dialect.emptyStringIsNull ? null : expected;
    assert.equal(canonical(result.rows[id]?.[0], column), wanted, `${name}, sample ${id}`);
  }
}
