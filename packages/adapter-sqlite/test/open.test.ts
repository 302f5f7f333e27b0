import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type SqliteOptions, sqliteDriver } from "../src/index.ts";
import { connect, failure, isPending, rows, run, temporaryDirectory, temporaryFile } from "./support/database.ts";

const refused = (options: SqliteOptions) => failure(() => sqliteDriver.connector(options).connect(unlimited));
const setting = async (options: SqliteOptions, name: string) =>
  (await rows(await connect(options), `pragma ${name}`))[0]?.[0];

describe("opening a file", () => {
  it("creates it, in WAL mode, with foreign keys on and without sleeping for locks", async () => {
    const filename = temporaryFile();
    expect(await setting({ filename }, "journal_mode")).toBe("wal");
    expect(await setting({ filename }, "synchronous")).toBe(2);
    expect(await setting({ filename }, "foreign_keys")).toBe(1);
    expect(await setting({ filename }, "busy_timeout")).toBe(0);
    expect(await setting({ filename, timeout: 25 }, "busy_timeout")).toBe(25);
  });

  it("does what the options say", async () => {
    const filename = temporaryFile();
    expect(await setting({ filename, journalMode: "truncate" }, "journal_mode")).toBe("truncate");
    expect(await setting({ filename, synchronous: "normal" }, "synchronous")).toBe(1);
    expect(await setting({ filename, pragmas: { cache_size: -4_000, foreign_keys: false } }, "cache_size")).toBe(
      -4_000,
    );
    const failed = await refused({
      filename,
      pragmas: { temp_store: "it's" },
      nativeBinding: join(temporaryDirectory(), "none.node"),
    });
    expect(failed).toMatchObject({ kind: "unsupported", connection: "dead", executed: "no" });
  });

  it("creates nothing where it must exist, and says what is missing", async () => {
    const filename = temporaryFile();
    for (const options of [{ fileMustExist: true }, { readonly: true }]) {
      const failed = await refused({ filename, ...options });
      expect(failed).toMatchObject({ kind: "unknown-database", connection: "dead", executed: "no", retry: "never" });
      expect(failed.error.message).toBe(`cannot open ${filename}: it does not exist`);
    }
    expect(existsSync(filename)).toBe(false);
  });

  it("says what is wrong with the place", async () => {
    const directory = temporaryDirectory();
    expect(await refused({ filename: join(directory, "none", "a.db") })).toMatchObject({
      kind: "unknown-database",
      error: { message: expect.stringContaining("its directory does not exist") },
    });
    expect(await refused({ filename: directory })).toMatchObject({
      kind: "unknown-database",
      error: { message: expect.stringContaining("it is a directory") },
    });
    const text = join(directory, "text.db");
    writeFileSync(text, "this is no database, however long it may be ".repeat(100));
    for (const options of [{}, { readonly: true }]) {
      expect(await refused({ filename: text, ...options })).toMatchObject({
        kind: "unknown-database",
        code: "SQLITE_NOTADB",
        error: { message: `cannot open ${text}: it is not a SQLite database` },
      });
    }
  });

  it("says that a file or its directory may not be touched", async (context) => {
    if (process.getuid?.() === 0) return context.skip("the superuser may touch everything");
    const directory = temporaryDirectory();
    const secret = join(directory, "secret.db");
    writeFileSync(secret, "");
    chmodSync(secret, 0);
    expect((await refused({ filename: secret })).kind).toBe("refused");
    const locked = join(directory, "locked");
    mkdirSync(locked, { mode: 0o555 });
    expect((await refused({ filename: join(locked, "a.db") })).kind).toBe("refused");
  });

  it("leaves nothing open when setting it up fails", async () => {
    const filename = temporaryFile();
    const failed = await refused({
      filename,
      pragmas: { locking_mode: "EXCLUSIVE", encoding: "nonsense" },
    });
    expect(failed).toMatchObject({ connection: "dead", executed: "no" });
    // An exclusive lock that was left behind would keep everybody else out.
    await run(await connect({ filename }), "create table t (id integer primary key)");
  });

  it("refuses a pragma that SQLite would ignore because it does not know it", async () => {
    const failed = await refused({ filename: temporaryFile(), pragmas: { foriegn_keys: true } });
    expect(failed).toMatchObject({
      kind: "unsupported",
      error: { message: expect.stringContaining('no pragma "foriegn_keys"') },
    });
    expect(await setting({ filename: ":memory:", pragmas: { Foreign_Keys: false } }, "foreign_keys")).toBe(0);
  });

  it("refuses to start when the caller has given up", async () => {
    const connector = sqliteDriver.connector({ filename: temporaryFile() });
    const signal = AbortSignal.abort(new Error("gone"));
    expect(await failure(() => connector.connect({ deadline: Infinity, signal }))).toMatchObject({
      kind: "cancelled",
      connection: "dead",
    });
    expect(await failure(() => connector.connect({ deadline: performance.now() }))).toMatchObject({
      kind: "connect-timeout",
      connection: "dead",
      executed: "no",
    });
  });

  it("begins transactions on a file that is open for reading only, and refuses writes", async () => {
    const filename = temporaryFile();
    await run(await connect({ filename }), "create table t (id integer primary key)");
    const reader = await connect({ filename, readonly: true });
    reader.begin({});
    expect(await rows(reader, "select * from t")).toEqual([]);
    await reader.commit();
    expect(await failure(() => run(reader, "insert into t values (1)"))).toMatchObject({
      kind: "read-only",
      code: "SQLITE_READONLY",
    });
  });
});

describe("one file under several names", () => {
  it("has one queue of writers", async () => {
    const directory = temporaryDirectory();
    const filename = join(directory, "a.db");
    const first = await connect({ filename });
    await run(first, "create table t (id integer primary key)");
    symlinkSync(filename, join(directory, "link.db"));
    symlinkSync(directory, join(directory, "again"));
    for (const other of [join(directory, "link.db"), join(directory, "again", "a.db"), `file:${filename}`]) {
      const second = await connect({ filename: other });
      first.begin({});
      await run(first, "insert into t values (null)");
      const waiting = Promise.resolve(run(second, "insert into t values (null)"));
      expect(await isPending(waiting), other).toBe(true);
      await first.commit();
      await waiting;
    }
    expect(await rows(first, "select count(*) from t")).toEqual([[6]]);
  });

  it("lets writers to other files go on", async () => {
    const directory = temporaryDirectory();
    const first = await connect({ filename: join(directory, "a.db") });
    const second = await connect({ filename: join(directory, "b.db") });
    await run(first, "create table t (id integer primary key)");
    first.begin({});
    await run(first, "insert into t values (1)");
    expect(run(second, "create table t (id integer primary key)")).not.toBeInstanceOf(Promise);
  });
});
