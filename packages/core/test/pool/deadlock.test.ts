import { describe, expect, it } from "vitest";
import { PoolDeadlockError } from "../../src/errors/index.ts";
import { Holder } from "../../src/pool/index.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { must, poolUnderTest, watch } from "./pool-under-test.ts";

describe("deadlock", () => {
  it("fails the newest of two transactions that starve a pool of two, in no time", async () => {
    const { pool, clock } = poolUnderTest({ max: 2 });
    const outer = [new Holder(undefined, "transaction"), new Holder(undefined, "transaction")] as const;
    const leases = await Promise.all(outer.map((holder) => pool.acquire({ holder })));
    const start = clock.now();
    const first = watch(pool.acquire({ holder: new Holder(outer[0]) }));
    await settled();
    expect(first.state).toBe("pending");
    const second = watch(pool.acquire({ holder: new Holder(outer[1]) }));
    await settled();
    expect(clock.now() - start).toBeLessThan(100);
    expect(second.error).toBeInstanceOf(PoolDeadlockError);
    expect(second.error).toMatchObject({ database: "orders", retryable: true, pool: { max: 2, busy: 2 }, holders: [] });
    expect(first.state).toBe("pending");
    must(leases[1]).release();
    await settled();
    expect(first.state).toBe("resolved");
    expect(pool.stats().rejected.deadlock).toBe(1);
  });

  it("tells where the connections were taken, with leak detection on", async () => {
    const { pool } = poolUnderTest({ max: 1, leakDetectionMs: 10_000 });
    const holder = new Holder();
    const lease = await pool.acquire({ holder });
    const error = await pool.acquire({ holder: new Holder(holder) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PoolDeadlockError);
    expect((error as PoolDeadlockError).holders).toHaveLength(1);
    expect((error as PoolDeadlockError).holders[0]).toContain("deadlock.test.ts");
    lease.release();
  });

  it("sees a scope that waits for itself, however deep inside", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const holder = new Holder();
    await pool.acquire({ holder });
    const deep = new Holder(new Holder(new Holder(holder)));
    await expect(pool.acquire({ holder: deep })).rejects.toThrow(PoolDeadlockError);
  });

  it("leaves alone whoever waits for somebody that works", async () => {
    const { pool } = poolUnderTest({ max: 2 });
    const nested = new Holder();
    await pool.acquire({ holder: nested });
    const busy = await pool.acquire({ holder: new Holder() });
    const waiting = watch(pool.acquire({ holder: new Holder(nested) }));
    await settled();
    expect(waiting.state).toBe("pending");
    busy.release();
    await settled();
    expect(waiting.state).toBe("resolved");
  });

  it("leaves alone a pool that still grows, and leases without a holder", async () => {
    const growing = poolUnderTest({ max: 2 });
    const holder = new Holder();
    await growing.pool.acquire({ holder });
    growing.server.connects = "hang";
    const waiting = watch(growing.pool.acquire({ holder: new Holder(holder) }));
    await settled();
    expect(waiting.state).toBe("pending");
    const anonymous = poolUnderTest({ max: 1 });
    await anonymous.pool.acquire();
    const other = watch(anonymous.pool.acquire({ holder: new Holder() }));
    await settled();
    expect(other.state).toBe("pending");
  });

  it("is found across several databases", async () => {
    const clock = new FakeClock();
    const orders = poolUnderTest({ max: 1 }, { label: "orders", clock });
    const audit = poolUnderTest({ max: 1 }, { label: "audit", clock });
    const one = new Holder(undefined, "transaction on orders");
    const two = new Holder(undefined, "transaction on audit");
    await orders.pool.acquire({ holder: one });
    const held = await audit.pool.acquire({ holder: two });
    const first = watch(audit.pool.acquire({ holder: new Holder(one) }));
    await settled();
    expect(first.state).toBe("pending");
    await expect(orders.pool.acquire({ holder: new Holder(two) })).rejects.toMatchObject({
      code: "MDB_POOL_DEADLOCK",
      database: "orders",
    });
    held.release();
    await settled();
    expect(first.state).toBe("resolved");
  });

  it("is not seen where one of several databases can still move", async () => {
    const clock = new FakeClock();
    const orders = poolUnderTest({ max: 1 }, { label: "orders", clock });
    const audit = poolUnderTest({ max: 2 }, { label: "audit", clock });
    const one = new Holder();
    const two = new Holder();
    await orders.pool.acquire({ holder: one });
    await audit.pool.acquire({ holder: two });
    const working = await audit.pool.acquire({ holder: new Holder() });
    const first = watch(audit.pool.acquire({ holder: new Holder(one) }));
    const second = watch(orders.pool.acquire({ holder: new Holder(two) }));
    await settled();
    expect([first.state, second.state]).toEqual(["pending", "pending"]);
    working.release();
    await settled();
    expect(first.state).toBe("resolved");
  });

  it("is found when a scope gets a connection while another one inside it waits behind", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const busy = await pool.acquire();
    const outer = new Holder();
    const first = watch(pool.acquire({ holder: outer }));
    const inner = watch(pool.acquire({ holder: new Holder(outer) }));
    await settled();
    expect([first.state, inner.state]).toEqual(["pending", "pending"]);
    busy.release();
    await settled();
    expect(first.state).toBe("resolved");
    expect(inner.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("leaves no trace on a holder once its waits are over", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 100 });
    const outer = new Holder();
    const lease = await pool.acquire();
    const controller = new AbortController();
    watch(pool.acquire({ holder: new Holder(outer), signal: controller.signal }));
    watch(pool.acquire({ holder: new Holder(outer) }));
    expect(outer.waits).toHaveLength(2);
    controller.abort();
    await clock.advance(300);
    expect(outer.waits).toEqual([]);
    lease.release();
    (await pool.acquire({ holder: outer })).release();
    expect(outer.leases).toBe(0);
  });
});
