import assert from "node:assert/strict";
import type { ParameterValue } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { capability, type Need } from "./need.ts";
import { soon } from "./wait.ts";

const many: Need = capability("executeMany");

/** Each case opens the transaction that core opens around `executeMany`. */
export const executeMany: Area = {
  name: "executeMany",
  cases: [
    {
      name: "runs ten thousand sets and counts their rows",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const insert = bench.statement(`insert into ${table} (id, body) values (?, ?)`, null, null).text;
        await connection.begin({});
        const result = await connection.executeMany?.(
          insert,
          sets(10_000, (index) => [index, `b${index}`]),
          soon(60_000),
        );
        await connection.commit();
        assert.ok(result?.affected === 10_000 || result?.affected === null, `affected: ${result?.affected}`);
        const rows = await bench.rows(
          connection,
          `select count(*), min(id), max(id), count(distinct body) from ${table}`,
        );
        assert.deepEqual(rows[0]?.map(String), ["10000", "0", "9999", "10000"]);
        assert.deepEqual(await bench.rows(connection, `select body from ${table} where id = 7777`), [["b7777"]]);
      },
    },
    {
      name: "runs the sets in their order",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, n ${integer}`);
        await bench.run(connection, `insert into ${table} (id, n) values (1, 0)`);
        const update = bench.statement(`update ${table} set n = n * 3 + ? where id = 1`, null).text;
        await connection.begin({});
        const result = await connection.executeMany?.(update, [[1], [2], [0], [1], [2]], soon());
        await connection.commit();
        assert.ok(result?.affected === 5 || result?.affected === null, `affected: ${result?.affected}`);
        const expected = [1, 2, 0, 1, 2].reduce((n, add) => n * 3 + add, 0);
        assert.deepEqual(await bench.texts(connection, `select n from ${table}`), [String(expected)]);
      },
    },
    {
      name: "keeps NULL, hostile texts and texts of every length apart, in whatever order they come",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const texts: readonly (string | null)[] = [null, "a", ...hostileTexts(table), null, "z"];
        const insert = bench.statement(`insert into ${table} (id, body) values (?, ?)`, null, null).text;
        await connection.begin({});
        await connection.executeMany?.(
          insert,
          texts.map((body, id) => [id, body]),
          soon(),
        );
        await connection.commit();
        const rows = await bench.rows(connection, `select body from ${table} order by id`);
        const expected = texts.map((it) => (it === "" && bench.dialect.emptyStringIsNull ? null : it));
        assert.deepEqual(
          rows.map((row) => row[0]),
          expected,
        );
      },
    },
    {
      name: "stores numbers of every kind in one column as they are",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, bigint = integer, float } = bench.subject.types;
        const table = await bench.table(
          connection,
          `id ${integer}, n ${bigint}${float === undefined ? "" : `, f ${float}`}`,
        );
        const wide = bench.subject.types.bigint !== undefined;
        const numbers = [null, 0, 1, -1, wide ? 9_007_199_254_740_993n : 7n, 2_147_483_647, wide ? -(2n ** 63n) : -7n];
        const columns = float === undefined ? "id, n" : "id, n, f";
        const places = float === undefined ? [null, null] : [null, null, null];
        const insert = bench.statement(
          `insert into ${table} (${columns}) values (${places.map(() => "?").join(", ")})`,
          ...places,
        ).text;
        const rowOf = (n: ParameterValue, id: number) =>
          float === undefined ? [id, n] : [id, n, id % 2 === 0 ? id : id + 0.25];
        await connection.begin({});
        await connection.executeMany?.(insert, numbers.map(rowOf), soon());
        await connection.commit();
        assert.deepEqual(await bench.texts(connection, `select n from ${table} order by id`), numbers.map(String));
        if (float === undefined) return;
        const floats = await bench.rows(connection, `select f from ${table} order by id`);
        assert.deepEqual(
          floats.map((row) => Number(row[0])),
          numbers.map((_, id) => (id % 2 === 0 ? id : id + 0.25)),
        );
      },
    },
    {
      name: "names the set that failed where the engine tells it, and leaves nothing after the rollback",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        const insert = bench.statement(`insert into ${table} (id) values (?)`, null).text;
        for (const bad of [0, 3, 1_499, 2_999]) {
          await bench.run(connection, `delete from ${table}`);
          // The set at `bad` repeats a key that is there already.
          await bench.run(connection, `insert into ${table} (id) values (999999)`);
          const parameterSets = sets(3_000, (index) => [index === bad ? 999_999 : index]);
          await connection.begin({});
          const { error, info } = await bench.failingWith("unique", () =>
            connection.executeMany?.(insert, parameterSets, soon()),
          );
          const index = (error as { readonly parameterSetIndex?: unknown }).parameterSetIndex;
          assert.ok(index === undefined || index === bad, `set ${bad} failed, and ${String(index)} was named`);
          assert.equal(info.connection, "ok");
          assert.notEqual(connection.txStatus, "idle", "core's transaction is still open");
          await connection.rollback();
          await bench.works(connection);
          assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["1"]);
        }
      },
    },
    {
      name: "passes on what its source throws, and leaves nothing after the rollback",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const insert = bench.statement(`insert into ${table} (id) values (?)`, null).text;
        const thrown = new Error("the source broke");
        const broken = sets(2_000, (index) => {
          if (index === 1_500) throw thrown;
          return [index];
        });
        await connection.begin({});
        const { error } = await bench.failing(() => connection.executeMany?.(insert, broken, soon()));
        assert.equal(error, thrown, "the source's own error");
        await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
      },
    },
    {
      name: "refuses a set of the wrong size",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `a ${integer}, b ${integer}`);
        const insert = bench.statement(`insert into ${table} (a, b) values (?, ?)`, null, null).text;
        for (const wrong of [[1], [1, 2, 3]]) {
          await connection.begin({});
          await bench.failing(
            () => connection.executeMany?.(insert, [[1, 2], wrong, [3, 4]], soon()),
            "a set of the wrong size",
          );
          await connection.rollback();
          await bench.works(connection);
          assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
        }
      },
    },
    {
      name: "goes on in the same transaction",
      needs: [many],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const insert = bench.statement(`insert into ${table} (id) values (?)`, null).text;
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (0)`);
        await connection.executeMany?.(insert, [[1], [2]], soon());
        assert.equal(connection.txStatus, "active");
        await bench.run(connection, `insert into ${table} (id) values (3)`);
        await connection.rollback();
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
      },
    },
  ],
};

function* sets(
  count: number,
  make: (index: number) => readonly ParameterValue[],
): Generator<readonly ParameterValue[]> {
  for (let index = 0; index < count; index++) yield make(index);
}
