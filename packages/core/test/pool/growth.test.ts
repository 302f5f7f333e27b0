import { describe, expect, it } from "vitest";
import type { Pool } from "../../src/pool/index.ts";
import { type FakeClock, settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";

/** One operation of `ms` on a connection of the pool. */
async function operate(pool: Pool, clock: FakeClock, ms: number): Promise<void> {
  const lease = await pool.acquire();
  await new Promise<void>((resolve) => {
    clock.setTimer(resolve, ms);
  });
  lease.release();
}

/** Operations done by 60 busy callers in `ms` on at most 50 connections, when connecting takes 150 ms and an operation 2 ms. */
async function underLoad(ms: number, opened: number): Promise<number> {
  const { pool, server, clock } = poolUnderTest({ max: 50 });
  for (const lease of await take(pool, opened)) lease.release();
  server.connectMs = 150;
  const end = clock.now() + ms;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (clock.now() < end) {
      await operate(pool, clock, 2);
      if (clock.now() <= end) done++;
    }
  };
  const callers = Promise.all(Array.from({ length: 60 }, caller));
  await clock.advance(ms + 2_000);
  await callers;
  return done;
}

describe("growth", () => {
  it("opens at most two connections for a spike from 5 to 50 callers, and serves them by the five there are", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 50 });
    for (const lease of await take(pool, 5)) lease.release();
    server.connectMs = 150;
    const start = clock.now();
    let served = 0;
    let lastAt = 0;
    const spike = Array.from({ length: 50 }, async () => {
      await operate(pool, clock, 2);
      served++;
      lastAt = clock.now();
    });
    await clock.advance(1_000);
    await Promise.all(spike);
    expect(served).toBe(50);
    expect(lastAt - start).toBeLessThanOrEqual(24);
    expect(server.attempts.length - 5).toBeLessThanOrEqual(2);
  });

  it("does at least 80 % of what eager growth would under lasting load", async () => {
    const slow = await underLoad(2_000, 5);
    // Eager growth has all fifty after one connect time: five connections work for 150 ms, fifty for the rest.
    const eager = (5 * 150 + 50 * (2_000 - 150)) / 2;
    expect(slow / eager).toBeGreaterThanOrEqual(0.8);
  });

  it("opens more and more connections at a time while callers go on waiting", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 30 });
    server.connectMs = 100;
    void take(pool, 30);
    const atOnce: number[] = [];
    for (let round = 0; round < 5; round++) {
      await settled();
      atOnce.push(pool.stats().connecting);
      await clock.advance(100);
    }
    expect(atOnce).toEqual([1, 2, 8, 19, 0]);
  });

  it("gives a connection that becomes free to a caller whose own attempt still runs", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    const lease = await pool.acquire();
    server.connects = "hang";
    const waiting = watch(pool.acquire());
    await settled();
    expect(server.pendingConnects).toBe(1);
    lease.release();
    await settled();
    expect(fakeOf(must(waiting.value)).id).toBe(1);
    server.release();
    await clock.advance(1);
    expect(pool.stats()).toMatchObject({ idle: 1, busy: 1, total: 2 });
  });

  it("never opens more than max, whatever is asked", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 4 });
    server.connectMs = 10;
    const waiting = Array.from({ length: 40 }, () => watch(pool.acquire()));
    await clock.advance(5_000);
    expect(waiting.filter(({ state }) => state === "resolved")).toHaveLength(4);
    expect(server.connections).toHaveLength(4);
  });

  it("never opens more than the engine has room for", async () => {
    const { pool, clock } = poolUnderTest({ max: 10 }, { capabilities: { maxConnections: 3 } });
    const waiting = Array.from({ length: 5 }, () => watch(pool.acquire()));
    await clock.advance(100);
    expect(pool.stats()).toMatchObject({ max: 3, total: 3, waiting: 2 });
    expect(waiting.filter(({ state }) => state === "resolved")).toHaveLength(3);
  });

  it("keeps min connections from the first use on", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 5, min: 3 });
    (await pool.acquire()).release();
    await clock.advance(10);
    expect(pool.stats()).toMatchObject({ idle: 3, total: 3 });
    must(server.open[0]).die();
    await clock.advance(10);
    expect(pool.stats()).toMatchObject({ idle: 3, total: 3 });
  });

  it("destroys a connection that arrives after its time, and lends it to nobody", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1, connectTimeoutMs: 500, closeTimeoutMs: 1_000 });
    server.connects = "hang";
    server.honoursAbort = false;
    const waiting = watch(pool.acquire());
    await clock.advance(600);
    expect(pool.stats()).toMatchObject({ connecting: 0, closing: 1, total: 1, connectFailures: 1 });
    server.connects = "ok";
    server.release();
    await clock.advance(200);
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(fakeOf(must(waiting.value)).id).toBe(2);
    expect(pool.stats()).toMatchObject({ total: 1, busy: 1, created: 1 });
  });

  it("does not let a connect that never ends hold its place for ever", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1, connectTimeoutMs: 500, closeTimeoutMs: 1_000 });
    server.connects = "hang";
    server.honoursAbort = false;
    const waiting = watch(pool.acquire());
    await clock.advance(600);
    server.connects = "ok";
    await clock.advance(800);
    expect(waiting.state).toBe("pending");
    await clock.advance(200);
    expect(fakeOf(must(waiting.value)).id).toBe(1);
    server.release();
    await settled();
    expect(server.open).toEqual([must(waiting.value).connection]);
  });

  it("fails nobody for one failed attempt", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    const lease = await pool.acquire();
    server.connects = new FakeDriverError("refused");
    const waiting = watch(pool.acquire());
    await clock.advance(1_000);
    expect(waiting.state).toBe("pending");
    expect(pool.stats().health).toBe("degraded");
    lease.release();
    await settled();
    expect(waiting.state).toBe("resolved");
  });

  it("keeps a connection that is being closed in the count until it is gone", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1, closeTimeoutMs: 2_000 });
    const lease = await pool.acquire();
    fakeOf(lease).closes = "hang";
    server.honoursAbort = false;
    pool.evict();
    lease.release();
    const waiting = watch(pool.acquire());
    await clock.advance(1_900);
    expect(pool.stats()).toMatchObject({ closing: 1, total: 1, connecting: 0 });
    expect(waiting.state).toBe("pending");
    await clock.advance(200);
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(waiting.state).toBe("resolved");
  });
});

describe("connect", () => {
  it("opens one connection, and more up to min", async () => {
    const { pool } = poolUnderTest({ max: 6, min: 4 });
    await pool.connect();
    expect(pool.stats()).toMatchObject({ idle: 4, total: 4 });
  });

  it("fails with the real error of the first attempt", async () => {
    const { pool, server } = poolUnderTest({ min: 2 });
    server.connects = new FakeDriverError("refused");
    await expect(pool.connect()).rejects.toMatchObject({ name: "ConnectError", database: "orders" });
    expect(server.attempts).toHaveLength(1);
  });

  it("checks an idle connection, and opens another when that one is dead", async () => {
    const { pool, server } = poolUnderTest();
    await pool.connect();
    must(server.connections[0]).pings = new FakeDriverError("lost");
    await pool.connect();
    expect(server.connections.map(({ state }) => state)).toEqual(["destroyed", "open"]);
  });

  it("fails when the pool closes meanwhile", async () => {
    const { pool, server } = poolUnderTest({ min: 2 });
    server.connects = "hang";
    const connecting = watch(pool.connect());
    await settled();
    server.release();
    await settled();
    await pool.close();
    expect(connecting.error).toMatchObject({ code: "MDB_POOL_CLOSED" });
  });
});
