import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import {
  CancelledError,
  ConnectError,
  PoolClosedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../../src/errors/index.ts";
import type { Lease } from "../../src/pool/index.ts";
import { settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";
import { TestScope } from "./test-scope.ts";

describe("acquire", () => {
  it("connects to nothing before the first call", async () => {
    const { server, clock } = poolUnderTest({ min: 3 });
    await clock.advance(60_000);
    expect(server.attempts).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("lends an idle connection at once and synchronously", async () => {
    const { pool, server } = poolUnderTest();
    expect(pool.tryAcquire()).toBeUndefined();
    (await pool.acquire()).release();
    const lease = must(pool.tryAcquire());
    expect(lease.connection).toBe(server.connections[0]);
    expect(server.connections).toHaveLength(1);
    lease.release();
  });

  it("lends the connection used last first", async () => {
    const { pool } = poolUnderTest();
    const [first, second, third] = (await take(pool, 3)) as [Lease, Lease, Lease];
    const middle = second.connection;
    first.release();
    third.release();
    second.release();
    expect((await pool.acquire()).connection).toBe(middle);
  });

  it("serves who goes ahead before all who wait, also where no more may wait or those who do are turned away for waiting too long", async () => {
    const shedding = { targetMs: 100, intervalMs: 1_000 };
    const { pool, clock } = poolUnderTest({ max: 1, maxQueue: 1, shedding });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolQueueFullError);
    const ahead = watch(pool.acquire({ ahead: true, bounded: true }));
    await clock.advance(5_000);
    lease.release();
    await settled();
    expect([waiting.state, ahead.state]).toEqual(["pending", "resolved"]);
    must(ahead.value).release();
    await settled();
    expect(waiting.state).not.toBe("pending");
    await pool.close({ timeoutMs: 0 });
    await expect(pool.acquire({ ahead: true })).rejects.toBeInstanceOf(PoolClosedError);
  });

  it("serves those who wait in the order they came", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const served: number[] = [];
    const waiting = [1, 2, 3].map(async (name) => {
      const own = await pool.acquire();
      served.push(name);
      own.release();
    });
    lease.release();
    await Promise.all(waiting);
    expect(served).toEqual([1, 2, 3]);
  });

  it("lets nobody barge in between a release and the one who waits", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    lease.release();
    expect(pool.tryAcquire()).toBeUndefined();
    const late = watch(pool.acquire());
    await settled();
    expect(waiting.state).toBe("resolved");
    expect(late.state).toBe("pending");
  });

  it("gives up after acquireTimeoutMs, and tells how the pool stands", async () => {
    const { pool, clock } = poolUnderTest({ max: 2, acquireTimeoutMs: 3_000 });
    await pool.acquire({ holder: new TestScope(undefined, "transaction") });
    await clock.advance(500);
    await pool.acquire();
    const waiting = watch(pool.acquire());
    const other = watch(pool.acquire());
    await clock.advance(2_999);
    expect(waiting.state).toBe("pending");
    await clock.advance(251);
    const error = waiting.error as PoolTimeoutError;
    expect(error).toBeInstanceOf(PoolTimeoutError);
    expect(error).toMatchObject({ database: "orders", engine: "fake", code: "MDB_POOL_TIMEOUT", retryable: true });
    expect(error.pool).toMatchObject({ max: 2, total: 2, idle: 0, busy: 2, connecting: 0, waiting: 2 });
    expect(must(error.pool.oldestLeaseMs)).toBeGreaterThanOrEqual(3_500);
    expect(error.message).toMatch(
      /2 of 2 connections: 0 idle, 2 busy, 0 connecting; 2 waiting; the oldest lease \(transaction\) is 3\d\d\d ms old/,
    );
    expect(other.state).toBe("rejected");
  });

  it("says that the server is silent where nobody holds a connection and the first one is on its way", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2, acquireTimeoutMs: 300 });
    const silent = "; db.test:1234 has not answered yet: check the address and the network";
    server.connects = "hang";
    const waiting = watch(pool.acquire());
    await clock.advance(301);
    expect((waiting.error as Error).message).toContain(silent);
    const busy = poolUnderTest({ max: 1, acquireTimeoutMs: 300 });
    await busy.pool.acquire();
    const late = watch(busy.pool.acquire());
    await busy.clock.advance(301);
    expect((late.error as Error).message).not.toContain("has not answered yet");
  });

  it("names the last failure to connect as the cause of a timeout", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2, acquireTimeoutMs: 300 });
    await pool.acquire();
    server.connects = new FakeDriverError("refused");
    const waiting = watch(pool.acquire());
    await clock.advance(600);
    expect(waiting.error).toBeInstanceOf(PoolTimeoutError);
    expect((waiting.error as PoolTimeoutError).cause).toBeInstanceOf(ConnectError);
  });

  it("honours the caller's own deadline where it is nearer", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    await pool.acquire();
    const waiting = watch(pool.acquire({ deadline: clock.now() + 100 }));
    await clock.advance(350);
    expect(waiting.error).toBeInstanceOf(PoolTimeoutError);
    const tooLate = watch(pool.acquire({ deadline: clock.now() - 1 }));
    await settled();
    expect(tooLate.error).toBeInstanceOf(PoolTimeoutError);
    expect(pool.stats().timeouts).toBe(2);
  });

  it("lets one timeout disturb nobody else who waits", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const first = watch(pool.acquire());
    const hasty = watch(pool.acquire({ deadline: clock.now() + 50 }));
    const last = watch(pool.acquire());
    await clock.advance(400);
    expect([first.state, hasty.state, last.state]).toEqual(["pending", "rejected", "pending"]);
    lease.release();
    await settled();
    expect([first.state, last.state]).toEqual(["resolved", "pending"]);
    must(first.value).release();
    await settled();
    expect(last.state).toBe("resolved");
  });

  it("settles once when a timeout races a hand-off, and loses no connection", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 1_000 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    let done = false;
    clock.setTimer(() => {
      lease.release();
      done = true;
    }, 1_000);
    await clock.advance(2_000);
    expect(done).toBe(true);
    expect(waiting.settlements).toBe(1);
    expect(waiting.state).toBe("rejected");
    expect(pool.stats()).toMatchObject({ idle: 1, busy: 0, waiting: 0, timeouts: 1 });
    expect(pool.tryAcquire()).toBeUndefined();
    expect((await pool.acquire()).released).toBe(false);
  });

  it("does not serve somebody whose time was over before a connection came", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const late = watch(pool.acquire({ deadline: clock.now() + 30 }));
    const patient = watch(pool.acquire());
    clock.block(40);
    lease.release();
    await settled();
    expect(late.error).toBeInstanceOf(PoolTimeoutError);
    expect(patient.state).toBe("resolved");
  });

  it("settles in time however long connecting hangs", async () => {
    const { pool, server, clock } = poolUnderTest({ acquireTimeoutMs: 1_000, connectTimeoutMs: 60_000 });
    server.connects = "hang";
    const waiting = Array.from({ length: 20 }, () => watch(pool.acquire()));
    await clock.advance(1_250);
    for (const { error } of waiting) expect(error).toBeInstanceOf(PoolTimeoutError);
  });

  it("refuses a signal that has aborted, and stops waiting when one aborts", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const reason = new Error("the user went away");
    await expect(pool.acquire({ signal: AbortSignal.abort(reason) })).rejects.toThrow(CancelledError);
    const lease = await pool.acquire();
    const controller = new AbortController();
    const waiting = watch(pool.acquire({ signal: controller.signal }));
    const other = watch(pool.acquire());
    controller.abort(reason);
    await settled();
    expect(waiting.error).toBeInstanceOf(CancelledError);
    expect((waiting.error as CancelledError).cause).toBe(reason);
    lease.release();
    await settled();
    expect(other.state).toBe("resolved");
    expect(pool.stats().cancelled).toBe(2);
  });

  it("leaves no listener on a signal, however the wait ends", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 500 });
    const { signal } = new AbortController();
    const lease = await pool.acquire({ signal });
    const served = pool.acquire({ signal });
    lease.release();
    await served;
    const timedOut = watch(pool.acquire({ signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await clock.advance(1_000);
    expect(timedOut.state).toBe("rejected");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("refuses more callers than maxQueue at once", async () => {
    const { pool } = poolUnderTest({ max: 1, maxQueue: 2 });
    await pool.acquire();
    const waiting = [watch(pool.acquire()), watch(pool.acquire())];
    await expect(pool.acquire()).rejects.toThrow(PoolQueueFullError);
    expect(waiting.map(({ state }) => state)).toEqual(["pending", "pending"]);
    expect(pool.stats().rejected.queueFull).toBe(1);
  });

  it("is refused by a closed pool", async () => {
    const { pool } = poolUnderTest();
    await pool.close();
    await expect(pool.acquire()).rejects.toThrow(PoolClosedError);
    expect(pool.tryAcquire()).toBeUndefined();
  });
});

describe("a fresh connection", () => {
  it("is opened although another one is idle", async () => {
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release();
    const lease = await pool.acquire({ fresh: true });
    expect(fakeOf(lease).id).toBe(2);
    expect(server.open).toHaveLength(2);
  });

  it("takes the place of an idle one when the pool is full", async () => {
    const { pool, server } = poolUnderTest({ max: 1 });
    (await pool.acquire()).release();
    const lease = await pool.acquire({ fresh: true });
    expect(fakeOf(lease).id).toBe(2);
    expect(server.open).toEqual([lease.connection]);
    expect(pool.stats().destroyed.replaced).toBe(1);
  });

  it("takes the place of one that comes back when all are lent, in its turn", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const before = watch(pool.acquire());
    const fresh = watch(pool.acquire({ fresh: true }));
    const after = watch(pool.acquire());
    lease.release();
    await settled();
    expect([before.state, fresh.state, after.state]).toEqual(["resolved", "pending", "pending"]);
    expect(fakeOf(must(before.value)).id).toBe(1);
    must(before.value).release();
    await settled();
    expect([fresh.state, after.state]).toEqual(["resolved", "pending"]);
    expect(fakeOf(must(fresh.value)).id).toBe(2);
    must(fresh.value).release();
    await settled();
    expect(after.state).toBe("resolved");
  });
});
