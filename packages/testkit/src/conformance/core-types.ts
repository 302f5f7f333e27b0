import assert from "node:assert/strict";
import type { MdbError } from "@nsj/mdb-core";
import type { Area, Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { plainDecimal } from "./canonical.ts";
import { capability, type Need, type } from "./need.ts";
import { inTimeZone, timeZones } from "./time-zone.ts";
import type { TypeName } from "./type-names.ts";
import { canHold } from "./type-samples.ts";

/** A value as a user writes it, and as it comes back under the default type contract. */
interface ContractSample {
  readonly type: TypeName;
  readonly values: readonly (readonly [written: unknown, read: unknown])[];
}

const same = (...values: readonly unknown[]): ContractSample["values"] => values.map((value) => [value, value]);

const contract: readonly ContractSample[] = [
  { type: "integer", values: same(0, -1, 2_147_483_647) },
  {
    type: "bigint",
    values: [
      ...same(0, 9_007_199_254_740_991, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)),
      [7n, 7],
    ],
  },
  {
    type: "decimal",
    values: same("0.1", "-12345678901234567890.12345678", "9999999999999999999999999999.9999999999"),
  },
  { type: "float", values: same(0.1, -1.5, 1e300) },
  { type: "shortFloat", values: same(0.1, -1.5, 0.333_333_34, 1e16, 1e38) },
  { type: "boolean", values: same(true, false) },
  { type: "text", values: same("it's", "\u{1f600} ünïcödé", "null", "  ") },
  { type: "bytes", values: same(Buffer.from([0, 255, 10]), Buffer.from("it's")) },
  { type: "date", values: same("2026-03-29", "2018-11-04", "0001-01-01", "9999-12-31") },
  {
    type: "timestamp",
    values: same(
      new Date("2026-03-29T02:30:00.123Z"),
      new Date("2018-11-04T00:30:00.000Z"),
      new Date("1969-12-31T23:59:59.999Z"),
    ),
  },
  {
    type: "timestamptz",
    values: same(
      new Date("2026-03-29T02:30:00.123Z"),
      new Date("2018-11-04T00:30:00.000Z"),
      new Date("1969-12-31T23:59:59.999Z"),
    ),
  },
  { type: "json", values: same({ a: [1, null, "x"], b: { c: 0.5 } }) },
  { type: "uuid", values: [["0F8FAD5B-D9CB-469F-A165-70867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e"]] },
];

/** How the values travel: each way has to give the same. */
const ways = ["a query", "executeMany", "bulkInsert and a stream"] as const;

/** The type contract, with core's decoding on top of this driver. */
export const coreTypes: Area = {
  name: "types through core",
  cases: [
    ...timeZones.flatMap((zone) => ways.map((way) => wholeContract(zone, way))),
    {
      name: "json: the document null, SQL NULL and the text null are three things",
      needs: [type("json")],
      async run(bench) {
        const database = bench.database();
        const { integer, json, text } = bench.subject.types;
        const table = await bench.tableIn(database, `id ${integer}, doc ${json}, body ${text}`);
        const nothing = bench.literal("json", "null");
        await database.execute(`insert into ${table} (id, doc, body) values (1, ${nothing}, 'null')`);
        await database.execute(`insert into ${table} (id, doc, body) values (:id, :doc, :body)`, {
          id: 2,
          doc: null,
          body: null,
        });
        const rows = await database.query(
          `select doc, body, case when doc is null then 1 else 0 end as missing from ${table} order by id`,
        );
        assert.deepEqual(
          rows.map((row) => [row["doc"], row["body"], Number(row["missing"])]),
          [
            [null, "null", 0],
            [null, null, 1],
          ],
        );
      },
    },
    {
      name: "a Date of a year that the engine does not have is refused as a value, and changes nothing",
      needs: [type("timestamp")],
      async run(bench) {
        const database = bench.database({ types: { timestamp: "string" } });
        const table = await bench.tableIn(
          database,
          `id ${bench.subject.types.integer}, v ${bench.subject.types.timestamp}`,
        );
        const insert = `insert into ${table} (id, v) values (:id, :v)`;
        for (const [id, text] of ["+010000-01-01", "+015600-02-29", "-000001-03-01", "-004800-01-01"].entries()) {
          const v = new Date(`${text}T00:00:00Z`);
          const refused = await database.execute(insert, { id, v }).then(
            () => undefined,
            (error: unknown) => error as MdbError,
          );
          const kept = await database.query(`select v from ${table} where id = :id`, { id });
          if (refused !== undefined) {
            assert.equal(refused.code, "MDB_VALUE", text);
            assert.deepEqual(kept, [], text);
          } else {
            assert.equal(await database.queryScalar(`select count(*) from ${table} where v = :v`, { v }), 1, text);
            assert.match(String(kept[0]?.["v"]), yearOf(v), text);
          }
        }
      },
    },
    {
      name: "gives bigint, text or an error for integers beyond 2^53 where it is told to",
      needs: [type("bigint")],
      async run(bench) {
        const fixture = bench.database();
        const memory = bench.capabilities.maxConnections === 1;
        const expected = { bigint: 9_007_199_254_740_993n, string: "9007199254740993", number: undefined } as const;
        for (const choice of ["bigint", "string", "number"] as const) {
          const database = bench.database({ types: { bigint: choice } });
          const table = await bench.tableIn(memory ? database : fixture, `v ${bench.subject.types.bigint}`);
          await database.execute(`insert into ${table} (v) values (:v)`, { v: 9_007_199_254_740_993n });
          const reading = database.queryScalar(`select v from ${table}`);
          if (expected[choice] === undefined) await assert.rejects(reading, { code: "MDB_CONVERSION" });
          else assert.equal(await reading, expected[choice]);
        }
      },
    },
    {
      name: "finds every column by its lower-case name",
      async run(bench) {
        const database = bench.database();
        const { integer } = bench.subject.types;
        const table = await bench.tableIn(database, `id ${integer}, total_amount ${integer}`);
        await database.execute(`insert into ${table} (id, total_amount) values (:id, :amount)`, { id: 1, amount: 2 });
        const row = await database.queryOne(`select id, total_amount from ${table}`);
        assert.deepEqual(Object.keys(row), ["id", "total_amount"]);
      },
    },
  ],
};

function wholeContract(zone: string, way: (typeof ways)[number]): Case {
  const needs: Need[] = [];
  if (way === "executeMany") needs.push(capability("executeMany"));
  if (way === "bulkInsert and a stream") needs.push(capability("bulkLoad"), capability("stream"));
  return {
    name: `every type comes back as the contract says, through ${way}, in a process under ${zone}`,
    needs,
    run: (bench) => inTimeZone(zone, () => roundTrip(bench, way)),
  };
}

async function roundTrip(bench: Bench, way: (typeof ways)[number]): Promise<void> {
  const database = bench.database();
  for (const { type: name, values } of contract) {
    const declared = bench.subject.types[name];
    if (declared === undefined) continue;
    const table = await bench.tableIn(database, `id ${bench.subject.types.integer}, v ${declared}`);
    const held = values.filter(([value]) => canHold(name, value, bench.subject.traits));
    const all = [...held, [null, null] as const];
    const sets = all.map(([v], id) => ({ id, v }));
    const insert = `insert into ${table} (id, v) values (:id, :v)`;
    if (way === "a query") for (const set of sets) await database.execute(insert, set);
    else if (way === "executeMany") await database.executeMany(insert, sets);
    else
      await database.bulkInsert(
        table,
        ["id", "v"],
        sets.map(({ id, v }) => [id, v]),
      );
    const read: unknown[] = [];
    const text = `select v from ${table} order by id`;
    if (way === "bulkInsert and a stream") for await (const row of database.stream(text)) read.push(row["v"]);
    else read.push(...(await database.query(text)).map((row) => row["v"]));
    assert.deepEqual(
      read.map((value) => comparable(name, value)),
      all.map(([, value]) => value),
      name,
    );
  }
}

/** How a text names the year of a moment, in the words of SQL, which has no year 0, or of ISO 8601. */
function yearOf(moment: Date): RegExp {
  const year = moment.getUTCFullYear();
  return year > 0 ? new RegExp(`^\\+?0*${year}-`) : new RegExp(`^0*${1 - year}-.* BC$|^-0*${-year}-`);
}

/** A decimal may come with zeros behind the point; the number is the same. */
function comparable(name: TypeName, value: unknown): unknown {
  return name === "decimal" && typeof value === "string" ? plainDecimal(value) : value;
}
