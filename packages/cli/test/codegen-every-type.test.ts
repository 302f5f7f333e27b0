import { pathToFileURL } from "node:url";
import { mssql } from "@nsj/mdb-adapter-mssql";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { oracle } from "@nsj/mdb-adapter-oracle";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DaoBase, type DatabaseDefinition, DatabaseManager, type Table } from "@nsj/mdb-core";
import { mysqlNeeded, startTdsServer, TnsServer } from "@nsj/mdb-wire-servers";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { codegen } from "../src/index.ts";
import { scratchFolder, writeModule } from "./support/command.ts";
import { compileProblems } from "./support/compile.ts";

/** A column of the table that has every type, with what codegen has to say of it and a value that has to come back. */
interface Column {
  readonly type: string;
  readonly written: string;
  readonly value: unknown;
}

interface Engine {
  /** What the tests run against. `undefined`: it is not there, and why. */
  open(): Promise<DatabaseDefinition | string>;
  readonly key: string;
  readonly keyType?: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** The schema of the connection. */
  readonly schema?: string;
}

const made = new Date("2026-01-02T03:04:05.678Z");
const uuid = "c0ffee00-0000-4000-8000-000000000000";
const big = 9_007_199_254_740_993n;
const exact = "12345678901234567890.0123456789";

const column = (type: string, written: string, value: unknown): Column => ({ type, written, value });
const integer = (type = "integer") => column(type, "number", 7);
const bigint = (type = "bigint") => column(type, "number | bigint", big);
const decimal = (type = "decimal(30, 10)") => column(type, "string", exact);
const float = (type: string) => column(type, "number", 0.5);
const text = (type = "varchar(20)") => column(type, "string", "tea");
const bytes = (type: string) => column(type, "Buffer", Buffer.from("raw"));
const date = column("date", "string", "2026-01-02");
const moment = (type: string) => column(type, "Date", made);
const json = (type: string) => column(type, "unknown", { a: [1, null] });

const engines: Readonly<Record<string, Engine>> = {
  PostgreSQL: {
    open: async () => postgres({ connectionString: inject("postgresUrl"), schema: "codegen_types" }),
    key: "bigint generated always as identity primary key",
    schema: "codegen_types",
    keyType: "number | bigint",
    columns: {
      an_integer: integer(),
      a_bigint: bigint(),
      a_decimal: decimal(),
      a_float: float("double precision"),
      a_boolean: column("boolean", "boolean", true),
      a_text: text(),
      some_bytes: bytes("bytea"),
      a_date: date,
      a_time: column("time", "string", "03:04:05"),
      a_timestamp: moment("timestamp"),
      a_timestamptz: moment("timestamptz"),
      a_document: json("jsonb"),
      a_uuid: column("uuid", "string", uuid),
      an_interval: column("interval", "string", "1 day"),
      an_array: column("integer[]", "readonly (number | null)[]", [1, null]),
    },
  },
  SQLite: {
    open: async () => sqlite({ filename: ":memory:" }),
    key: "integer primary key",
    columns: {
      an_integer: integer(),
      a_bigint: bigint(),
      a_decimal: column("decimal(10, 2)", "string", "4.25"), // it keeps 15 digits
      a_float: float("double"),
      a_boolean: column("boolean", "boolean", true),
      a_text: text(),
      some_bytes: bytes("blob"),
      a_date: date,
      a_time: column("time", "string", "03:04:05"),
      a_timestamp: moment("timestamp"),
      a_timestamptz: moment("timestamptz"),
      a_document: json("json"),
      a_uuid: column("uuid", "string", uuid),
    },
  },
  "MySQL or MariaDB": {
    open: async () => {
      const connectionString = inject("mysqlUrl");
      if (!connectionString) return mysqlNeeded;
      return (connectionString.startsWith("mariadb:") ? mariadb : mysql)({ connectionString });
    },
    key: "bigint auto_increment primary key",
    keyType: "number | bigint",
    columns: {
      an_integer: integer(),
      a_bigint: bigint(),
      a_decimal: decimal(),
      a_float: float("double"),
      a_boolean: column("boolean", "boolean", true),
      a_text: text(),
      some_bytes: bytes("blob"),
      a_date: date,
      a_time: column("time", "string", "03:04:05"),
      a_timestamp: moment("datetime(6)"),
      a_timestamptz: moment("timestamp(6) null"),
      a_document: json("json"),
    },
  },
  "SQL Server": {
    open: async () => {
      const server = await startTdsServer({ postgresUrl: inject("postgresUrl"), encryption: "on" });
      onTestFinished(async () => {
        await server.close();
        expect(server.refusals, "what the server did not understand").toEqual([]);
      });
      const { host, port, user, password, database } = server;
      return mssql({ server: host, port, user, password, database, encrypt: false });
    },
    key: "int identity(1, 1) primary key",
    schema: "dbo",
    columns: {
      an_integer: integer("int"),
      a_bigint: bigint(),
      a_decimal: decimal(),
      a_float: float("float"),
      a_boolean: column("bit", "boolean", true),
      a_text: text("nvarchar(20)"),
      some_bytes: bytes("varbinary(max)"),
      a_date: date,
      a_time: column("time(0)", "string", "03:04:05"),
      a_timestamp: moment("datetime2(7)"),
      a_timestamptz: moment("datetimeoffset(7)"),
      a_uuid: column("uniqueidentifier", "string", uuid),
    },
  },
  Oracle: {
    open: async () => {
      const server = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users: { scott: "tiger#7" } });
      onTestFinished(async () => {
        await server.stop();
        expect(server.refusals, "what the server did not understand").toEqual([]);
      });
      return oracle({ user: "scott", password: "tiger#7", connectString: server.connectString });
    },
    key: "number(10) generated always as identity primary key",
    schema: "scott",
    columns: {
      an_integer: integer("number(10)"),
      a_bigint: bigint("number(19)"),
      a_decimal: decimal("number(30, 10)"),
      a_float: float("binary_double"),
      a_text: text("varchar2(20)"),
      some_bytes: bytes("blob"),
      a_timestamp: moment("timestamp(6)"),
      a_timestamptz: moment("timestamp(6) with time zone"),
      a_document: json("json"),
    },
  },
};

/** The modules, to be compiled together. */
const written = new Map<string, string>();

describe.each(Object.entries(engines))("on %s", (name, { open, key, keyType = "number", columns, schema }) => {
  it("every type of the contract is written as what a DAO takes and gives", { timeout: 120_000 }, async ({ skip }) => {
    const definition = await open();
    if (typeof definition === "string") return skip(definition);
    const manager = new DatabaseManager({ main: definition });
    onTestFinished(() => manager.close());
    const database = manager.database("main");
    if (database.engine === "postgres") {
      await database.execute("create schema codegen_types");
      onTestFinished(() => database.execute("drop schema codegen_types").then(() => {}));
    }
    const list = Object.entries(columns).map(([of, { type }]) => `${of} ${type}`);
    await database.execute(`create table codegen_every_type (id ${key}, ${list.join(", ")})`);
    onTestFinished(() => database.execute("drop table codegen_every_type").then(() => {}));

    const { text, undecided } = await codegen(database, { tables: ["codegen_every_type"] });
    const camel = (of: string) => of.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const lines = Object.entries(columns).map(
      ([of, { written: type }]) => `  readonly ${camel(of)}: ${type}${type === "unknown" ? "" : " | null"};`,
    );
    expect(text).toContain(`export interface CodegenEveryType {\n  readonly id: ${keyType};\n${lines.join("\n")}\n}\n`);
    expect(text).toContain('.primaryKey("id")\n  .generated("id")');
    expect(undecided).toEqual([]);
    if (schema !== undefined) {
      const named = await codegen(database, { schema, tables: ["codegen_every_type"] });
      expect(named.text).toBe(text.replace('("codegen_every_type")', `("${schema}.codegen_every_type")`));
    }

    written.set(name, text);
    const path = await writeModule(await scratchFolder(), "tables.ts", text);
    const { codegenEveryType } = (await import(pathToFileURL(path).href)) as { codegenEveryType: Table<never> };
    const dao = new (DaoBase.for(codegenEveryType))(database) as unknown as {
      insert(row: object): Promise<{ id: number }>;
      findById(id: number): Promise<object>;
      update(id: number, changes: object): Promise<object>;
    };
    const row = Object.fromEntries(Object.entries(columns).map(([of, { value }]) => [camel(of), value]));
    const empty = Object.fromEntries(Object.keys(row).map((of) => [of, null]));
    const inserted = await dao.insert(row);
    expect(inserted).toEqual({ ...row, id: 1 });
    expect(await dao.findById(1)).toEqual(inserted);
    expect(await dao.update(1, empty)).toEqual({ ...empty, id: 1 });
    expect(await dao.findById(1)).toEqual({ ...empty, id: 1 });
  });
});

it("what was written compiles in a strict application", { timeout: 120_000 }, async () => {
  expect(written.size).toBeGreaterThanOrEqual(4);
  const folder = await scratchFolder();
  const modules = [...written.values()];
  const paths = await Promise.all(modules.map((text, index) => writeModule(folder, `tables-${index}.ts`, text)));
  expect(compileProblems(paths)).toEqual([]);
});
