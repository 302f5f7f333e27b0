import { describe, expect, it } from "vitest";
import { settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";

const minute = 60_000;

describe("idle connections", () => {
  it("are closed when nobody used them for idleTimeoutMs, down to min", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 5, min: 2, idleTimeoutMs: 10 * minute });
    for (const lease of await take(pool, 5)) lease.release();
    await clock.advance(9 * minute);
    expect(pool.stats().idle).toBe(5);
    await clock.advance(2 * minute);
    expect(pool.stats()).toMatchObject({ idle: 2, total: 2, destroyed: { idle: 3 } });
    expect(server.connections.filter(({ state }) => state === "closed")).toHaveLength(3);
  });

  it("go although the one on top is in constant use", async () => {
    const { pool, clock } = poolUnderTest({ max: 3, idleTimeoutMs: minute });
    for (const lease of await take(pool, 3)) lease.release();
    for (let round = 0; round < 12; round++) {
      await clock.advance(10_000);
      (await pool.acquire()).release();
    }
    expect(pool.stats()).toMatchObject({ idle: 1, total: 1 });
  });

  it("are kept alive by a ping before a load balancer cuts them, without counting as used", async () => {
    const { pool, server, clock } = poolUnderTest({ keepaliveMs: 2 * minute, idleTimeoutMs: 10 * minute });
    (await pool.acquire()).release();
    await clock.advance(9 * minute);
    const { calls } = must(server.connections[0]);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    expect(new Set(calls)).toEqual(new Set(["ping"]));
    await clock.advance(2 * minute);
    expect(server.connections[0]?.state).toBe("closed");
  });

  it("are pinged at moments that differ by up to 20 %", async () => {
    const draws = [0.5, 0, 0.5, 0.999];
    const { pool, server, clock } = poolUnderTest(
      { keepaliveMs: 100_000, validateAfterIdleMs: Number.POSITIVE_INFINITY },
      { random: () => draws.shift() ?? 0.5 },
    );
    for (const lease of await take(pool, 2)) lease.release();
    await clock.advance(99_000);
    expect(server.connections.map(({ calls }) => calls.length)).toEqual([1, 0]);
    await clock.advance(46_000);
    expect(must(server.connections[1]).calls).toHaveLength(1);
  });
});

describe("a lifetime", () => {
  it("ends a resting connection in time, shortened at random by up to a quarter", async () => {
    const { pool, server, clock } = poolUnderTest(
      { maxLifetimeMs: 30 * minute, idleTimeoutMs: Number.POSITIVE_INFINITY },
      { random: () => 0.999 },
    );
    (await pool.acquire()).release();
    await clock.advance(22 * minute);
    expect(server.connections[0]?.state).toBe("open");
    await clock.advance(1.5 * minute);
    expect(server.connections[0]?.state).toBe("closed");
    expect(pool.stats().destroyed.lifetime).toBe(1);
  });

  it("is checked when a connection is lent", async () => {
    const { pool, clock } = poolUnderTest({ maxLifetimeMs: minute, lifetimeJitter: 0 });
    (await pool.acquire()).release();
    clock.block(minute);
    expect(pool.tryAcquire()).toBeUndefined();
    expect(fakeOf(await pool.acquire()).id).toBe(2);
  });

  it("never ends a connection in use, but when it comes back", async () => {
    const { pool, server, clock } = poolUnderTest({ maxLifetimeMs: minute });
    const lease = await pool.acquire();
    await clock.advance(5 * minute);
    expect(server.connections[0]?.state).toBe("open");
    lease.release();
    await settled();
    expect(server.connections[0]?.state).toBe("closed");
  });

  it("brings the replacement first where min asks for it", async () => {
    const { pool, server, clock } = poolUnderTest({
      max: 4,
      min: 2,
      maxLifetimeMs: minute,
      lifetimeJitter: 0,
      keepaliveMs: Number.POSITIVE_INFINITY,
    });
    for (const lease of await take(pool, 2)) lease.release();
    let fewest = Number.POSITIVE_INFINITY;
    for (let second = 0; second < 200; second++) {
      await clock.advance(1_000);
      fewest = Math.min(fewest, pool.stats().idle);
    }
    expect(fewest).toBeGreaterThanOrEqual(2);
    expect(server.connections.length).toBeGreaterThanOrEqual(4);
    expect(server.open.length).toBeLessThanOrEqual(3);
  });

  it("ends after maxUses loans", async () => {
    const { pool } = poolUnderTest({ maxUses: 3 });
    const ids: number[] = [];
    for (let round = 0; round < 7; round++) {
      const lease = await pool.acquire();
      ids.push(fakeOf(lease).id);
      lease.release();
      await settled();
    }
    expect(ids).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it("ends at eviction: idle connections at once, others when they come back", async () => {
    const { pool, server } = poolUnderTest();
    const [idle, lent] = await take(pool, 2);
    must(idle).release();
    pool.evict();
    await settled();
    expect(server.connections.map(({ state }) => state)).toEqual(["closed", "open"]);
    must(lent).release();
    await settled();
    expect(server.connections.map(({ state }) => state)).toEqual(["closed", "closed"]);
    expect(fakeOf(await pool.acquire()).id).toBe(3);
  });
});

describe("eviction", () => {
  it("covers what is being opened: its connection is closed, and another attempt is made at once", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    server.connects = "hang";
    server.honoursAbort = false;
    const waiting = watch(pool.acquire());
    await settled();
    server.connects = "ok";
    pool.evict();
    await clock.advance(1);
    expect(server.attempts).toHaveLength(2);
    const lease = must(waiting.value);
    expect(fakeOf(lease).id).toBe(1);
    server.release();
    await clock.advance(1);
    expect(server.connections.map(({ state }) => state)).toEqual(["open", "destroyed"]);
    expect(pool.stats()).toMatchObject({ total: 1, closing: 0, connectFailures: 0, health: "ok" });
  });

  it("waits for room where the pool has none for another attempt", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1 });
    server.connects = "hang";
    server.honoursAbort = false;
    const waiting = watch(pool.acquire());
    await settled();
    pool.evict();
    server.connects = "ok";
    await clock.advance(1);
    expect(waiting.state).toBe("pending");
    server.release();
    await clock.advance(1);
    expect(waiting.state).toBe("resolved");
    expect(server.open).toEqual([must(waiting.value).connection]);
  });

  it("does nothing to a closed pool", async () => {
    const { pool, clock } = poolUnderTest();
    (await pool.acquire()).release();
    await pool.close();
    pool.evict();
    await clock.advance(1_000);
    expect(pool.stats().total).toBe(0);
  });
});

describe("a database that lives in its one connection", () => {
  const permanent = { capabilities: { maxConnections: 1, reset: "round-trip", cancel: "in-band" } } as const;

  it("is cleaned and kept where its holder wants it destroyed, or says that it is dead although it is not", async () => {
    const { pool, server } = poolUnderTest({}, permanent);
    const lease = await pool.acquire();
    fakeOf(lease).txStatus = "active";
    expect(lease.destroy(new Error("a statement that cannot be stopped"))).toBe(false);
    await settled();
    (await pool.acquire()).release({ error: "dead" });
    await settled();
    const { calls, state } = must(server.connections[0]);
    expect([state, calls]).toEqual(["open", ["rollback", "reset session", "reset session"]]);
    expect(pool.tryAcquire()?.connection).toBe(server.connections[0]);
    expect(pool.stats()).toMatchObject({ created: 1, total: 1 });
  });

  it("is kept when it could not be cleaned, and whoever waits for it hears why until it could", async () => {
    const { pool, server } = poolUnderTest({}, permanent);
    const lease = await pool.acquire();
    const fake = fakeOf(lease);
    fake.txStatus = "active";
    fake.rollbacks = new FakeDriverError("resource", { connection: "ok" });
    lease.release();
    await settled();
    await settled();
    expect(pool.tryAcquire()).toBeUndefined();
    await expect(pool.acquire()).rejects.toMatchObject({ database: "orders" });
    fake.rollbacks = "ok";
    const next = await pool.acquire();
    expect(next.connection).toBe(fake);
    expect(fake.txStatus).toBe("idle");
    expect(server.connections).toHaveLength(1);
  });

  it("goes when it is lost, and when its pool is closed past the deadline", async () => {
    const { pool, server, clock } = poolUnderTest({}, permanent);
    const lost = await pool.acquire();
    fakeOf(lost).usable = false;
    lost.release({ error: "dead", answered: true });
    await pool.acquire();
    expect(server.connections.map(({ state }) => state)).toEqual(["destroyed", "open"]);
    const closing = watch(pool.close({ timeoutMs: 10 }));
    await clock.advance(20);
    expect(closing.value).toEqual({ destroyed: 1 });
    expect(server.connections[1]?.state).toBe("destroyed");
  });

  const options = {
    maxLifetimeMs: 1_000,
    idleTimeoutMs: 1_000,
    maxUses: 1,
    holdLimitMs: 1_000,
  };

  it("is never aged out, reaped, evicted, replaced or taken from its holder", async () => {
    const { pool, server, clock } = poolUnderTest(options, { capabilities: { maxConnections: 1, reset: "none" } });
    server.pings = "hang";
    for (let round = 0; round < 5; round++) {
      const lease = await pool.acquire({ fresh: round > 0 });
      await clock.advance(30_000);
      fakeOf(lease).txStatus = "active";
      lease.release({ dirty: true });
      await clock.advance(30_000);
      pool.evict();
      await clock.advance(30_000);
    }
    expect(server.connections).toHaveLength(1);
    expect(server.connections[0]?.state).toBe("open");
    expect(pool.stats().max).toBe(1);
  });

  it("makes concurrent work queue", async () => {
    const { pool, server } = poolUnderTest({ max: 10 }, { capabilities: { maxConnections: 1 } });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    await settled();
    expect(waiting.state).toBe("pending");
    lease.release();
    await settled();
    expect(waiting.state).toBe("resolved");
    expect(server.connections).toHaveLength(1);
  });

  it("is closed with its pool", async () => {
    const { pool, server } = poolUnderTest({}, { capabilities: { maxConnections: 1 } });
    (await pool.acquire()).release();
    await pool.close();
    expect(server.connections[0]?.state).toBe("closed");
  });
});
