import { describe, expect, it } from "vitest";
import { PoolDeadlockError, PoolTimeoutError } from "../../src/errors/index.ts";
import { ConnectionBudget, connectionBudget, Pool, type PoolOptions } from "../../src/pool/index.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";
import { watch } from "./pool-under-test.ts";
import { TestScope } from "./test-scope.ts";

/** Pools on one clock and one budget, each with a server of its own. */
function poolsOn(max: number, options: PoolOptions = {}, patienceMs = 10) {
  const clock = new FakeClock();
  const budget = new ConnectionBudget({ max, patienceMs });
  const make = (label: string, more: PoolOptions = {}) => {
    const server = new FakeServer(clock, { label });
    return { pool: new Pool(server, { ...options, ...more }, { clock, random: () => 0.5, budget }), server };
  };
  return { clock, budget, make };
}

describe("a budget of connections", () => {
  it("refuses options that are wrong, by name", () => {
    expect(() => connectionBudget({ max: 0 })).toThrow('option "max" must be at least 1');
    expect(() => connectionBudget({ max: 2.5 })).toThrow('option "max"');
    expect(() => connectionBudget({ max: 2, patience: 3 } as never)).toThrow('unknown option "patience"');
  });

  it("closes the idle connection that has rested longest for a pool that may not open one", async () => {
    const { clock, budget, make } = poolsOn(2);
    const [a, b, c] = [make("a"), make("b"), make("c")];
    (await a.pool.acquire()).release();
    await clock.advance(5);
    (await b.pool.acquire()).release();
    const lease = await c.pool.acquire();
    expect([a, b, c].map(({ pool }) => pool.stats().total)).toEqual([0, 1, 1]);
    expect(a.pool.stats().destroyed.yielded).toBe(1);
    expect(budget.stats()).toEqual({ max: 2, used: 2, starving: 0, reclaimed: 1, handedOver: 0 });
    lease.release();
  });

  it("counts a connection until it is gone: also one that takes its time to close, or to be given up", async () => {
    const { clock, budget, make } = poolsOn(1);
    const [a, b] = [make("a"), make("b")];
    (await a.pool.acquire()).release();
    for (const connection of a.server.connections) connection.closes = "hang";
    const waiting = watch(b.pool.acquire());
    await clock.advance(400);
    expect(a.pool.stats()).toMatchObject({ closing: 1, total: 1 });
    expect(b.server.attempts).toEqual([]);
    expect(budget.stats()).toMatchObject({ used: 1, starving: 1 });
    // A goodbye for another pool's sake is cut after half a second.
    await clock.advance(150);
    expect(waiting.state).toBe("resolved");
  });

  it("hands a connection of a busy pool over once another one has starved for its patience, one for each", async () => {
    const { clock, budget, make } = poolsOn(4);
    const [noisy, quiet] = [make("noisy"), make("quiet")];
    const held = await Promise.all([1, 2, 3, 4].map(() => noisy.pool.acquire()));
    for (let index = 0; index < 10; index++) watch(noisy.pool.acquire());
    const waiting = watch(quiet.pool.acquire());
    await clock.advance(5);
    held[0]?.release();
    await settled();
    expect(waiting.state).toBe("pending");
    await clock.advance(6);
    held[1]?.release();
    held[2]?.release();
    await settled();
    expect(waiting.state).toBe("resolved");
    expect(budget.stats()).toMatchObject({ used: 4, handedOver: 1 });
    expect(noisy.pool.stats().total).toBe(3);
  });

  it("serves the pool that holds least first", async () => {
    const { budget, make } = poolsOn(3);
    const [rich, poor, other] = [make("rich"), make("poor"), make("other")];
    const first = await rich.pool.acquire();
    const second = await other.pool.acquire();
    const third = await other.pool.acquire();
    const waits = [watch(rich.pool.acquire()), watch(poor.pool.acquire())];
    expect(budget.stats().starving).toBe(2);
    third.destroy();
    await settled();
    expect(waits.map(({ state }) => state)).toEqual(["pending", "resolved"]);
    first.release();
    second.release();
  });

  it("says in the error of a starving pool how the budget is spread, without a name", async () => {
    const { clock, make } = poolsOn(2, { acquireTimeoutMs: 100 });
    const [a, b] = [make("acme"), make("b")];
    await Promise.all([a.pool.acquire(), a.pool.acquire()]);
    const waiting = watch(b.pool.acquire());
    await clock.advance(300);
    expect(waiting.error).toBeInstanceOf(PoolTimeoutError);
    const { message } = waiting.error as Error;
    expect(message).toContain(
      "the budget of 2 connections is used up: 1 database holds 2, the largest 2; 1 wait for one",
    );
    expect(message).not.toContain("acme");
  });

  it("finds callers that hold what there is and wait for each other through it", async () => {
    const { clock, make } = poolsOn(2, { deadlockPatienceMs: 100, acquireTimeoutMs: 60_000 });
    const [a, b, c] = [make("a"), make("b"), make("c")];
    const [one, two] = [new TestScope(), new TestScope()];
    await a.pool.acquire({ holder: one });
    await b.pool.acquire({ holder: two });
    const waits = [c.pool.acquire({ holder: new TestScope(one) }), c.pool.acquire({ holder: new TestScope(two) })].map(
      watch,
    );
    await clock.advance(190);
    const failed = waits.filter(({ state }) => state === "rejected");
    expect(failed).toHaveLength(1);
    expect(failed[0]?.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("keeps nothing of a pool that is closed or empty, nor does the housekeeper", async () => {
    const { clock, budget, make } = poolsOn(2, { idleTimeoutMs: 100 });
    const a = make("a");
    (await a.pool.acquire()).release();
    await clock.advance(1_000);
    expect(a.pool.stats().total).toBe(0);
    expect(budget.stats().used).toBe(0);
    await clock.advance(120_000);
    expect(clock.timers).toBe(0);
  });
});
