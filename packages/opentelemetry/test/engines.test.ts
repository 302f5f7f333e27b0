import { mssql } from "@nsj/mdb-adapter-mssql";
import { mariadb, mysqlDriver } from "@nsj/mdb-adapter-mysql";
import { oracle } from "@nsj/mdb-adapter-oracle";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DaoBase, type Database, DatabaseManager, defineTable } from "@nsj/mdb-core";
import { startTdsServer, TnsServer } from "@nsj/mdb-wire-servers";
import type { Attributes } from "@opentelemetry/api";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { instrument } from "../src/index.ts";
import { points, TelemetryUnderTest } from "./telemetry-under-test.ts";

// SQL Server and Oracle are our own servers, which speak their protocols; the others are real.
const telemetry = new TelemetryUnderTest();
const table = "otel_engine_items";

/** A database, and what the conventions want to be said of it. */
interface Engine {
  readonly databases: DatabaseManager;
  /** Where it is. */
  readonly place: Attributes;
  /** A placeholder for the only value. */
  readonly value: string;
  /** The server's code for a table that is not there. */
  readonly missing: string;
  /** Creates a procedure without parameters; SQLite has none. */
  readonly procedure?: string;
  close?(): Promise<unknown>;
}

const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  async PostgreSQL() {
    const url = new URL(inject("postgresUrl"));
    return {
      databases: new DatabaseManager({ shop: postgres({ connectionString: url.href }) }) as unknown as DatabaseManager,
      place: { "db.system.name": "postgresql", ...placeOf(url) },
      value: "$1",
      missing: "42P01",
      procedure: "create or replace procedure otel_engine_nothing() language sql as 'select 1'",
    };
  },
  async SQLite() {
    return {
      databases: new DatabaseManager({ shop: sqlite({ filename: ":memory:" }) }) as unknown as DatabaseManager,
      place: { "db.system.name": "sqlite" },
      value: "?",
      missing: "SQLITE_ERROR",
    };
  },
  async MariaDB() {
    const url = new URL(inject("mysqlUrl"));
    return {
      databases: new DatabaseManager({
        shop: mariadb(mysqlDriver.parseUrl(url.href)),
      }) as unknown as DatabaseManager,
      place: { "db.system.name": "mariadb", ...placeOf(url) },
      value: "?",
      missing: "1146",
      procedure: "create or replace procedure otel_engine_nothing() select 1",
    };
  },
  async "SQL Server"() {
    const server = await startTdsServer({ postgresUrl: inject("postgresUrl") });
    const { database, host, password, port, user } = server;
    const options = { server: host, port, user, password, database, options: { encrypt: false } };
    return {
      databases: new DatabaseManager({ shop: mssql(options) }) as unknown as DatabaseManager,
      place: {
        "db.system.name": "microsoft.sql_server",
        "db.namespace": database,
        "server.address": host,
        "server.port": port,
      },
      value: "@p1",
      missing: "208",
      procedure: "create or alter procedure otel_engine_nothing as begin select 1 as one end",
      close: () => server.close(),
    };
  },
  async Oracle() {
    const server = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users: { scott: "tiger" } });
    const { port, serviceName } = server;
    const host = "127.0.0.1";
    const options = { user: "scott", password: "tiger", connectString: `${host}:${port}/${serviceName}` };
    return {
      databases: new DatabaseManager({ shop: oracle(options) }) as unknown as DatabaseManager,
      place: {
        "db.system.name": "oracle.db",
        "db.namespace": `${serviceName}_1`,
        "oracle.db.pdb": serviceName.toUpperCase(),
        "oracle.db.service": serviceName,
        "server.address": host,
        "server.port": port,
      },
      value: ":1",
      missing: "ORA-00942",
      procedure: "create or replace procedure otel_engine_nothing as begin null; end;",
      close: () => server.stop(),
    };
  },
};

function placeOf(url: URL): Attributes {
  return { "db.namespace": url.pathname.slice(1), "server.address": url.hostname, "server.port": Number(url.port) };
}

describe.each(Object.keys(engines))("what is told of a statement on %s", (name) => {
  let engine: Engine;
  let shop: Database;
  let spans: readonly ReadableSpan[];
  let durations: readonly { readonly attributes: Attributes; readonly value: unknown }[];

  beforeAll(async () => {
    engine = await (engines[name] as () => Promise<Engine>)();
    shop = engine.databases.database("shop" as never);
    await shop.execute(`drop table ${table}`).catch(() => {});
    await shop.execute(`create table ${table} (id integer primary key, note varchar(10))`);
    if (engine.procedure !== undefined) await shop.execute(engine.procedure);
    telemetry.takeSpans();
    using _watching = instrument(engine.databases, telemetry.providers);
    await shop.query(`select note from ${table} where id = ${engine.value}`, [1]);
    await shop.query(`select note from ${table} where note = 'a secret'`);
    await shop.query(`select note from otel_engine_nowhere where id = ${engine.value}`, [1]).catch(() => {});
    const items = defineTable<{ id: number; note: string }>(table).primaryKey("id");
    await new DaoBase(items, shop).findById(1);
    await shop.executeMany(`insert into ${table} (id) values (${engine.value})`, [[1], [2]]);
    await shop.bulkInsert(table, ["id", "note"], [[3, "three"]]);
    await shop.transaction((tx) => tx.query(`select id from ${table} where id = ${engine.value}`, [1]));
    if (engine.procedure !== undefined) await shop.call("otel_engine_nothing");
    spans = telemetry.takeSpans();
    durations = points((await telemetry.collect()).get("db.client.operation.duration"));
  });
  afterAll(async () => {
    if (engine.procedure !== undefined) await shop.execute("drop procedure otel_engine_nothing");
    await shop.execute(`drop table ${table}`);
    await engine.databases.close();
    await engine.close?.();
  });

  const span = (wanted: string): ReadableSpan => {
    const found = spans.find((it) => it.name === wanted);
    expect(found, `${wanted}, of ${spans.map((it) => it.name).join(", ")}`).toBeDefined();
    return found as ReadableSpan;
  };

  it("where it ran, its summary and its text", () => {
    const { attributes } = span(`select ${table}`);
    expect(attributes).toMatchObject({
      ...engine.place,
      "db.query.summary": `select ${table}`,
      "mdb.database": "shop",
    });
    expect(attributes["db.query.text"]).toBe(`select note from ${table} where id = ${engine.value}`);
    expect(attributes).not.toHaveProperty("db.operation.name");
    const literal = spans.find((it) => it.attributes["db.query.text"] === `select note from ${table} where note = ?`);
    expect(literal?.name).toBe("select");
  });

  it("what failed, by the server's own code", () => {
    const { attributes } = span("select otel_engine_nowhere");
    expect(attributes).toMatchObject({ "db.response.status_code": engine.missing, "error.type": engine.missing });
  });

  it("operation and table, where a DAO or a bulk load knows them", () => {
    const known = spans.filter((it) => it.attributes["db.collection.name"] === table);
    expect(known.map((it) => it.attributes["db.operation.name"])).toEqual(expect.arrayContaining(["select", "insert"]));
  });

  it("a batch", () => {
    expect(span(`BATCH insert ${table}`).attributes["db.operation.batch.size"]).toBe(2);
  });

  it("a procedure, where the engine has them", async () => {
    const called = spans.filter((it) => it.attributes["db.stored_procedure.name"] !== undefined);
    // Oracle's own name of it is in capitals.
    const names = called.map((it) => String(it.attributes["db.stored_procedure.name"]).toLowerCase());
    expect(shop.capabilities.procedures).toBe(engine.procedure !== undefined);
    expect(names).toEqual(engine.procedure === undefined ? [] : ["otel_engine_nothing"]);
    if (engine.procedure === undefined)
      await expect(shop.call("otel_engine_nothing")).rejects.toMatchObject({ code: "MDB_UNSUPPORTED" });
  });

  it("the transaction, with BEGIN and COMMIT that were sent, in its span", () => {
    const transaction = spans.filter((it) => it.name === "transaction shop").at(-1);
    const id = transaction?.attributes["mdb.transaction.id"];
    expect(transaction?.attributes["mdb.transaction.outcome"]).toBe("committed");
    const inside = spans.filter((it) => it.attributes["mdb.transaction.id"] === id && it !== transaction);
    expect(inside.map((it) => it.name)).toContain(`select ${table}`);
    expect(inside.every((it) => it.parentSpanContext?.spanId === transaction?.spanContext().spanId)).toBe(true);
    expect(inside.map((it) => it.attributes["db.operation.name"])).toContain("commit");
  });

  it("the same in the histogram of durations, and never the text", () => {
    const { "oracle.db.pdb": _, "oracle.db.service": __, ...place } = engine.place;
    const of = (wanted: Attributes) =>
      durations.filter(({ attributes }) =>
        Object.entries({ ...place, ...wanted }).every(([key, value]) => attributes[key] === value),
      );
    expect(of({ "db.query.summary": `select ${table}` }).map(({ value }) => (value as Histogram).count)).not.toEqual(
      [],
    );
    expect(of({ "error.type": engine.missing, "db.response.status_code": engine.missing })).toHaveLength(1);
    expect(durations.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain("db.query.text");
  });
});
