import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { sqlite, sqliteDriver } from "../src/index.ts";

const connector = (options: unknown) => sqliteDriver.connector(options as never);
const refused = (options: unknown): ConfigurationError => {
  try {
    connector(options);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  return expect.fail("it had to be refused");
};

describe("options", () => {
  it("names the file absolutely, as it is seen from the working directory", () => {
    expect(connector({ filename: "audit.db" }).target).toEqual({ address: resolve("audit.db") });
    expect(connector({ filename: " audit.db " }).target.address).toBe(resolve("audit.db"));
    expect(connector({ filename: pathToFileURL("/data/a b%.db") }).target.address).toBe("/data/a b%.db");
    expect(connector({ filename: "file:///data/a%20b.db?mode=rw" }).target.address).toBe("/data/a b.db");
    expect(connector({ filename: "file:data.db" }).target.address).toBe(resolve("data.db"));
  });

  it("allows one connection to a database that is gone with its connection", () => {
    for (const filename of [":memory:", " :memory: ", "", "file::memory:?cache=shared", "file:x.db?mode=memory"]) {
      expect(connector({ filename }).capabilities).toEqual({ maxConnections: 1, stream: "none" });
    }
    expect(connector({ filename: "x.db" }).capabilities).toBeUndefined();
    expect(connector({ filename: ":memory:" }).target).toEqual({ address: ":memory:" });
    expect(connector({ filename: "" }).target).toEqual({ address: ":temporary:" });
  });

  it("refuses what it does not know, and suggests what was probably meant", () => {
    expect(refused({ filename: "x", fileMustExists: true })).toMatchObject({
      key: "fileMustExists",
      message: 'sqlite: unknown option "fileMustExists"; did you mean "fileMustExist"?',
    });
    expect(refused({ filename: "x", verbose: true }).key).toBe("verbose");
    expect(refused({}).message).toBe('sqlite: option "filename" is missing (a string or a URL)');
    expect(refused(null).message).toMatch(/options must be an object/);
  });

  it("refuses values of a wrong kind", () => {
    const wrong: readonly [string, unknown][] = [
      ["filename", 7],
      ["readonly", "yes"],
      ["fileMustExist", 1],
      ["timeout", -1],
      ["nativeBinding", {}],
      ["pragmas", []],
      ["journalMode", "WAL2"],
      ["busyTimeoutMs", "5s"],
      ["statementCacheSize", 1.5],
    ];
    for (const [key, value] of wrong) expect(refused({ filename: "x.db", [key]: value }).key).toBe(key);
  });

  it("refuses a timeout that would put the whole process to sleep, and says what to use", () => {
    expect(refused({ filename: "x.db", timeout: 5_000 })).toMatchObject({
      key: "timeout",
      message: expect.stringContaining("busyTimeoutMs"),
    });
    connector({ filename: "x.db", timeout: 50 });
  });

  it("refuses pragmas that have an option of their own, and names and values that are none", () => {
    expect(refused({ filename: "x", pragmas: { journal_mode: "delete" } })).toMatchObject({
      key: "pragmas.journal_mode",
      message: expect.stringContaining("journalMode"),
    });
    expect(refused({ filename: "x", pragmas: { "a; drop table t": 1 } }).key).toBe("pragmas.a; drop table t");
    expect(refused({ filename: "x", pragmas: { cache_size: Number.NaN } }).key).toBe("pragmas.cache_size");
    expect(refused({ filename: "x", pragmas: { cache_size: null } }).key).toBe("pragmas.cache_size");
  });

  it("refuses options that contradict each other", () => {
    expect(refused({ filename: ":memory:", readonly: true }).key).toBe("readonly");
    expect(refused({ filename: "x.db", readonly: true, journalMode: "wal" }).key).toBe("journalMode");
  });

  it("refuses a URL that is no file, and parameters that SQLite would not know", () => {
    expect(refused({ filename: new URL("http://example.org/x.db") }).key).toBe("filename");
    expect(refused({ filename: new URL("file://host/x.db") }).key).toBe("filename");
    expect(refused({ filename: "file:x.db?mode=append" }).message).toContain("mode=ro, rw, rwc or memory");
    expect(refused({ filename: "file:x.db?vfs=memdb" }).message).toContain('"vfs"');
  });

  it("leaves checking to the moment a definition is registered, and shows nothing of it", () => {
    const definition = sqlite({ filename: "secret-name.db", nonsense: true } as never);
    expect(definition.engine).toBe("sqlite");
    expect(JSON.stringify(definition)).toBe('{"engine":"sqlite"}');
  });
});

describe("URLs", () => {
  const parse = (url: string) => sqliteDriver.parseUrl(url);

  it("reads the slashes as SQLAlchemy does", () => {
    expect(parse("sqlite://")).toEqual({ filename: ":memory:" });
    expect(parse("sqlite:///")).toEqual({ filename: ":memory:" });
    expect(parse("sqlite:///:memory:")).toEqual({ filename: ":memory:" });
    expect(parse("sqlite:///relative/a.db")).toEqual({ filename: "relative/a.db" });
    expect(parse("sqlite:////absolute/a.db")).toEqual({ filename: "/absolute/a.db" });
    expect(parse("sqlite:///C:/data/a.db")).toEqual({ filename: "C:/data/a.db" });
  });

  it("ignores what stands behind a plus sign, and takes its other names", () => {
    expect(parse("sqlite+pysqlite:///a.db")).toEqual({ filename: "a.db" });
    expect(parse("SQLite3:///a.db")).toEqual({ filename: "a.db" });
    expect(parse("better-sqlite3:///a.db")).toEqual({ filename: "a.db" });
    expect(parse("sqlite:a.db")).toEqual({ filename: "a.db" });
    expect(parse("sqlite::memory:")).toEqual({ filename: ":memory:" });
  });

  it("undoes percent encoding, and leaves alone what is none", () => {
    expect(parse("sqlite:///a%20b.db")).toEqual({ filename: "a b.db" });
    expect(parse("sqlite:///100%.db")).toEqual({ filename: "100%.db" });
  });

  it("reads the mode", () => {
    expect(parse("sqlite:///a.db?mode=ro")).toEqual({ filename: "a.db", readonly: true });
    expect(parse("sqlite:///a.db?mode=rw")).toEqual({ filename: "a.db", fileMustExist: true });
    expect(parse("sqlite:///a.db?mode=rwc")).toEqual({ filename: "a.db" });
    expect(parse("sqlite:///file:a.db?mode=ro&uri=true")).toEqual({ filename: "file:a.db?mode=ro&uri=true" });
    expect(() => connector(parse("sqlite:///file:a.db?mode=ro&uri=true"))).not.toThrow();
  });

  it("takes a file: URL and a plain path as they are", () => {
    expect(parse("file:a.db?mode=ro")).toEqual({ filename: "file:a.db?mode=ro" });
    expect(parse(":memory:")).toEqual({ filename: ":memory:" });
    expect(parse("/data/a.db")).toEqual({ filename: "/data/a.db" });
    expect(parse("C:\\data\\a.db")).toEqual({ filename: "C:\\data\\a.db" });
  });

  it("refuses hosts, other engines and parameters that it does not know, without quoting the URL", () => {
    for (const url of [
      "sqlite://user:hunter2@host/a.db",
      "postgresql://user:hunter2@host/a",
      "sqlite:///a.db?timeout=20&key=hunter2",
      "sqlite:///a.db?mode=hunter2",
    ]) {
      let error: unknown;
      try {
        parse(url);
      } catch (thrown) {
        error = thrown;
      }
      expect(error, url).toBeInstanceOf(ConfigurationError);
      expect(String(error)).not.toContain("hunter2");
    }
  });
});
