import type { RowStream } from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import type { PostgresOptions } from "../src/index.ts";
import { connected, type FullConnection, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server } from "./support/server.ts";
import { type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let proxy: WireProxy | undefined;

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

function stream(connection: FullConnection, text: string, fetchSize = 10): RowStream {
  return connection.stream({ text, values: [] }, { ...soon(), fetchSize });
}

async function behindProxy(more: PostgresOptions = {}) {
  const started = await wireProxy(server);
  proxy = started;
  const connection = await connected({ host: started.host, port: started.port, sslmode: "disable", ...more });
  started.said.length = 0;
  return { connection, proxy: started };
}

const series = (count: number) => `select n from generate_series(1, ${count}) n`;

describe("a stream", () => {
  it("gives batches of its size, then null, for ever", async () => {
    const connection = await connected();
    const rows = stream(connection, series(25));
    expect(rows.columns).toEqual([]);
    const sizes: (number | undefined)[] = [];
    for (let batch = await rows.read(); batch !== null; batch = await rows.read()) sizes.push(batch.length);
    expect(sizes).toEqual([10, 10, 5]);
    expect(rows.columns.map(({ name, type }) => [name, type])).toEqual([["n", "integer"]]);
    expect(await rows.read()).toBeNull();
    await rows.close();
    await rows.close();
    expect(await rows.read()).toBeNull();
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("sends nothing before the first read, then one write for BEGIN, statement and first batch", async () => {
    const { connection, proxy } = await behindProxy();
    connection.begin({});
    const rows = stream(connection, series(25));
    expect(proxy.said).toHaveLength(0);
    const chunks = proxy.chunks;
    await rows.read();
    expect(proxy.chunks - chunks).toBe(1);
    expect(connection.txStatus).toBe("active");
    await rows.close();
    await connection.commit();
  });

  it("fetches only what is asked for", async () => {
    const { connection, proxy } = await behindProxy();
    const rows = stream(connection, series(1_000_000), 5);
    await rows.read();
    await rows.read();
    expect(proxy.said.filter(({ type }) => type === "E")).toHaveLength(2);
    await rows.close();
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("closed early, closed unread and empty leaves the connection as it was, in a transaction and outside", async () => {
    const connection = await connected();
    for (const inTransaction of [false, true]) {
      if (inTransaction) connection.begin({});
      const early = stream(connection, series(1_000));
      await early.read();
      await early.close();
      await stream(connection, series(1_000)).close();
      const empty = stream(connection, series(0));
      expect(await empty.read()).toBeNull();
      await empty.close();
      expect(connection.txStatus).toBe(inTransaction ? "active" : "idle");
      expect(await value(connection, "select count(*) from pg_cursors where name like 'mdb%'")).toBe(0);
    }
    await connection.rollback();
  });

  it("that fails half-way rejects there, and its close does not fail again", async () => {
    const connection = await connected();
    const rows = stream(connection, "select 10 / (15 - n) from generate_series(1, 30) n");
    expect(await rows.read()).toHaveLength(10);
    expect((await failure(() => rows.read())).info).toMatchObject({ kind: "value", connection: "ok" });
    await rows.close();
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, "select 1")).toBe(1);
  });

  it.each([
    ["that is wrong", "selec 1", "syntax"],
    ["that fails at its first row", "select 1 / 0", "value"],
    ["of several statements", "select 1; select 2", "syntax"],
  ])("of a text %s rejects at its first read", async (_, text, kind) => {
    const connection = await connected();
    const rows = stream(connection, text);
    expect((await failure(() => rows.read())).info).toMatchObject({ kind, connection: "ok" });
    await rows.close();
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("of a statement without rows runs it", async () => {
    const table = uniqueName("stream");
    await asAdmin(`create table ${table} (id int)`);
    try {
      const connection = await connected();
      const rows = stream(connection, `insert into ${table} values (1)`);
      expect(await rows.read()).toBeNull();
      await rows.close();
      expect(await value(connection, `select count(*) from ${table}`)).toBe(1);
    } finally {
      await asAdmin(`drop table ${table}`);
    }
  });

  it("reports what goes wrong only at its end", async () => {
    const table = uniqueName("stream");
    await asAdmin(`create table ${table} (id int unique deferrable initially deferred)`);
    try {
      const connection = await connected();
      const text = `insert into ${table} select 1 from generate_series(1, 30) returning id`;
      const read = stream(connection, text);
      for (let batch = 0; batch < 3; batch++) await read.read();
      expect((await failure(() => read.read())).info.kind).toBe("unique");
      await read.close();
      const left = stream(connection, text);
      await left.read();
      expect((await failure(() => left.close())).info.kind).toBe("unique");
      expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
    } finally {
      await asAdmin(`drop table ${table}`);
    }
  });

  it("takes typed parameters, and knows enumerations from its first batch on", async () => {
    const schema = uniqueName("stream");
    await asAdmin(`create schema ${schema}; create type ${schema}.mood as enum ('sad', 'ok')`);
    try {
      const connection = await connected();
      const rows = connection.stream(
        {
          text: `select pg_typeof($1)::text, array['ok', 'sad']::${schema}.mood[] from generate_series(1, 3)`,
          values: ["1"],
          hints: [{ type: "bigint" }],
        },
        { ...soon(), fetchSize: 2 },
      );
      expect(await rows.read()).toEqual([
        ["bigint", ["ok", "sad"]],
        ["bigint", ["ok", "sad"]],
      ]);
      expect(rows.columns.map(({ databaseType }) => databaseType)).toEqual(["text", "mood[]"]);
      expect(await rows.read()).toEqual([["bigint", ["ok", "sad"]]]);
      expect(await rows.read()).toBeNull();
      await rows.close();
      const short = stream(await connected(), `select 'ok'::${schema}.mood`);
      expect(await short.read()).toEqual([["ok"]]);
      expect(short.columns[0]?.databaseType).toBe("mood");
      await short.close();
    } finally {
      await asAdmin(`drop schema ${schema} cascade`);
    }
  });

  it("keeps everything else out until it is closed", async () => {
    const connection = await connected();
    const rows = stream(connection, series(100));
    await rows.read();
    const { info } = await failure(() => run(connection, "select 1"));
    expect(info).toMatchObject({ kind: "other", executed: "no", connection: "ok" });
    expect(await rows.read()).toHaveLength(10);
    await rows.close();
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("that loses its connection between two reads tells the pool once, and rejects the next read", async () => {
    const connection = await connected();
    const pid = await value(connection, "select pg_backend_pid()");
    const rows = stream(connection, series(100));
    await rows.read();
    const fatal = new Promise((resolve) => {
      connection.onFatal = resolve;
    });
    await asAdmin("select pg_terminate_backend($1)", [pid]);
    await fatal;
    expect(connection.usable).toBe(false);
    expect((await failure(() => rows.read())).info).toMatchObject({ kind: "lost", connection: "dead" });
    await rows.close();
  });

  it("that is open when its connection is closed ends with it", async () => {
    const connection = await connected();
    const rows = stream(connection, series(100));
    await rows.read();
    await connection.close(soon());
    expect(connection.usable).toBe(false);
    expect((await failure(() => rows.read())).info).toMatchObject({ kind: "lost" });
    await rows.close();
  });

  it("of a COPY is refused, at the price of the connection", async () => {
    const connection = await connected();
    await run(connection, "create temp table t (id int)");
    const rows = stream(connection, "copy t from stdin");
    expect((await failure(() => rows.read())).info).toMatchObject({ kind: "unsupported", connection: "dead" });
    await rows.close();
    expect(connection.usable).toBe(false);
  });

  it("that is destroyed while a read is under way rejects it", async () => {
    const connection = await connected();
    const rows = stream(connection, "select pg_sleep(60)");
    const reading = failure(() => rows.read());
    connection.destroy();
    expect((await reading).info).toMatchObject({ kind: "lost", connection: "dead" });
    await rows.close();
  });
});
