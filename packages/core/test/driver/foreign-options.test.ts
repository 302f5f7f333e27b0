import { describe, expect, it } from "vitest";
import { ConfigurationError, checkOptions } from "../../src/index.ts";

function complaint(options: object): string {
  try {
    checkOptions("shop", options, { host: { type: "string" }, connectionString: { type: "string" } });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error("no complaint");
}

describe("an option of another library", () => {
  it.each([
    ["pool_size", "pool.max"],
    ["max_overflow", "pool.max"],
    ["pool_recycle", "pool.maxLifetimeMs"],
    ["pool_pre_ping", "pool.validateAfterIdleMs"],
    ["connectionLimit", "pool.max"],
    ["max", "pool.max"],
    ["acquireTimeoutMillis", "pool.acquireTimeoutMs"],
    ["idleTimeoutMillis", "pool.idleTimeoutMs"],
    ["connectionTimeoutMillis", "pool.acquireTimeoutMs"],
    ["poolMax", "pool.max"],
    ["poolMin", "pool.min"],
    ["Connection Timeout", "pool.connectTimeoutMs"],
    ["statement_timeout", "statementTimeoutMs"],
    ["uri", "connectionString"],
    ["url", "connectionString"],
  ])("is refused with what to write here: %s", (theirs, ours) => {
    expect(complaint({ [theirs]: 1 })).toContain(`shop: unknown option "${theirs}"; did you mean "${ours}"?`);
  });

  it.each([
    ["username", "user"],
    ["pass", "password"],
    ["hostname", "host"],
    ["db", "database"],
    ["dbname", "database"],
    ["dsn", "connectionString"],
    ["databaseUrl", "connectionString"],
  ])("is refused with what to write here, where that is possible: %s", (theirs, ours) => {
    const problem = (rules: object): string => {
      try {
        checkOptions("shop", { [theirs]: "x" }, rules as never);
      } catch (error) {
        return (error as Error).message;
      }
      return "no complaint";
    };
    expect(problem({ [ours]: { type: "string" } })).toBe(`shop: unknown option "${theirs}"; did you mean "${ours}"?`);
    expect(problem({ codeword: { type: "string" } })).toBe(`shop: unknown option "${theirs}"`);
  });

  it.each(["path", "file", "database", "storage"])("is a file where there is no server: %s", (theirs) => {
    const check = () => checkOptions("shop", { [theirs]: "a.db" }, { filename: { type: "string" } });
    expect(check).toThrow(`shop: unknown option "${theirs}"; did you mean "filename"?`);
  });

  it.each([
    ["maximum", "max"],
    ["minimum", "min"],
    ["size", "max"],
    ["limit", "max"],
  ])("is refused with what to write here, in the pool's: %s", (theirs, ours) => {
    const rules = { max: { type: "count" }, min: { type: "count" } } as const;
    const check = () => checkOptions("shop", { [theirs]: 1 }, rules, "pool.");
    expect(check).toThrow(`shop: unknown option "pool.${theirs}"; did you mean "${ours}"?`);
    const elsewhere = () => checkOptions("page", { [theirs]: 1 }, { codeword: { type: "count" } });
    expect(elsewhere).toThrow(new ConfigurationError(`page: unknown option "${theirs}"`, { key: theirs }));
  });

  it("says so where there is nothing to write", () => {
    expect(complaint({ echo: true })).toBe(
      'shop: unknown option "echo"; there is no such option here: subscribe to the diagnostics channel "mdb:query"',
    );
  });

  it("is told by whoever checks, where that one knows better", () => {
    const own = { connectionlimit: { name: "connections" }, charset: { note: "it is always utf8" } };
    const check = (options: object) => () => checkOptions("shop", options, { connections: { type: "count" } }, "", own);
    expect(check({ connectionLimit: 1 })).toThrow(
      'shop: unknown option "connectionLimit"; did you mean "connections"?',
    );
    expect(check({ charset: "latin1" })).toThrow('shop: unknown option "charset"; it is always utf8');
    expect(check({ poolRecycle: 1 })).toThrow('did you mean "pool.maxLifetimeMs"?');
  });

  it("of a database is told by its name for one statement, where it is given to one", () => {
    const check = () => checkOptions("query", { statement_timeout: 1 }, { timeoutMs: { type: "milliseconds" } });
    expect(check).toThrow('query: unknown option "statement_timeout"; did you mean "timeoutMs"? (in milliseconds)');
  });

  it("is no better known than a slip of the pen where nobody knows it", () => {
    expect(complaint({ hots: "x" })).toBe('shop: unknown option "hots"; did you mean "host"?');
    expect(complaint({ constructor: 1 })).toBe('shop: unknown option "constructor"');
  });
});
