import assert from "node:assert/strict";
import type { BulkTarget, DriverConnection, ParameterValue } from "@nsj/mdb-core";
import type { Area, Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { canonical } from "./canonical.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { capability, type Need, supplied, type } from "./need.ts";
import { canHold, type TypeSamples, typeSamples } from "./type-samples.ts";
import { soon, turns } from "./wait.ts";

const bulk: Need = capability("bulkLoad");
type Rows = readonly (readonly ParameterValue[])[];

export const bulkLoad: Area = {
  name: "bulkLoad",
  cases: [
    {
      name: "loads ten thousand rows, and the columns in the order of the rows",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, n ${integer}, body ${text}`);
        const target = unquoted(bench, table, "body", "id");
        const { rows } = await load(
          connection,
          target,
          batches(10, 1_000, (index) => [`b${index}`, index]),
        );
        assert.equal(rows, 10_000);
        assert.equal(connection.txStatus, "idle");
        const [row] = await bench.rows(
          connection,
          `select count(*), min(id), max(id), count(distinct body), count(n) from ${table}`,
        );
        assert.deepEqual(row?.map(String), ["10000", "0", "9999", "10000", "0"]);
        assert.deepEqual(await bench.rows(connection, `select body from ${table} where id = 4321`), [["b4321"]]);
      },
    },
    {
      name: "loads nothing from a source without rows",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const target = unquoted(bench, table, "id");
        assert.equal((await load(connection, target, given([]))).rows, 0);
        assert.equal((await load(connection, target, given([[], [[1]], []]))).rows, 1);
        assert.deepEqual(await bench.texts(connection, `select id from ${table}`), ["1"]);
        await bench.works(connection);
      },
    },
    {
      name: "loads hostile texts as they are, and tells NULL from the empty text",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const texts: readonly (string | null)[] = [null, ...hostileTexts(table), "\\N", "\\.", "a\tb", null];
        await load(connection, unquoted(bench, table, "id", "body"), given([texts.map((body, id) => [id, body])]));
        const rows = await bench.rows(connection, `select body from ${table} order by id`);
        const expected = texts.map((it) => (it === "" && bench.dialect.emptyStringIsNull ? null : it));
        assert.deepEqual(
          rows.map((row) => row[0]),
          expected,
        );
      },
    },
    {
      name: "takes names that need quotes",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const [name = ""] = bench.quotable([`${bench.name()} "x`, `${bench.name()} x`]);
        const columns = bench.quotable(["select", 'say "hi"', "Mixed Case"]);
        const { integer } = bench.subject.types;
        const list = columns.map((column) => `${bench.quote(column)} ${integer}`).join(", ");
        await bench.run(connection, `create table ${bench.quote(name)} (${list})`);
        bench.dropLater(`drop table ${bench.quote(name)}`);
        const numbers = columns.map((_, index) => index + 1);
        await load(connection, { table: [name], columns }, given([[numbers]]));
        const rows = await bench.rows(connection, `select * from ${bench.quote(name)}`);
        assert.deepEqual(
          rows.map((row) => row.map(String)),
          [numbers.map(String)],
        );
      },
    },
    ...typeSamples.map(loadsType),
    {
      name: "leaves nothing behind when its source throws, and passes that error on",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const thrown = new Error("the source broke");
        const broken = batches(5, 500, (index) => {
          if (index === 1_700) throw thrown;
          return [index];
        });
        const { error } = await bench.failing(() => load(connection, unquoted(bench, table, "id"), broken));
        assert.equal(error, thrown, "the source's own error");
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
      },
    },
    {
      name: "leaves nothing behind when a row is refused",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        const target = unquoted(bench, table, "id");
        const repeated = batches(4, 500, (index) => [index === 1_600 ? 7 : index]);
        const { info } = await bench.failingWith("unique", () => load(connection, target, repeated));
        assert.equal(info.connection, "ok");
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
        await load(connection, target, given([[[1], [2]]]));
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["2"]);
      },
    },
    {
      name: "ends its source when the table does not exist",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        let ended = 0;
        let started = 0;
        async function* source(): AsyncGenerator<Rows> {
          started += 1;
          try {
            for (let index = 0; index < 50; index++) yield [[index]];
          } finally {
            ended += 1;
          }
        }
        const target = unquoted(bench, bench.name(), "id");
        await bench.failingWith("undefined-object", () => load(connection, target, source()));
        assert.equal(ended, started, "a source that was started is ended");
        await bench.works(connection);
      },
    },
    {
      name: "belongs to the transaction that is open",
      needs: [bulk],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        const target = unquoted(bench, table, "id");
        const rows = () => batches(2, 100, (index) => [index]);
        await connection.begin({});
        await load(connection, target, rows());
        assert.equal(connection.txStatus, "active");
        await connection.rollback();
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1000)`);
        await load(connection, target, rows());
        await bench.run(connection, `insert into ${table} (id) values (1001)`);
        await connection.commit();
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["202"]);
        await connection.begin({});
        await bench.failingWith("unique", () => load(connection, target, rows()));
        await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["202"]);
      },
    },
    {
      name: "takes no more from its source than the network takes from it",
      needs: [bulk, supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        let taken = 0;
        const wide = "x".repeat(1_000);
        // 100 MB in batches of 100 kB: far more than all the buffers on the way can hold.
        const source = batches(1_000, 100, (index) => {
          if (index % 100 === 0) taken += 1;
          // Not before the load has begun, which takes an answer of the server.
          if (index === 250) void proxy.set({ kind: "hold", direction: "to-server" });
          return [index, wide];
        });
        const loading = load(connection, unquoted(bench, table, "id", "body"), source);
        loading.catch(() => undefined);
        await bench.eventually(() => taken >= 3, "the load has begun");
        await turns(300);
        const ahead = taken;
        connection.destroy();
        await bench.within(Promise.allSettled([loading]), "a bulkLoad() whose connection was destroyed");
        assert.ok(ahead < 500, `${ahead} of 1 000 batches were taken while nothing could be sent`);
      },
    },
  ],
};

function loadsType({ type: name, logical, samples }: TypeSamples): Case {
  return {
    name: `loads every value of ${name} exactly`,
    needs: [bulk, type(name)],
    async run(bench: Bench) {
      const connection = await bench.connect();
      const table = await bench.table(connection, `id ${bench.subject.types.integer}, v ${bench.subject.types[name]}`);
      const held = samples.filter(({ value }) => canHold(name, value, bench.subject.traits));
      const values: readonly ParameterValue[] = [null, ...held.map((it) => it.value), null];
      await load(connection, unquoted(bench, table, "id", "v"), given([values.map((value, id) => [id, value])]));
      const result = await bench.run(connection, `select v from ${table} order by id`);
      const [column] = result.columns;
      assert.ok(column !== undefined && logical.includes(column.type));
      assert.deepEqual(
        result.rows.map((row) => canonical(row[0], column)),
        [null, ...held.map((it) => it.expected), null],
      );
    },
  };
}

async function load(
  connection: DriverConnection,
  target: BulkTarget,
  source: AsyncIterable<Rows>,
): Promise<{ readonly rows: number }> {
  const result = await connection.bulkLoad?.(target, source, soon(60_000));
  assert.ok(result !== undefined, "the connection has bulkLoad()");
  return result;
}

async function* given(all: readonly Rows[]): AsyncGenerator<Rows> {
  for (const rows of all) yield rows;
}

async function* batches(
  count: number,
  size: number,
  make: (index: number) => readonly ParameterValue[],
): AsyncGenerator<Rows> {
  for (let batch = 0; batch < count; batch++) {
    yield Array.from({ length: size }, (_, index) => make(batch * size + index));
  }
}

/** The target for names that a table was created with in lower case and without quotes. */
function unquoted(bench: Bench, table: string, ...columns: readonly string[]): BulkTarget {
  return { table: [bench.stored(table)], columns: columns.map((column) => bench.stored(column)) };
}
