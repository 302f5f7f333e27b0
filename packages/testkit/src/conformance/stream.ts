import assert from "node:assert/strict";
import type { DriverConnection, ParameterValue, RowStream } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, type Need, snippet, supplied } from "./need.ts";
import { soon, turns } from "./wait.ts";

const streaming: Need = capability("stream");

export const stream: Area = {
  name: "stream",
  cases: [
    {
      name: "gives every row once and in order, in batches of about the size that was asked for",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const rows = open(bench, connection, bench.subject.sql.series(1_050), 100);
        const seen: string[] = [];
        for (let batch = await rows.read(); batch !== null; batch = await rows.read()) {
          assert.ok(batch.length >= 1 && batch.length <= 200, `a batch of ${batch.length}`);
          seen.push(...batch.map((row) => String(row[0])));
        }
        await rows.close();
        assert.deepEqual(
          seen,
          Array.from({ length: 1_050 }, (_, index) => String(index + 1)),
        );
        await bench.works(connection);
      },
    },
    {
      name: "knows its columns once the first read has settled, also where there are no rows",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(
          connection,
          `id ${bench.subject.types.integer}, name ${bench.subject.types.text}`,
        );
        const rows = open(bench, connection, `select id, name from ${table}`);
        assert.equal(await rows.read(), null);
        assert.deepEqual(
          rows.columns.map((it) => [it.name.toLowerCase(), it.type]).map(([name]) => name),
          ["id", "name"],
        );
        await rows.close();
        await bench.run(connection, `insert into ${table} (id, name) values (1, 'a')`);
        const one = open(bench, connection, `select id, name from ${table}`);
        assert.equal((await one.read())?.length, 1);
        assert.deepEqual(
          one.columns.map((it) => it.name.toLowerCase()),
          ["id", "name"],
        );
        await one.close();
      },
    },
    {
      name: "goes on answering null after the last row",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const rows = open(bench, connection, bench.subject.sql.series(3), 3);
        const counts: number[] = [];
        for (let batch = await rows.read(); batch !== null; batch = await rows.read()) counts.push(batch.length);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          3,
        );
        assert.equal(await rows.read(), null);
        await rows.close();
        await bench.works(connection);
      },
    },
    {
      name: "gives the values in the same forms as a query",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const { types } = bench.subject;
        const kinds = [types.integer, types.text, types.bigint, types.boolean, types.bytes, types.float].filter(
          (it) => it !== undefined,
        );
        const values: ParameterValue[] = [7, "it's", 9_007_199_254_740_993n, true, Buffer.from([0, 255]), 1.5].filter(
          (_, index) =>
            [types.integer, types.text, types.bigint, types.boolean, types.bytes, types.float][index] !== undefined,
        );
        const table = await bench.table(connection, kinds.map((kind, index) => `c${index} ${kind}`).join(", "));
        await bench.run(connection, `insert into ${table} values (${kinds.map(() => "?").join(", ")})`, ...values);
        await bench.run(
          connection,
          `insert into ${table} values (${kinds.map(() => "?").join(", ")})`,
          ...kinds.map(() => null),
        );
        const text = `select * from ${table} order by c0`;
        const queried = await bench.run(connection, text);
        const rows = open(bench, connection, text);
        const streamed: unknown[][] = [];
        for (let batch = await rows.read(); batch !== null; batch = await rows.read()) streamed.push(...batch);
        await rows.close();
        assert.deepEqual(streamed, queried.rows);
        assert.deepEqual(rows.columns, queried.columns);
      },
    },
    {
      name: "takes parameters",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const text = `select n from (${bench.subject.sql.series(20)}) s where n > ? and n < ? order by n`;
        const rows = connection.stream?.(bench.statement(text, 10, 14), { ...soon(), fetchSize: 2 });
        assert.deepEqual(await drain(rows), ["11", "12", "13"]);
      },
    },
    {
      name: "leaves the connection ready when it is closed early, wherever that is",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        for (const reads of [0, 1, 2, 3]) {
          const rows = open(bench, connection, bench.subject.sql.series(10_000), 10);
          for (let read = 0; read < reads; read++) await rows.read();
          await bench.within(rows.close(), `close() after ${reads} reads`);
          await rows.close();
          await bench.worksOrSaysSo(connection);
          assert.equal(connection.usable, true, `usable after ${reads} reads`);
        }
      },
    },
    {
      name: "fails in the first read where the statement is wrong, and the connection lives on",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        for (const text of ["selec nothing", "select nothing from no_such_table_here"]) {
          const rows = open(bench, connection, text);
          await bench.failingWith(["syntax", "undefined-object"], () => rows.read());
          await rows.close();
          await bench.works(connection);
        }
      },
    },
    {
      name: "reports an error in the middle, after the rows before it, and the connection lives on",
      needs: [streaming, snippet("failMidway")],
      async run(bench) {
        const connection = await bench.connect();
        const rows = open(bench, connection, bench.subject.sql.failMidway?.(5_000, 3_000) ?? "", 100);
        let seen = 0;
        await bench.failing(async () => {
          for (let batch = await rows.read(); batch !== null; batch = await rows.read()) seen += batch.length;
        }, "reading on to the error");
        assert.ok(seen < 3_000, `${seen} rows before the error`);
        await rows.close();
        await bench.works(connection);
      },
    },
    {
      name: "streams within a transaction and leaves it open",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) select n from (${bench.subject.sql.series(50)}) s`);
        const whole = open(bench, connection, `select id from ${table} order by id`, 7);
        assert.equal((await drain(whole)).length, 50);
        const early = open(bench, connection, `select id from ${table}`, 7);
        await early.read();
        await early.close();
        assert.equal(connection.txStatus, "active");
        await bench.run(connection, `insert into ${table} (id) values (51)`);
        await connection.commit();
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["51"]);
      },
    },
    {
      name: "leaves no transaction open when there was none",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        assert.equal((await drain(open(bench, connection, bench.subject.sql.series(30), 7))).length, 30);
        await bench.works(connection);
        const early = open(bench, connection, bench.subject.sql.series(30), 7);
        await early.read();
        await early.close();
        await bench.works(connection);
      },
    },
    {
      name: "does no I/O before the first read",
      needs: [streaming, supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await bench.works(connection);
        const before = proxy.bytes("to-server");
        const rows = open(bench, connection, bench.subject.sql.series(10));
        await turns(20);
        assert.equal(proxy.bytes("to-server"), before, "nothing was sent");
        assert.equal((await drain(rows)).length, 10);
      },
    },
    {
      name: "fetches no more than is read: the bytes on the wire prove it",
      needs: [streaming, supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        const wide = "x".repeat(1_000);
        // 50 000 rows of 1 kB are 50 MB: far more than all the buffers on the way can hold.
        const text = `select n, '${wide}' as body from (${bench.subject.sql.series(50_000)}) s`;
        const rows = open(bench, connection, text, 100);
        const before = proxy.bytes("to-client");
        let got = 0;
        for (let read = 0; read < 3; read++) got += (await rows.read())?.length ?? 0;
        assert.ok(got > 0, "rows came");
        await turns(200);
        const received = proxy.bytes("to-client") - before;
        assert.ok(received < 20_000_000, `${received} bytes came for ${got} rows of about 1 000 bytes`);
        await bench.within(rows.close(), "close() in the middle of a large result");
        await bench.worksOrSaysSo(connection);
      },
    },
    {
      name: "needs no more memory for a hundred thousand rows than for a batch",
      needs: [streaming],
      async run(bench) {
        const connection = await bench.connect();
        const rows = open(bench, connection, bench.subject.sql.series(100_000), 1_000);
        let seen = 0;
        let largest = 0;
        for (let batch = await rows.read(); batch !== null; batch = await rows.read()) {
          seen += batch.length;
          largest = Math.max(largest, batch.length);
        }
        await rows.close();
        assert.equal(seen, 100_000);
        assert.ok(largest <= 2_000, `a batch of ${largest} rows`);
      },
    },
    {
      name: "is told when the connection dies under it",
      needs: [streaming, supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        const rows = open(
          bench,
          connection,
          `select n, '${"x".repeat(1_000)}' as body from (${bench.subject.sql.series(50_000)}) s`,
          50,
        );
        await rows.read();
        proxy.endAll("reset");
        const { info } = await bench.failing(async () => {
          for (let batch = await rows.read(); batch !== null; batch = await rows.read());
        }, "reading from a dead connection");
        assert.equal(info.connection, "dead");
        await bench.within(Promise.allSettled([rows.close()]), "close() of a stream on a dead connection");
        assert.equal(connection.usable, false);
      },
    },
  ],
};

function open(bench: Bench, connection: DriverConnection, text: string, fetchSize = 10): RowStream {
  const rows = connection.stream?.(bench.statement(text), { ...soon(30_000), fetchSize });
  assert.ok(rows !== undefined, "the connection has stream()");
  const { read } = rows;
  // Whoever waits for null would wait for ever, and without a pause in which a limit of time could show.
  rows.read = async () => {
    const batch = await read.call(rows);
    assert.notEqual(batch?.length, 0, "read() gives at least one row, or null after the last");
    return batch;
  };
  return rows;
}

async function drain(rows: RowStream | undefined): Promise<string[]> {
  assert.ok(rows !== undefined, "the connection has stream()");
  const seen: string[] = [];
  for (let batch = await rows.read(); batch !== null; batch = await rows.read()) {
    seen.push(...batch.map((row) => String(row[0])));
  }
  await rows.close();
  return seen;
}
