import { type ErrorInfo, errorKinds } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { classify } from "../src/errors.ts";
import { type Connection, connect, failure, run } from "./support/database.ts";

/** An error as better-sqlite3 makes it. */
const native = (code: string, message = "made up"): Error => Object.assign(new Error(message), { code });

describe("SQLite's codes", () => {
  const cases: readonly [string, Partial<ErrorInfo>][] = [
    ["SQLITE_BUSY", { kind: "lock-timeout", executed: "yes", retry: "transaction", connection: "ok" }],
    ["SQLITE_BUSY_RECOVERY", { kind: "lock-timeout" }],
    ["SQLITE_BUSY_SNAPSHOT", { kind: "serialization", retry: "transaction" }],
    ["SQLITE_LOCKED_VTAB", { kind: "lock-timeout" }],
    ["SQLITE_PROTOCOL", { kind: "lock-timeout" }],
    ["SQLITE_CONSTRAINT_UNIQUE", { kind: "unique" }],
    ["SQLITE_CONSTRAINT_PRIMARYKEY", { kind: "unique" }],
    ["SQLITE_CONSTRAINT_ROWID", { kind: "unique" }],
    ["SQLITE_CONSTRAINT_FOREIGNKEY", { kind: "foreign-key" }],
    ["SQLITE_CONSTRAINT_NOTNULL", { kind: "not-null" }],
    ["SQLITE_CONSTRAINT_CHECK", { kind: "check" }],
    ["SQLITE_CONSTRAINT_DATATYPE", { kind: "value" }],
    ["SQLITE_CONSTRAINT_TRIGGER", { kind: "other" }],
    ["SQLITE_MISMATCH", { kind: "value" }],
    ["SQLITE_TOOBIG", { kind: "value" }],
    ["SQLITE_READONLY", { kind: "read-only", connection: "ok" }],
    ["SQLITE_READONLY_DBMOVED", { kind: "read-only", connection: "dead" }],
    ["SQLITE_FULL", { kind: "resource", connection: "ok" }],
    ["SQLITE_NOMEM", { kind: "resource" }],
    ["SQLITE_IOERR_FSYNC", { kind: "resource", connection: "dead" }],
    ["SQLITE_CORRUPT_INDEX", { kind: "other", connection: "dead" }],
    ["SQLITE_NOTADB", { kind: "unknown-database", connection: "dead" }],
    ["SQLITE_AUTH", { kind: "permission" }],
    ["SQLITE_PERM", { kind: "permission" }],
    ["SQLITE_ABORT_ROLLBACK", { kind: "transaction-aborted" }],
    ["SQLITE_INTERRUPT", { kind: "cancelled" }],
    ["SQLITE_RANGE", { kind: "parameter" }],
    ["SQLITE_SCHEMA", { kind: "other", executed: "yes", retry: "statement" }],
    ["SQLITE_ERROR_MISSING_COLLSEQ", { kind: "undefined-object" }],
    ["SQLITE_SOMETHING_NEW", { kind: "other", connection: "ok" }],
  ];

  it.each(cases)("%s means what the table says", (code, expected) => {
    expect(classify(native(code))).toMatchObject({ ...expected, code });
  });

  it("never say that a statement did not reach the database, so that core repeats none by itself", () => {
    for (const [code] of cases) expect(classify(native(code)).executed, code).toBe("yes");
  });
});

describe("anything else", () => {
  it("is never said not to have run, and never throws", () => {
    const hostile = new Proxy(
      {},
      { get: () => expect.fail("not to be read"), has: () => expect.fail("not to be read") },
    );
    for (const value of [
      undefined,
      null,
      0,
      "x",
      {},
      hostile,
      new TypeError("x is not a function"),
      new RangeError(),
      native("ECONNRESET"),
    ]) {
      const info = classify(value);
      expect(errorKinds).toContain(info.kind);
      expect(info).toMatchObject({ kind: "other", executed: "maybe" });
    }
  });
});

describe("real failures", () => {
  const failing = async (connection: Connection, text: string, ...values: (string | number | null)[]) =>
    failure(() => run(connection, text, ...values));

  async function database(): Promise<Connection> {
    const connection = await connect({ filename: ":memory:" });
    await run(
      connection,
      `create table users (
         id integer primary key, email text unique, name text not null, age integer constraint adult check (age >= 18),
         boss integer references users (id), team text, seat integer, unique (team, seat));
       create unique index lower_name on users (lower(name));
       insert into users values (1, 'a@example.org', 'Ann', 40, null, 'x', 1);
       create table typed (a integer) strict;
       create table "my.table" ("a.b" text not null)`,
    );
    return connection;
  }

  it("say what is wrong with an upsert by columns that are not unique", async () => {
    const connection = await database();
    const upsert = "insert into users (id, name, team) values (?, ?, ?) on conflict (team) do update set name = 'x'";
    expect(await failing(connection, upsert, 2, "Bob", "x")).toMatchObject({ kind: "syntax", executed: "yes" });
  });

  it("name the table and the columns of a broken constraint", async () => {
    const connection = await database();
    const insert = "insert into users (id, email, name, age, boss, team, seat) values (?, ?, ?, ?, ?, ?, ?)";
    expect(await failing(connection, insert, 2, "a@example.org", "Bob", 20, null, null, null)).toMatchObject({
      kind: "unique",
      table: "users",
      columns: ["email"],
    });
    expect(await failing(connection, insert, 1, "b", "Bob", 20, null, null, null)).toMatchObject({
      kind: "unique",
      columns: ["id"],
    });
    expect(await failing(connection, insert, 2, "b", "Bob", 20, null, "x", 1)).toMatchObject({
      kind: "unique",
      table: "users",
      columns: ["team", "seat"],
    });
    expect(await failing(connection, insert, 2, "b", "ANN", 20, null, null, null)).toMatchObject({
      kind: "unique",
      constraint: "lower_name",
    });
    expect(await failing(connection, insert, 2, "b", null, 20, null, null, null)).toMatchObject({
      kind: "not-null",
      table: "users",
      columns: ["name"],
    });
    expect(await failing(connection, insert, 2, "b", "Bob", 17, null, null, null)).toMatchObject({
      kind: "check",
      constraint: "adult",
    });
    const orphan = await failing(connection, insert, 2, "b", "Bob", 20, 99, null, null);
    expect(orphan).toMatchObject({ kind: "foreign-key", code: "SQLITE_CONSTRAINT_FOREIGNKEY" });
    expect(orphan.table).toBeUndefined();
  });

  it("name what they can where names hold dots", async () => {
    expect(await failing(await database(), 'insert into "my.table" values (null)')).toMatchObject({
      kind: "not-null",
      table: "my",
    });
  });

  it("say which column of a STRICT table refused a value", async () => {
    expect(await failing(await database(), "insert into typed values ('x')")).toMatchObject({
      kind: "value",
      table: "typed",
      columns: ["a"],
    });
    expect(await failing(await database(), "insert into users (id, name) values ('x', 'y')")).toMatchObject({
      kind: "value",
    });
  });

  const texts: readonly [ErrorInfo["kind"], string][] = [
    ["syntax", "selec 1"],
    ["syntax", "select ("],
    ["syntax", "select 'open"],
    ["syntax", "insert into users (id, name) values (1)"],
    ["syntax", "select id from users a, users b"],
    ["syntax", "select 1 union select 1, 2"],
    ["syntax", "update users set name = max(name)"],
    ["undefined-object", "select * from nowhere"],
    ["undefined-object", "select absent from users"],
    ["undefined-object", "insert into users (absent) values (1)"],
    ["undefined-object", "select absent(1)"],
    ["undefined-object", "select abs(1, 2)"],
    ["undefined-object", "drop index absent"],
    ["undefined-object", "drop view absent"],
    ["undefined-object", "drop trigger absent"],
    ["undefined-object", "create table nowhere.t (a)"],
    ["undefined-object", "select 'a' collate absent order by 1 collate absent"],
    ["undefined-object", "release absent"],
    ["undefined-object", "create virtual table v using absent"],
    ["transaction-aborted", "commit"],
    ["transaction-aborted", "rollback"],
    ["value", "select abs(-9223372036854775807 - 1)"],
    ["value", "select json('{')"],
    ["value", "select zeroblob(3000000000)"],
    ["resource", `select ${Array(2_001).fill("1").join(", ")}`],
    ["parameter", `select ${Array(32_767).fill("?").join(", ")}`],
    ["other", "create table users (a)"],
    ["other", "begin; begin"],
  ];

  it.each(texts.map(([kind, text]) => ({ kind, text, shown: text.slice(0, 60) })))(
    "are of the kind $kind: $shown",
    async ({ kind, text }) => {
      const connection = await database();
      expect((await failing(connection, text)).kind).toBe(kind);
      expect(connection.usable).toBe(true);
    },
  );

  it("carry the message of a trigger that raises one", async () => {
    const connection = await database();
    await run(
      connection,
      "create trigger no_zoe before insert on users when new.name = 'Zoe' begin select raise(abort, 'no Zoe'); end",
    );
    const failed = await failing(connection, "insert into users (name) values ('Zoe')");
    expect(failed).toMatchObject({ kind: "other", code: "SQLITE_CONSTRAINT_TRIGGER", error: { message: "no Zoe" } });
  });
});
