import { describe, expect, it } from "vitest";
import { PoolDeadlockError } from "../../src/errors/index.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { must, poolUnderTest, watch } from "./pool-under-test.ts";
import { TestScope } from "./test-scope.ts";

/** Beyond `deadlockPatienceMs`, and what the pool's timers are late by. */
const patienceOver = 1_200;

describe("deadlock", () => {
  it("fails the newest of two transactions that starve a pool of two, once both have stood still", async () => {
    const { pool, clock } = poolUnderTest({ max: 2 });
    const outer = [new TestScope(undefined, "transaction"), new TestScope(undefined, "transaction")] as const;
    const leases = await Promise.all(outer.map((holder) => pool.acquire({ holder })));
    const first = watch(pool.acquire({ holder: new TestScope(outer[0]) }));
    const second = watch(pool.acquire({ holder: new TestScope(outer[1]) }));
    await clock.advance(990);
    expect([first.state, second.state]).toEqual(["pending", "pending"]);
    await clock.advance(50);
    expect(second.error).toBeInstanceOf(PoolDeadlockError);
    expect(second.error).toMatchObject({ database: "orders", retryable: true, pool: { max: 2, busy: 2 }, holders: [] });
    expect((second.error as Error).message).toMatch(/for 1\d\d\d ms no holder has used its own/);
    expect(first.state).toBe("pending");
    must(leases[1]).release();
    await settled();
    expect(first.state).toBe("resolved");
    expect(pool.stats().rejected.deadlock).toBe(1);
  });

  it("fails one at a time, with a pause in which the others may move", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const outer = new TestScope();
    await pool.acquire({ holder: outer });
    const waiting = [1, 2, 3].map(() => watch(pool.acquire({ holder: new TestScope(outer) })));
    const states: number[] = [];
    for (let round = 0; round < 12; round++) {
      await clock.advance(round === 0 ? 1_000 : 50);
      states.push(waiting.filter(({ state }) => state === "rejected").length);
    }
    expect([...new Set(states)]).toEqual([1, 2, 3]);
  });

  it("tells where the connections were taken, with leak detection on", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, leakDetectionMs: 10_000 });
    const holder = new TestScope();
    const lease = await pool.acquire({ holder });
    const waiting = watch(pool.acquire({ holder: new TestScope(holder) }));
    await clock.advance(patienceOver);
    expect(waiting.error).toBeInstanceOf(PoolDeadlockError);
    expect((waiting.error as PoolDeadlockError).holders).toHaveLength(1);
    expect((waiting.error as PoolDeadlockError).holders[0]).toContain("deadlock.test.ts");
    lease.release();
  });

  it("sees a scope that waits for itself, however deep inside", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const holder = new TestScope();
    await pool.acquire({ holder });
    const deep = watch(pool.acquire({ holder: new TestScope(new TestScope(new TestScope(holder))) }));
    await clock.advance(patienceOver);
    expect(deep.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("sees two streams that are read in turns, and a query beside a session", async () => {
    const request = new TestScope();
    for (const parent of [undefined, request]) {
      const { pool, clock } = poolUnderTest({ max: 1 });
      await pool.acquire({ holder: new TestScope(parent, "stream") });
      const beside = watch(pool.acquire({ holder: new TestScope(parent, "stream") }));
      const deeper = watch(pool.acquire({ holder: new TestScope(new TestScope(parent)) }));
      await clock.advance(2 * patienceOver);
      expect(beside.error).toBeInstanceOf(PoolDeadlockError);
      expect(deeper.error).toBeInstanceOf(PoolDeadlockError);
    }
  });

  it("sees that a caller without a scope waits for a root that stands still", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    await pool.acquire({ holder: new TestScope() });
    const waiting = watch(pool.acquire());
    await clock.advance(patienceOver);
    expect(waiting.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("lets a call that nobody awaits have its turn when its holder ends", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const outer = new TestScope();
    const lease = await pool.acquire({ holder: outer });
    const log = watch(pool.acquire({ holder: new TestScope(outer, "statement") }));
    await clock.advance(900);
    lease.release();
    await settled();
    expect(log.state).toBe("resolved");
  });

  it("counts calls on the wire, and calls that have begun or ended, as moving", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 60_000 });
    const outer = new TestScope();
    await pool.acquire({ holder: outer });
    const waiting = watch(pool.acquire({ holder: new TestScope(outer) }));
    outer.busy = 1;
    await clock.advance(5_000);
    expect(waiting.state).toBe("pending");
    outer.busy = 0;
    for (let round = 0; round < 10; round++) {
      outer.activeAt = clock.now();
      await clock.advance(900);
    }
    expect(waiting.state).toBe("pending");
    await clock.advance(400);
    expect(waiting.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("leaves alone whoever waits for somebody that works", async () => {
    const { pool, clock } = poolUnderTest({ max: 2 });
    const nested = new TestScope();
    await pool.acquire({ holder: nested });
    const working = new TestScope();
    working.busy = 1;
    const busy = await pool.acquire({ holder: working });
    const waiting = watch(pool.acquire({ holder: new TestScope(nested) }));
    await clock.advance(5_000);
    expect(waiting.state).toBe("pending");
    busy.release();
    await settled();
    expect(waiting.state).toBe("resolved");
  });

  it("leaves alone whoever waits for a scope of somebody else", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const request = new TestScope();
    await pool.acquire({ holder: new TestScope(request, "transaction") });
    const other = watch(pool.acquire({ holder: new TestScope() }));
    const nobody = watch(pool.acquire());
    await clock.advance(5_000);
    expect([other.state, nobody.state]).toEqual(["pending", "pending"]);
  });

  it("leaves those who hold nothing to the bounds that they brought, but not those who hold something", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const outer = new TestScope();
    await pool.acquire({ holder: outer });
    const { signal } = new AbortController();
    const bounded = watch(pool.acquire({ holder: new TestScope(), deadline: clock.now() + 4_000 }));
    const withSignal = watch(pool.acquire({ signal }));
    const inside = watch(pool.acquire({ holder: new TestScope(outer), signal }));
    await clock.advance(3_000);
    expect([bounded.state, withSignal.state]).toEqual(["pending", "pending"]);
    expect(inside.error).toBeInstanceOf(PoolDeadlockError);
    await clock.advance(1_300);
    expect(bounded.error).toMatchObject({ code: "MDB_POOL_TIMEOUT" });
  });

  it("is not looked for with deadlockPatienceMs Infinity, and sooner with less", async () => {
    const never = poolUnderTest({ max: 1, deadlockPatienceMs: Number.POSITIVE_INFINITY, acquireTimeoutMs: 60_000 });
    const holder = new TestScope();
    await never.pool.acquire({ holder });
    const patient = watch(never.pool.acquire({ holder: new TestScope(holder) }));
    await never.clock.advance(50_000);
    expect(patient.state).toBe("pending");
    const soon = poolUnderTest({ max: 1, deadlockPatienceMs: 50 });
    const other = new TestScope();
    await soon.pool.acquire({ holder: other });
    const hasty = watch(soon.pool.acquire({ holder: new TestScope(other) }));
    await soon.clock.advance(200);
    expect(hasty.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("leaves alone a pool that still grows, and leases without a holder", async () => {
    const growing = poolUnderTest({ max: 2 });
    const holder = new TestScope();
    await growing.pool.acquire({ holder });
    growing.server.connects = "hang";
    const waiting = watch(growing.pool.acquire({ holder: new TestScope(holder) }));
    await growing.clock.advance(5_000);
    expect(waiting.state).toBe("pending");
    const anonymous = poolUnderTest({ max: 1 });
    await anonymous.pool.acquire();
    const other = watch(anonymous.pool.acquire({ holder: new TestScope() }));
    await anonymous.clock.advance(5_000);
    expect(other.state).toBe("pending");
  });

  it("is found across several databases", async () => {
    const clock = new FakeClock();
    const orders = poolUnderTest({ max: 1 }, { label: "orders", clock });
    const audit = poolUnderTest({ max: 1 }, { label: "audit", clock });
    const one = new TestScope(new TestScope(), "transaction on orders");
    const two = new TestScope(new TestScope(), "transaction on audit");
    await orders.pool.acquire({ holder: one });
    const held = await audit.pool.acquire({ holder: two });
    const first = watch(audit.pool.acquire({ holder: new TestScope(one) }));
    await clock.advance(500);
    const second = watch(orders.pool.acquire({ holder: new TestScope(two) }));
    await clock.advance(patienceOver);
    const failed = [first, second].filter(({ error }) => error instanceof PoolDeadlockError);
    expect(failed).toHaveLength(1);
    if (first.state === "pending") {
      held.release();
      await settled();
      expect(first.state).toBe("resolved");
    }
  });

  it("is not seen where one of several databases can still move", async () => {
    const clock = new FakeClock();
    const orders = poolUnderTest({ max: 1 }, { label: "orders", clock });
    const audit = poolUnderTest({ max: 2 }, { label: "audit", clock });
    const one = new TestScope();
    const two = new TestScope();
    await orders.pool.acquire({ holder: one });
    await audit.pool.acquire({ holder: two });
    const scope = new TestScope();
    scope.busy = 1;
    const working = await audit.pool.acquire({ holder: scope });
    const first = watch(audit.pool.acquire({ holder: new TestScope(one) }));
    const second = watch(orders.pool.acquire({ holder: new TestScope(two) }));
    await clock.advance(5_000);
    expect([first.state, second.state]).toEqual(["pending", "pending"]);
    working.release();
    await settled();
    expect(first.state).toBe("resolved");
  });

  it("is found when a scope gets a connection while another one inside it waits behind", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const busy = await pool.acquire();
    const outer = new TestScope();
    const first = watch(pool.acquire({ holder: outer }));
    const inner = watch(pool.acquire({ holder: new TestScope(outer) }));
    await clock.advance(5_000);
    expect([first.state, inner.state]).toEqual(["pending", "pending"]);
    busy.release();
    await clock.advance(900);
    expect([first.state, inner.state]).toEqual(["resolved", "pending"]);
    await clock.advance(1_300);
    expect(inner.error).toBeInstanceOf(PoolDeadlockError);
  });

  it("costs no timer once nobody waits", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, idleTimeoutMs: 1_000 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    lease.release();
    await settled();
    must(waiting.value).release();
    await clock.advance(5_000);
    expect(clock.timers).toBe(0);
  });

  it("leaves no trace on a holder once its waits are over", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 100 });
    const outer = new TestScope();
    const lease = await pool.acquire();
    const controller = new AbortController();
    watch(pool.acquire({ holder: new TestScope(outer), signal: controller.signal }));
    watch(pool.acquire({ holder: new TestScope(outer) }));
    expect(outer.waits).toHaveLength(2);
    controller.abort();
    await clock.advance(300);
    expect(outer.waits).toEqual([]);
    lease.release();
    (await pool.acquire({ holder: outer })).release();
    expect(outer.leases).toBe(0);
  });
});
