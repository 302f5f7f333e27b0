import type { RowStream } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type Connection, connect, failure, rows, run, temporaryFile } from "./support/database.ts";

const series = (count: number) =>
  `with recursive s (n) as (select 1 union all select n + 1 from s where n < ${count}) select n, printf('%0200d', n) as body from s`;

const open = (connection: Connection, text: string, fetchSize: number): RowStream =>
  connection.stream({ text, values: [] }, { deadline: Infinity, fetchSize });

async function readAll(stream: RowStream): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for (let batch = await stream.read(); batch !== null; batch = await stream.read()) all.push(...batch);
  await stream.close();
  return all;
}

async function table(filename: string, count: number): Promise<Connection> {
  const connection = await connect({ filename });
  await run(connection, "create table t (id integer primary key, body text)");
  await run(connection, `insert into t ${series(count)}`);
  return connection;
}

describe("a stream", () => {
  it("takes no more memory for a hundred thousand rows than for a batch", async () => {
    const connection = await table(temporaryFile(), 100_000);
    const stream = open(connection, "select * from t", 500);
    const collect = globalThis.gc;
    if (collect === undefined) return expect.fail("the tests run with --expose-gc");
    let count = 0;
    let largest = 0;
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let batch = await stream.read(); batch !== null; batch = await stream.read()) {
      count += batch.length;
      if (count % 20_000 !== 0) continue;
      collect();
      largest = Math.max(largest, process.memoryUsage().heapUsed - before);
    }
    expect(count).toBe(100_000);
    // The rows together are over 25 MB.
    expect(largest).toBeLessThan(5_000_000);
  });

  it("steps no further than it is read", async () => {
    const connection = await connect({ filename: temporaryFile() });
    let steps = 0;
    const raw = connection.raw() as { function(name: string, body: (value: unknown) => unknown): void };
    raw.function("seen", (value) => {
      steps += 1;
      return value;
    });
    const stream = open(connection, `select seen(n) from (${series(1_000)})`, 10);
    expect(steps).toBe(0);
    expect(await stream.read()).toHaveLength(10);
    expect(steps).toBe(10);
    expect(await stream.read()).toHaveLength(10);
    expect(steps).toBe(20);
    await stream.close();
    expect(steps).toBe(20);
  });

  it("keeps no writer from working, and sees nothing of it", async () => {
    const filename = temporaryFile();
    const reader = await table(filename, 100);
    const writer = await connect({ filename });
    const stream = open(reader, "select id from t order by id", 10);
    expect(await stream.read()).toHaveLength(10);
    await run(writer, "delete from t where id > 10");
    writer.begin({});
    await run(writer, "insert into t values (1000, 'x')");
    await writer.commit();
    expect(await readAll(stream)).toHaveLength(90);
    expect(await rows(reader, "select count(*) from t")).toEqual([[11]]);
  });

  it("lets everybody else have a turn between two batches", async () => {
    const connection = await table(temporaryFile(), 100);
    const stream = open(connection, "select id from t", 10);
    await stream.read();
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await stream.read();
    expect(turned).toBe(true);
    await stream.close();
  });

  it("frees the connection with its last row, and when it is left early", async () => {
    const connection = await table(temporaryFile(), 30);
    const whole = open(connection, "select id from t", 100);
    expect(await whole.read()).toHaveLength(30);
    await run(connection, "delete from t where id = 1");
    const early = open(connection, "select id from t", 10);
    await early.read();
    await early.close();
    await early.close();
    await run(connection, "delete from t where id = 2");
    expect(await rows(connection, "select count(*) from t")).toEqual([[28]]);
  });

  it("is closed with the transaction that is rolled back, and with the connection, and never looks complete then", async () => {
    const connection = await table(temporaryFile(), 30);
    connection.begin({});
    const stream = open(connection, "select id from t", 10);
    await stream.read();
    connection.rollback();
    expect(connection.txStatus).toBe("idle");
    await expect(async () => stream.read()).rejects.toThrow("closed before its last row");
    const last = open(connection, "select id from t", 10);
    await last.read();
    connection.destroy();
    expect(connection.usable).toBe(false);
    await expect(async () => last.read()).rejects.toThrow("closed before its last row");
  });

  it("runs what writes to its end at the first read, so that leaving early undoes nothing", async () => {
    const connection = await connect({ filename: temporaryFile() });
    await run(connection, "create table t (id integer primary key, body text)");
    const stream = open(connection, `insert into t ${series(50)} returning id`, 10);
    expect(await stream.read()).toHaveLength(10);
    await stream.close();
    expect(await rows(connection, "select count(*) from t")).toEqual([[50]]);
    expect(await readAll(open(connection, "delete from t", 10))).toEqual([]);
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  });

  it("stops at its signal and its deadline, and the connection works on", async () => {
    const connection = await table(temporaryFile(), 100);
    const abort = new AbortController();
    const statement = { text: "select id from t", values: [] };
    const stream = connection.stream(statement, { deadline: Infinity, signal: abort.signal, fetchSize: 10 });
    await stream.read();
    abort.abort();
    expect((await failure(() => stream.read())).kind).toBe("cancelled");
    await stream.close();
    const late = connection.stream(statement, { deadline: performance.now(), fetchSize: 10 });
    expect((await failure(() => late.read())).kind).toBe("statement-timeout");
    await late.close();
    await run(connection, "delete from t");
  });

  it("gives values in the same form as a query", async () => {
    const connection = await connect({ filename: temporaryFile() });
    await run(connection, "create table t (n bigint, at timestamp, doc json)");
    await run(
      connection,
      "insert into t values (?, ?, jsonb(?)), (null, null, null)",
      2n ** 60n,
      new Date(0),
      '{"a":1}',
    );
    const queried = await run(connection, "select * from t");
    const stream = open(connection, "select * from t", 1);
    expect(await readAll(stream)).toEqual(queried.rows);
    expect(stream.columns).toEqual(queried.columns);
    expect(queried.rows[0]).toEqual([2n ** 60n, "1970-01-01 00:00:00", '{"a":1}']);
  });
});
