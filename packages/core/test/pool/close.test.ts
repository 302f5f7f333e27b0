import { describe, expect, it } from "vitest";
import { PoolClosedError } from "../../src/errors/index.ts";
import { settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";

describe("close", () => {
  it("closes idle connections politely, all at once, and leaves nothing behind", async () => {
    const { pool, server, clock } = poolUnderTest();
    for (const lease of await take(pool, 5)) lease.release();
    await expect(pool.close()).resolves.toEqual({ destroyed: 0 });
    expect(server.connections.map(({ state }) => state)).toEqual(Array(5).fill("closed"));
    expect(server.connections.every(({ onFatal }) => onFatal === null)).toBe(true);
    expect(clock.timers).toBe(0);
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { closed: 5 } });
    expect(pool.closed).toBe(true);
  });

  it("is done at once for a pool that was never used", async () => {
    const { pool, clock } = poolUnderTest({ min: 2 });
    await expect(pool.close()).resolves.toEqual({ destroyed: 0 });
    expect(clock.timers).toBe(0);
  });

  it("turns away those who wait and those who come, at once", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    const closing = watch(pool.close());
    await settled();
    expect(waiting.error).toBeInstanceOf(PoolClosedError);
    await expect(pool.acquire()).rejects.toThrow(PoolClosedError);
    await expect(pool.connect()).rejects.toThrow(PoolClosedError);
    expect(closing.state).toBe("pending");
    lease.release();
    await settled();
    expect(closing.state).toBe("resolved");
    expect(pool.stats().rejected.closed).toBe(2);
  });

  it("waits for leases until its deadline, then destroys them and says how many", async () => {
    const { pool, server, clock } = poolUnderTest();
    const [first, second, third] = await take(pool, 3);
    const closing = watch(pool.close({ timeoutMs: 4_000 }));
    await clock.advance(1_000);
    must(first).release();
    await clock.advance(2_900);
    expect(closing.state).toBe("pending");
    await clock.advance(200);
    expect(closing.value).toEqual({ destroyed: 2 });
    expect(server.connections.map(({ state }) => state)).toEqual(["closed", "destroyed", "destroyed"]);
    must(second).release();
    must(third).release({ error: "dead" });
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { closed: 3 } });
    expect(clock.timers).toBe(0);
  });

  it("uses drainTimeoutMs by default", async () => {
    const { pool, clock } = poolUnderTest({ drainTimeoutMs: 700 });
    await pool.acquire();
    const closing = watch(pool.close());
    await clock.advance(701);
    expect(closing.value).toEqual({ destroyed: 1 });
  });

  it("may be called again: the same outcome, and an earlier end counts", async () => {
    const { pool, clock } = poolUnderTest();
    await pool.acquire();
    const patient = watch(pool.close({ timeoutMs: 60_000 }));
    const later = watch(pool.close({ timeoutMs: 90_000 }));
    const hasty = watch(pool.close({ timeoutMs: 100 }));
    await clock.advance(101);
    for (const { value } of [patient, later, hasty]) expect(value).toEqual({ destroyed: 1 });
    await expect(pool.close()).resolves.toEqual({ destroyed: 1 });
    expect(clock.timers).toBe(0);
  });

  it("cuts off a connection whose close hangs", async () => {
    const { pool, server, clock } = poolUnderTest({ closeTimeoutMs: 1_500 });
    const lease = await pool.acquire();
    fakeOf(lease).closes = "hang";
    server.honoursAbort = false;
    lease.release();
    const closing = watch(pool.close());
    await clock.advance(1_400);
    expect(closing.state).toBe("pending");
    await clock.advance(101);
    expect(closing.state).toBe("resolved");
    expect(server.connections[0]?.state).toBe("destroyed");
  });

  it("aborts attempts to connect, and destroys a connection that arrives all the same", async () => {
    const { pool, server, clock } = poolUnderTest({ closeTimeoutMs: 1_000 });
    server.connects = "hang";
    server.honoursAbort = false;
    const waiting = watch(pool.acquire());
    await settled();
    const closing = watch(pool.close());
    await settled();
    expect(waiting.error).toBeInstanceOf(PoolClosedError);
    server.release();
    await settled();
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(closing.state).toBe("resolved");
    expect(clock.timers).toBe(0);
    expect(pool.stats()).toMatchObject({ created: 0, connectFailures: 0 });
  });

  it("does not wait for a driver that never lets go of an attempt", async () => {
    const { pool, server, clock } = poolUnderTest({ closeTimeoutMs: 1_000 });
    server.connects = "hang";
    server.honoursAbort = false;
    watch(pool.acquire());
    await settled();
    const closing = watch(pool.close());
    await clock.advance(1_001);
    expect(closing.state).toBe("resolved");
  });

  it("ends the pauses of a pool that cannot connect", async () => {
    const { pool, server, clock } = poolUnderTest({ min: 2 });
    server.connects = new FakeDriverError("refused");
    watch(pool.acquire());
    await clock.advance(100);
    await pool.close();
    const { length } = server.attempts;
    await clock.advance(60_000);
    expect(server.attempts).toHaveLength(length);
    expect(clock.timers).toBe(0);
  });

  it("keeps an acquire that races it from leaking a connection", async () => {
    const { pool, server } = poolUnderTest({ max: 2 });
    const first = watch(pool.acquire());
    const closing = pool.close();
    const second = watch(pool.acquire());
    await closing;
    await settled();
    expect([first.state, second.state]).toEqual(["rejected", "rejected"]);
    expect(server.open).toHaveLength(0);
    const other = poolUnderTest({ max: 1 });
    const lease = await other.pool.acquire();
    const waiting = watch(other.pool.acquire());
    lease.release();
    const closingOther = watch(other.pool.close());
    await settled();
    must(waiting.value).release();
    await settled();
    expect(closingOther.value).toEqual({ destroyed: 0 });
    expect(other.server.open).toHaveLength(0);
  });

  it("closes, and does not clean, what comes back meanwhile", async () => {
    const { pool, server } = poolUnderTest();
    const lease = await pool.acquire();
    fakeOf(lease).txStatus = "active";
    const closing = pool.close();
    lease.release({ dirty: true });
    await closing;
    expect(must(server.connections[0]).calls).toEqual(["close"]);
  });

  it("stops on the server what leases still run, before it cuts them", async () => {
    const { pool, server, clock } = poolUnderTest({}, { capabilities: { cancel: "out-of-band" } });
    const [stopped, stubborn] = await take(pool, 2);
    fakeOf(must(stubborn)).cancels = "hang";
    server.honoursAbort = false;
    const closing = watch(pool.close({ timeoutMs: 100 }));
    await clock.advance(101);
    expect(server.connections.map(({ calls }) => calls)).toEqual([["cancel", "destroy"], ["cancel"]]);
    expect(must(stopped).revoked).toBe(true);
    expect(must(stubborn).revoked).toBe(true);
    expect(pool.stats()).toMatchObject({ busy: 0, closing: 1, total: 1 });
    must(stopped).release();
    must(stubborn).release({ error: "dead" });
    await clock.advance(1_950);
    expect(closing.state).toBe("pending");
    await clock.advance(100);
    expect(closing.value).toEqual({ destroyed: 2 });
    expect(server.connections.map(({ calls }) => calls.at(-1))).toEqual(["destroy", "destroy"]);
    expect(clock.timers).toBe(0);
  });

  it("cuts what fails to stop, or has died, at once", async () => {
    const { pool, server, clock } = poolUnderTest({}, { capabilities: { cancel: "out-of-band" } });
    const [failing, dead] = await take(pool, 2);
    fakeOf(must(failing)).cancels = new FakeDriverError("refused");
    fakeOf(must(dead)).usable = false;
    const closing = watch(pool.close({ timeoutMs: 100 }));
    await clock.advance(101);
    expect(closing.value).toEqual({ destroyed: 2 });
    expect(server.connections.map(({ calls }) => calls)).toEqual([["cancel", "destroy"], ["destroy"]]);
  });

  it("keeps the process alive until it is done", async () => {
    const { pool, server, clock } = poolUnderTest();
    const [idle] = await take(pool, 2);
    must(idle).release();
    expect(clock.keptAlive).toBe(0);
    must(server.connections[0]).closes = "hang";
    void pool.close();
    await settled();
    expect(must(server.connections[0]).referenced).toBe(true);
    expect(clock.keptAlive).toBe(2);
    await clock.advance(20_000);
    expect(clock.timers).toBe(0);
  });
});
