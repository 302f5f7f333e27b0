import { describe, expect, it } from "vitest";
import { PoolOverloadedError } from "../../src/errors/index.ts";
import type { PoolOptions } from "../../src/pool/index.ts";
import { type FakeClock, settled } from "./fake-clock.ts";
import { must, poolUnderTest, take, watch } from "./pool-under-test.ts";

function pause(clock: FakeClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(resolve, ms);
  });
}

/**
 * Twice the load that ten connections of 100 ms can carry, for 20 s, then 80 % of it for 20 s; callers whose answer takes over a
 * second have gone by then. The share of useful answers of each half.
 */
async function overload(
  shedding: NonNullable<PoolOptions["shedding"]>,
): Promise<readonly [during: number, after: number]> {
  const { pool, clock } = poolUnderTest({ max: 10, shedding });
  const asked = [0, 0];
  const useful = [0, 0];
  const call = async (half: 0 | 1): Promise<void> => {
    asked[half] = (asked[half] ?? 0) + 1;
    const start = clock.now();
    try {
      const lease = await pool.acquire();
      // The work is done whether or not somebody still waits for it.
      await pause(clock, 100);
      lease.release();
      if (clock.now() - start <= 1_000) useful[half] = (useful[half] ?? 0) + 1;
    } catch {
      // Not useful.
    }
  };
  const calls: Promise<void>[] = [];
  for (let tick = 0; tick < 2_000; tick++) {
    calls.push(call(0), call(0));
    await clock.advance(10);
  }
  for (let tick = 0; tick < 2_000; tick++) {
    if (tick % 5 !== 0) calls.push(call(1));
    await clock.advance(10);
  }
  await clock.advance(20_000);
  await Promise.all(calls);
  return [must(useful[0]) / must(asked[0]), must(useful[1]) / must(asked[1])];
}

describe("shedding", () => {
  it("collapses without it, and stays collapsed", { timeout: 60_000 }, async () => {
    const [during, after] = await overload("off");
    expect(during).toBeLessThan(0.2);
    expect(after).toBeLessThan(0.5);
  });

  it("keeps half of the answers useful at twice the load with controlled delay, and all of them afterwards", {
    timeout: 60_000,
  }, async () => {
    const [during, after] = await overload({ targetMs: 100, intervalMs: 1_000 });
    expect(during).toBeGreaterThanOrEqual(0.45);
    expect(after).toBeGreaterThanOrEqual(0.95);
  });

  it("refuses at once a caller whose own deadline will pass before its turn, and nobody else", async () => {
    const { pool, clock } = poolUnderTest({ max: 2 });
    for (let round = 0; round < 20; round++) {
      const leases = await take(pool, 2);
      await clock.advance(100);
      for (const lease of leases) lease.release();
    }
    await take(pool, 2);
    const patient = Array.from({ length: 10 }, () => watch(pool.acquire()));
    await expect(pool.acquire({ deadline: clock.now() + 300 })).rejects.toThrow(PoolOverloadedError);
    const withTime = watch(pool.acquire({ deadline: clock.now() + 5_000 }));
    const withoutDeadline = watch(pool.acquire());
    await settled();
    expect([...patient, withTime, withoutDeadline].every(({ state }) => state === "pending")).toBe(true);
    expect(pool.stats().rejected.overloaded).toBe(1);
  });

  it("refuses nobody while the pool can still grow, or does not know how long work takes", async () => {
    const { pool, clock } = poolUnderTest({ max: 2 });
    await take(pool, 2);
    const unknown = watch(pool.acquire({ deadline: clock.now() + 1 }));
    await settled();
    expect(unknown.state).toBe("pending");
  });

  it("tells its errors apart from a timeout, with the pool's figures", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, shedding: { targetMs: 50, intervalMs: 100 } });
    const lease = await pool.acquire();
    const old = watch(pool.acquire());
    await clock.advance(150);
    const young = watch(pool.acquire());
    lease.release();
    await settled();
    expect(old.error).toMatchObject({ code: "MDB_POOL_OVERLOADED", retryable: true, pool: { max: 1, total: 1 } });
    expect(young.state).toBe("resolved");
  });
});
