import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/driver/index.ts";
import { Pool } from "../../src/pool/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";
import { poolUnderTest, watch } from "./pool-under-test.ts";

describe("the housekeeper", () => {
  it("needs one timer for all pools, and none once they are closed", async () => {
    const clock = new FakeClock();
    const pools = ["a", "b", "c", "d"].map((label) => poolUnderTest({}, { clock, label }).pool);
    for (const pool of pools) (await pool.acquire()).release();
    expect(clock.timers).toBe(1);
    for (const pool of pools) await pool.close();
    expect(clock.timers).toBe(0);
  });

  it("needs one timer for thousands of callers that wait", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    await pool.acquire();
    for (let count = 0; count < 2_000; count++) watch(pool.acquire({ deadline: clock.now() + 3_000 + count }));
    expect(clock.timers).toBe(1);
    await clock.advance(20_000);
    expect(pool.stats()).toMatchObject({ timeouts: 2_000, waiting: 0 });
  });

  it("keeps the process alive exactly while somebody waits", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    expect(clock.keptAlive).toBe(0);
    const waiting = watch(pool.acquire());
    expect(clock.keptAlive).toBe(1);
    lease.release();
    expect(clock.keptAlive).toBe(0);
    await clock.advance(1);
    expect(waiting.state).toBe("resolved");
  });

  it("rests while no pool has a connection", async () => {
    const { pool, clock } = poolUnderTest({ idleTimeoutMs: 10_000 });
    (await pool.acquire()).release();
    await clock.advance(30_000);
    expect(pool.stats().total).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it("is one for the whole process, also with two copies of this package", async () => {
    const own = await import("../../src/pool/housekeeper.ts");
    vi.resetModules();
    const copy = await import("../../src/pool/housekeeper.ts");
    const { systemClock: itsClock } = await import("../../src/driver/clock.ts");
    expect(itsClock).not.toBe(systemClock);
    expect(copy.housekeeperOf(itsClock)).toBe(own.housekeeperOf(systemClock));
  });

  it("serves two copies of this package side by side", async () => {
    vi.resetModules();
    const copy = await import("../../src/pool/index.ts");
    expect(copy.Pool).not.toBe(Pool);
    const clock = new FakeClock();
    const pools = [Pool, copy.Pool].map(
      (Made) => new Made(new FakeServer(clock), { acquireTimeoutMs: 500, max: 1 }, { clock }),
    );
    const waiting = pools.map(async (pool) => {
      await pool.acquire();
      return pool.acquire().catch((error: unknown) => error);
    });
    await clock.advance(1_000);
    expect(clock.timers).toBe(1);
    for (const outcome of waiting) expect(await outcome).toMatchObject({ code: "MDB_POOL_TIMEOUT" });
    const closing = Promise.all(pools.map((pool) => pool.close({ timeoutMs: 0 })));
    await clock.advance(1);
    expect(await closing).toEqual([{ destroyed: 1 }, { destroyed: 1 }]);
    expect(clock.timers).toBe(0);
  });
});
