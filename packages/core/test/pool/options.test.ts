import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/errors/index.ts";
import { checkPoolOptions, Pool, type PoolOptions, poolDefaults } from "../../src/pool/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";

function complaint(options: unknown): ConfigurationError {
  try {
    checkPoolOptions(options as PoolOptions, "orders");
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("no complaint");
}

describe("pool options", () => {
  it("have the documented defaults, and fill in what is left out", () => {
    expect(checkPoolOptions(undefined, "orders")).toEqual(poolDefaults);
    expect(poolDefaults).toMatchObject({
      max: 10,
      min: 0,
      acquireTimeoutMs: 10_000,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 600_000,
      maxLifetimeMs: 1_800_000,
      lifetimeJitter: 0.25,
      maxUses: Number.POSITIVE_INFINITY,
      validateAfterIdleMs: 1_000,
      validateTimeoutMs: 2_000,
      keepaliveMs: 120_000,
      reset: "auto",
      deadlockPatienceMs: 1_000,
      maxQueue: 10_000,
      failFastAfter: 3,
      shedding: "deadline",
      leakDetectionMs: 0,
      holdLimitMs: 0,
      closeTimeoutMs: 5_000,
      drainTimeoutMs: 10_000,
      keepProcessAlive: false,
    });
    const checked = checkPoolOptions({ max: 3, min: undefined as never, backoff: { maxMs: 900 } }, "orders");
    expect(checked).toEqual({ ...poolDefaults, max: 3, backoff: { ...poolDefaults.backoff, maxMs: 900 } });
  });

  it("are frozen copies", () => {
    const shedding = { targetMs: 100, intervalMs: 1_000 };
    const checked = checkPoolOptions({ shedding }, "orders");
    expect(
      [checked, checked.backoff, checked.shedding, poolDefaults, poolDefaults.backoff].every(Object.isFrozen),
    ).toBe(true);
    expect(checked.shedding).toEqual(shedding);
    expect(checked.shedding).not.toBe(shedding);
  });

  it.each([
    [{ max: 0 }, "pool.max", /"pool\.max" must be an integer of at least 1, not 0/],
    [{ max: "10" }, "pool.max", /must be an integer of at least 1, not a string/],
    [{ max: 2.5 }, "pool.max", /not 2\.5/],
    [{ min: -1 }, "pool.min", /"pool\.min" must be an integer of at least 0, not -1/],
    [{ max: 2, min: 3 }, "pool.min", /"pool\.min" must be at most pool\.max \(2\), not 3/],
    [{ min: 11 }, "pool.min", /at most pool\.max \(10\)/],
    [
      { acquireTimeoutMs: Number.POSITIVE_INFINITY },
      "pool.acquireTimeoutMs",
      /a finite number of milliseconds above 0, not Infinity/,
    ],
    [{ connectTimeoutMs: Number.NaN }, "pool.connectTimeoutMs", /not NaN/],
    [{ idleTimeoutMs: 0 }, "pool.idleTimeoutMs", /above 0, or Infinity for never, not 0/],
    [{ lifetimeJitter: 25 }, "pool.lifetimeJitter", /a number from 0 to 1, not 25/],
    [{ maxUses: null }, "pool.maxUses", /an integer of at least 1, or Infinity, not null/],
    [{ reset: "allways" }, "pool.reset", /"auto" or "always", not "allways"; did you mean "always"\?/],
    [{ shedding: "on" }, "pool.shedding", /"deadline", "off" or an object/],
    [{ shedding: { targetMs: 5 } }, "pool.shedding.intervalMs", /"pool\.shedding\.intervalMs" is missing/],
    [
      { backoff: { initalMs: 5 } },
      "pool.backoff.initalMs",
      /unknown option "pool\.backoff\.initalMs"; did you mean "initialMs"\?/,
    ],
    [{ backoff: { maxMs: -5 } }, "pool.backoff.maxMs", /above 0, not -5/],
    [{ keepProcessAlive: 1 }, "pool.keepProcessAlive", /true or false, not 1/],
    [{ maxx: 5 }, "pool.maxx", /orders: unknown option "pool\.maxx"; did you mean "max"\?/],
    [{ idleTimeoutMillis: 5 }, "pool.idleTimeoutMillis", /did you mean "idleTimeoutMs"\?/],
    [{ poolMax: 5 }, "pool.poolMax", /did you mean "max"\?/],
    [{ "Connection Timeout": 5 }, "pool.Connection Timeout", /did you mean "connectTimeoutMs"\? \(in milliseconds\)/],
    [{ pool_recycle: 5 }, "pool.pool_recycle", /did you mean "maxLifetimeMs"\? \(in milliseconds, not seconds\)/],
    [{ statement_timeout: 5 }, "pool.statement_timeout", /did you mean "statementTimeoutMs"\?/],
    [{ echo: true }, "pool.echo", /unknown option "pool\.echo"; there is no such option here: subscribe to/],
    [{ uri: "x" }, "pool.uri", /unknown option "pool\.uri"$/],
    [{ deadlockPatienceMs: 0 }, "pool.deadlockPatienceMs", /above 0, or Infinity for never, not 0/],
  ])("that cannot be right are refused with their key: %j", (options, key, message) => {
    const error = complaint(options);
    expect(error.key).toBe(key);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^orders: /);
  });

  it("are refused as a whole when they are no object", () => {
    for (const options of [5, "max=5", [], null])
      expect(complaint(options === null ? [] : options).message).toMatch(/must be an object/);
  });

  it("are checked when the pool is made, before anything connects", () => {
    const server = new FakeServer(new FakeClock());
    expect(() => new Pool(server, { max: -1 })).toThrow(ConfigurationError);
  });
});
