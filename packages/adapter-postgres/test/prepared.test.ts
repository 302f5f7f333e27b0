import type { DriverConnection } from "@nsj/mdb-core";
import type pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { type PostgresOptions, postgresDriver } from "../src/index.ts";
import { connected, connectorFor, type FullConnection, failure, run, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server } from "./support/server.ts";
import { strings, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let proxy: WireProxy | undefined;
const tables: string[] = [];

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  for (const table of tables.splice(0)) await asAdmin(`drop table if exists ${table} cascade`);
});

async function recorded(more: PostgresOptions = {}) {
  proxy = await wireProxy(server);
  const { said, host, port } = proxy;
  const connection = await connected({ host, port, sslmode: "disable", ...more });
  said.length = 0;
  return {
    connection,
    /** Messages since the last call: the type, and the name that a Parse, Bind or Close carries. */
    heard: () =>
      said.splice(0).map((message) => {
        const [first = "", second = ""] = strings(message).map((it) => it.replace(/mdb_[\da-f]{12}_/, "mdb_"));
        if (message.type === "P") return `parse ${first}`.trim();
        if (message.type === "B") return `bind ${second}`.trim();
        if (message.type === "C") return `close ${first.slice(1)}`;
        return { D: "describe", E: "execute", S: "sync", Q: `query ${first}`, X: "bye" }[message.type] ?? message.type;
      }),
  };
}

async function madeTable(columns: string): Promise<string> {
  const table = uniqueName("prepared");
  tables.push(table);
  await asAdmin(`create table ${table} (${columns})`);
  return table;
}

const statement = "select $1::int4 + 1";

describe("prepared statements", () => {
  it("get a name at their second use, and are described no more after that", async () => {
    const { connection, heard } = await recorded();
    for (const sent of [1, 2, 3, 4]) expect(await value(connection, statement, [sent])).toBe(sent + 1);
    expect(heard()).toEqual([
      ...["parse", "bind", "describe", "execute", "sync"],
      ...["parse mdb_1", "describe", "bind mdb_1", "execute", "sync"],
      ...["bind mdb_1", "execute", "sync"],
      ...["bind mdb_1", "execute", "sync"],
    ]);
  });

  it("get a name at the use that the threshold says", async () => {
    const { connection, heard } = await recorded({ preparedStatements: { threshold: 1 } });
    await value(connection, statement, [1]);
    expect(heard()[0]).toBe("parse mdb_1");
  });

  it("are only queries and changes of rows, whatever stands before them", async () => {
    const { connection, heard } = await recorded({ preparedStatements: { threshold: 1 } });
    for (const text of ["show timezone", "set work_mem to '64MB'", "explain select 1", "begin", "rollback"]) {
      await run(connection, text);
    }
    expect(heard().filter((it) => it.startsWith("parse "))).toEqual([]);
    const queries = [
      "-- a note\nselect 1",
      "/* a note */ with x as (select 1) select * from x",
      "(values (1))",
      "table pg_am",
    ];
    for (const text of queries) await run(connection, text);
    expect(heard().filter((it) => it.startsWith("parse "))).toHaveLength(4);
  });

  it("are not made of very long texts, which would fill the memory", async () => {
    const { connection, heard } = await recorded({ preparedStatements: { threshold: 1 } });
    for (let use = 0; use < 3; use++) await run(connection, `select '${"x".repeat(20_000)}'`);
    expect(heard().filter((it) => it.startsWith("parse "))).toEqual([]);
  });

  it("are kept apart where the types of their parameters differ", async () => {
    const { connection } = await recorded({ preparedStatements: { threshold: 1 } });
    const text = "select pg_typeof($1)::text";
    const ask = async (hints?: readonly { readonly type: string }[]) =>
      (await connection.query({ text, values: ["1"], ...(hints && { hints }) }, { deadline: 1e12 })).rows[0]?.[0];
    for (let use = 0; use < 3; use++) {
      expect(await ask([{ type: "bigint" }])).toBe("bigint");
      expect(await ask([{ type: "text" }])).toBe("text");
    }
  });

  it("make room for newer ones, and the old one is closed with the next statement", async () => {
    const { connection, heard } = await recorded({ preparedStatements: { max: 2, threshold: 1 } });
    for (const text of ["select 1", "select 2", "select 1", "select 3"]) await run(connection, text);
    expect(heard().filter((it) => /parse|close/.test(it))).toEqual([
      "parse mdb_1",
      "parse mdb_2",
      "close mdb_2",
      "parse mdb_3",
    ]);
    expect(await value(connection, "select count(*) from pg_prepared_statements")).toBe(2);
    for (let n = 0; n < 300; n++) await run(connection, `select ${n} + 0`);
    expect(await value(connection, "select count(*)::int from pg_prepared_statements")).toBeLessThanOrEqual(2);
  });

  it("are not pushed out by texts that are used once", async () => {
    const { connection, heard } = await recorded({ preparedStatements: { max: 1 } });
    await run(connection, statement, [1]);
    await run(connection, statement, [1]);
    for (let n = 0; n < 50; n++) await run(connection, `select ${n}`);
    heard();
    await run(connection, statement, [1]);
    expect(heard()).toEqual(["bind mdb_1", "execute", "sync"]);
  });

  it.each(["discard all", "deallocate all"])("survive %s without an error on the way", async (command) => {
    const { connection, heard } = await recorded();
    for (let use = 0; use < 3; use++) await value(connection, statement, [use]);
    await run(connection, command);
    heard();
    expect(await value(connection, statement, [1])).toBe(2);
    expect(heard()[0]).toBe("parse");
  });

  it("survive a server that has forgotten them behind our back, outside a transaction and at the start of one", async () => {
    const { connection, heard } = await recorded();
    const forget = () => run(connection, "do $$ begin execute 'deallocate all'; end $$");
    for (let use = 0; use < 3; use++) await value(connection, statement, [use]);
    await forget();
    expect(await value(connection, statement, [1])).toBe(2);
    for (let use = 0; use < 3; use++) await value(connection, statement, [use]);
    await forget();
    heard();
    connection.begin({ isolation: "serializable" });
    expect(await value(connection, statement, [1])).toBe(2);
    expect(connection.txStatus).toBe("active");
    expect(await value(connection, "show transaction_isolation")).toBe("serializable");
    await connection.commit();
    expect(connection.txStatus).toBe("idle");
  });

  it("are not repeated behind others that were sent at the same time: the order would change", async () => {
    const { connection } = await recorded();
    for (let use = 0; use < 3; use++) await value(connection, statement, [use]);
    await run(connection, "do $$ begin execute 'deallocate all'; end $$");
    const [stale, other] = await Promise.allSettled([value(connection, statement, [1]), value(connection, "select 7")]);
    expect(stale).toMatchObject({ status: "rejected" });
    expect(postgresDriver.classify((stale as PromiseRejectedResult).reason)).toMatchObject({ executed: "no" });
    expect(other).toMatchObject({ status: "fulfilled", value: 7 });
    expect(await value(connection, statement, [1])).toBe(2);
  });

  it("fail in the middle of a transaction as something to begin again, and are well after that", async () => {
    const { connection } = await recorded();
    for (let use = 0; use < 3; use++) await value(connection, statement, [use]);
    connection.begin({});
    await run(connection, "do $$ begin execute 'deallocate all'; end $$");
    const { info } = await failure(() => value(connection, statement, [1]));
    expect(info).toMatchObject({ connection: "ok", executed: "no", retry: "transaction", sqlState: "26000" });
    expect(connection.txStatus).toBe("failed");
    await connection.rollback();
    expect(await value(connection, statement, [1])).toBe(2);
  });

  it("follow a table whose columns change, on every connection of the connector", async () => {
    const table = await madeTable("a int");
    await asAdmin(`insert into ${table} values (1)`);
    const connector = connectorFor();
    const [one, two] = [await connected({}, connector), await connected({}, connector)];
    const text = `select * from ${table}`;
    const shapes = async (connection: DriverConnection) => {
      const { columns, rows } = await run(connection, text);
      return [columns.map(({ name, databaseType }) => `${name} ${databaseType}`), rows];
    };
    for (let use = 0; use < 3; use++)
      for (const it of [one, two]) expect(await shapes(it)).toEqual([["a int4"], [[1]]]);
    await run(one, `alter table ${table} add b text default 'x'`);
    // The second connection is inside a transaction, where a plan that has gone stale could not be repaired.
    two.begin({});
    await run(two, "select 1");
    for (const it of [one, two]) expect(await shapes(it)).toEqual([["a int4", "b text"], [[1, "x"]]]);
    await two.commit();
    for (let use = 0; use < 3; use++) await shapes(one);
    await asAdmin(
      `alter table ${table} drop b; alter table ${table} alter a type int8; alter table ${table} rename a to c`,
    );
    for (const it of [one, two]) expect(await shapes(it)).toEqual([["c int8"], [[1]]]);
  });

  it("fail in the middle of a transaction when somebody else has changed the table, and only once", async () => {
    const table = await madeTable("a int");
    const connector = connectorFor();
    const [one, two] = [await connected({}, connector), await connected({}, connector)];
    const text = `select * from ${table}`;
    for (let use = 0; use < 3; use++) for (const it of [one, two]) await run(it, text);
    await asAdmin(`alter table ${table} add b int`);
    one.begin({});
    await run(one, "select 1");
    const { info } = await failure(() => run(one, text));
    expect(info).toMatchObject({ connection: "ok", executed: "no", retry: "transaction", sqlState: "0A000" });
    await one.rollback();
    for (const it of [two, one]) {
      it.begin({});
      await run(it, "select 1");
      expect((await run(it, text)).columns).toHaveLength(2);
      await it.commit();
    }
  });

  it("do not leave the server one more behind for each use that fails", async () => {
    const table = await madeTable("a int primary key");
    const connection = await connected();
    await run(connection, `insert into ${table} values (1)`);
    for (let use = 0; use < 5; use++) {
      expect((await failure(() => run(connection, `insert into ${table} values ($1)`, [1]))).info.kind).toBe("unique");
    }
    const left = await value(connection, "select count(*)::int from pg_prepared_statements where name like 'mdb_%'");
    expect(left).toBeLessThanOrEqual(1);
  });

  it("are used by many statements at once, also while the first use is still on its way and fails", async () => {
    const connection = await connected({ preparedStatements: { threshold: 1 } });
    const sums = await Promise.all(Array.from({ length: 50 }, (_, n) => value(connection, statement, [n])));
    expect(sums).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    const wrong = await Promise.allSettled(
      Array.from({ length: 5 }, () => run(connection, "select $1::int4 from nowhere", [1])),
    );
    const codes = wrong.map((it) => (it.status === "rejected" ? (it.reason as { readonly code: string }).code : "ok"));
    expect(codes).toEqual(["42P01", "42P01", "42P01", "42P01", "42P01"]);
    expect(await value(connection, statement, [1])).toBe(2);
  });
});

describe("names of prepared statements", () => {
  it("are nobody else's: behind a pooler that was not told about, a strange statement must not run", async () => {
    const names: string[] = [];
    for (let count = 0; count < 3; count++) {
      const started = await wireProxy(server);
      const { host, port } = started;
      const connection = await connected({ host, port, sslmode: "disable", preparedStatements: { threshold: 1 } });
      await run(connection, statement, [1]);
      names.push(...started.said.filter(({ type }) => type === "P").map((message) => strings(message)[0] ?? ""));
      connection.destroy();
      await started.close();
    }
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name.length).toBeLessThan(64);
  });
});

describe("without prepared statements", () => {
  it("nothing on the wire has a name, and nothing stays on the session", async () => {
    const schema = uniqueName("pooled");
    await asAdmin(
      `create schema ${schema}; create table ${schema}.t (id int, name text); insert into ${schema}.t values (1, 'a')`,
    );
    try {
      const { connection, heard } = await recorded({ preparedStatements: false, schema });
      const before = await settings(connection);
      for (let use = 0; use < 4; use++)
        expect(await value(connection, "select name from t where id = $1", [1])).toBe("a");
      connection.begin({});
      for (let use = 0; use < 3; use++)
        expect(await value(connection, "select name from t where id = $1", [1])).toBe("a");
      await connection.savepoint("s1");
      await connection.commit();
      await run(connection, "insert into t values (2, 'b'); insert into t values (3, 'c')");
      await connection.executeMany(
        "insert into t values ($1, $2)",
        [
          [4, "d"],
          [5, "e"],
        ],
        { deadline: 1e12 },
      );
      await connection.bulkLoad({ table: ["t"], columns: ["id", "name"] }, batch([[6, "f"]]), { deadline: 1e12 });
      const stream = connection.stream(
        { text: "select name from t order by id", values: [] },
        { fetchSize: 4, deadline: 1e12 },
      );
      expect(await stream.read()).toEqual([["a"], ["b"], ["c"], ["d"]]);
      expect(await stream.read()).toEqual([["e"], ["f"]]);
      expect(await stream.read()).toBeNull();
      await stream.close();
      expect(heard().filter((it) => /^(parse|bind|close) [^m]/.test(it) || it.startsWith("parse m"))).toEqual([]);
      expect(await settings(connection)).toEqual(before);
    } finally {
      await asAdmin(`drop schema ${schema} cascade`);
    }
  });

  it("a script that fails is rolled back as a whole, with the search path still in force", async () => {
    const schema = uniqueName("pooled");
    await asAdmin(`create schema ${schema}; create table ${schema}.t (id int)`);
    try {
      const connection = await connected({ preparedStatements: false, schema });
      const { info } = await failure(() => run(connection, "insert into t values (1); select 1 / 0"));
      expect(info).toMatchObject({ kind: "value", connection: "ok" });
      expect(connection.txStatus).toBe("idle");
      expect(await value(connection, "select count(*) from t")).toBe(0);
    } finally {
      await asAdmin(`drop schema ${schema} cascade`);
    }
  });
});

async function* batch(rows: (string | number)[][]) {
  yield rows;
}

/** What a pooler would hand on to the next client. Asked through pg itself, so that nothing of ours travels along. */
async function settings(connection: FullConnection) {
  const client = connection.raw() as pg.Client;
  const { rows } = await client.query(
    `select current_setting('search_path') as path, (select count(*) from pg_prepared_statements) as prepared,
      (select count(*) from pg_settings where source = 'session') as changed, (select count(*) from pg_cursors) as cursors`,
  );
  return rows;
}
