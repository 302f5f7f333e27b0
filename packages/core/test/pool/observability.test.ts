import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PoolEvent } from "../../src/pool/index.ts";
import { settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";
import { TestScope } from "./test-scope.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function events(): PoolEvent[] {
  const seen: PoolEvent[] = [];
  const listener = (message: unknown): void => {
    seen.push(message as PoolEvent);
  };
  subscribe("mdb:pool:event", listener);
  cleanUps.push(() => unsubscribe("mdb:pool:event", listener));
  return seen;
}

function trace(name: string): { readonly phase: string; readonly message: Record<string, unknown> }[] {
  const seen: { readonly phase: string; readonly message: Record<string, unknown> }[] = [];
  const on = (phase: string) => (message: object) => {
    seen.push({ phase, message: { ...message } });
  };
  const traced = tracingChannel(name);
  const subscribers = {
    start: on("start"),
    end: on("end"),
    asyncStart: on("asyncStart"),
    asyncEnd: on("asyncEnd"),
    error: on("error"),
  };
  traced.subscribe(subscribers);
  cleanUps.push(() => traced.unsubscribe(subscribers));
  return seen;
}

describe("stats", () => {
  it("count what happened, and add up", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 3, acquireTimeoutMs: 500 });
    const [first, second, third] = await take(pool, 3);
    const timedOut = watch(pool.acquire());
    await clock.advance(1_000);
    expect(timedOut.state).toBe("rejected");
    must(first).release();
    fakeOf(must(second)).txStatus = "active";
    must(server.connections[1]).rollbacks = "hang";
    must(second).release();
    fakeOf(must(third)).closes = "hang";
    pool.evict();
    must(third).release();
    expect(pool.stats()).toMatchObject({
      max: 3,
      total: 3,
      idle: 0,
      busy: 1,
      resetting: 1,
      validating: 0,
      connecting: 0,
      closing: 2,
      waiting: 0,
      acquired: 3,
      timeouts: 1,
      created: 3,
      resets: 1,
      health: "ok",
    });
  });

  it("hold how long acquires took", async () => {
    const { pool, clock } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    await clock.advance(100);
    lease.release();
    await settled();
    expect(waiting.state).toBe("resolved");
    const { acquireTimes } = pool.stats();
    expect(acquireTimes.filter(({ count }) => count > 0)).toEqual([
      { upToMs: 1, count: 1 },
      { upToMs: 128, count: 1 },
    ]);
    expect(acquireTimes.at(-1)?.upToMs).toBe(Number.POSITIVE_INFINITY);
  });

  it("hold how long leases lasted, and how long the oldest has", async () => {
    const { pool, clock } = poolUnderTest({ max: 3, min: 2 });
    expect(pool.stats()).toMatchObject({ min: 2, oldestHoldMs: 0 });
    const [first, second] = await take(pool, 2);
    await clock.advance(100);
    must(first).release();
    await clock.advance(200);
    expect(pool.stats().oldestHoldMs).toBe(300);
    must(second).release();
    expect(pool.stats().oldestHoldMs).toBe(0);
    expect(pool.stats().useTimes.filter(({ count }) => count > 0)).toEqual([
      { upToMs: 128, count: 1 },
      { upToMs: 512, count: 1 },
    ]);
  });

  it("are a snapshot that does not change", async () => {
    const { pool } = poolUnderTest();
    const before = pool.stats();
    await pool.acquire();
    expect(before).toMatchObject({ acquired: 0, total: 0 });
    expect(before.destroyed.died).toBe(0);
  });
});

describe("events", () => {
  it("tell of connections that come and go, and why", async () => {
    const seen = events();
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release();
    const error = new FakeDriverError("lost");
    must(server.connections[0]).die(error);
    expect(seen).toEqual([
      { database: "orders", manager: 0, engine: "fake", type: "connection-opened" },
      {
        database: "orders",
        manager: 0,
        engine: "fake",
        type: "released",
        heldMs: 0,
        waitedMs: 0,
        holder: undefined,
      },
      {
        database: "orders",
        manager: 0,
        engine: "fake",
        type: "connection-closed",
        reason: "died",
        error: expect.objectContaining({ code: "MDB_CONNECTION_LOST", cause: error }),
      },
    ]);
  });

  it("tell of the pool's health when it changes", async () => {
    const seen = events();
    const { pool, server, clock } = poolUnderTest();
    server.connects = new FakeDriverError("refused");
    watch(pool.acquire());
    await clock.advance(1_000);
    server.connects = "ok";
    await pool.acquire();
    expect(seen.flatMap((event) => (event.type === "health" ? [event.health] : []))).toEqual([
      "degraded",
      "down",
      "ok",
    ]);
  });

  it("tell once of a connection held for over a minute, without a stack", async () => {
    const seen = events();
    const { pool, clock } = poolUnderTest();
    await pool.acquire({ holder: new TestScope(undefined, "session") });
    await clock.advance(200_000);
    const holds = seen.filter(({ type }) => type === "long-hold");
    expect(holds).toHaveLength(1);
    expect(holds[0]).toMatchObject({ database: "orders", holder: "session", stack: undefined });
    expect(pool.stats().leaks).toBe(1);
  });

  it("tell earlier, and with the stack of the code that took it, with leak detection on", async () => {
    const seen = events();
    const { pool, clock } = poolUnderTest({ leakDetectionMs: 2_000 });
    await pool.acquire();
    await clock.advance(3_000);
    expect(seen.find(({ type }) => type === "long-hold")).toMatchObject({
      stack: expect.stringContaining("observability.test.ts"),
    });
  });

  it("tell of a lease that its holder lost, and the pool gets its place back", async () => {
    const seen = events();
    const { pool, server } = poolUnderTest({ max: 1, leakDetectionMs: 60_000 });
    await (async () => {
      await pool.acquire({ holder: new TestScope(undefined, "forgetful session") });
    })();
    const collected = async (): Promise<void> => {
      globalThis.gc?.();
      await settled();
      expect(seen.some(({ type }) => type === "leak")).toBe(true);
    };
    await vi.waitFor(collected, { timeout: 20_000 });
    expect(seen.find(({ type }) => type === "leak")).toMatchObject({
      holder: "forgetful session",
      stack: expect.stringContaining("observability.test.ts"),
    });
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { leaked: 1 } });
    expect((await pool.acquire()).connection).toBe(server.connections[1]);
  });

  it("become a warning of the process where nobody listens and leak detection is on", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    cleanUps.push(() => warn.mockRestore());
    const quiet = poolUnderTest();
    await quiet.pool.acquire();
    await quiet.clock.advance(200_000);
    expect(warn).not.toHaveBeenCalled();
    const { pool, clock } = poolUnderTest({ leakDetectionMs: 1_000 });
    await pool.acquire();
    await clock.advance(2_000);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/^orders \(fake\): a connection has been held for \d+ ms$/),
      expect.objectContaining({ detail: expect.stringContaining("observability.test.ts") }),
    );
  });
});

describe("the hold limit", () => {
  it("stops on the server what its holder runs, and lends its place only when that is over", async () => {
    const { pool, server, clock } = poolUnderTest(
      { max: 1, holdLimitMs: 2_000, deadlockPatienceMs: Number.POSITIVE_INFINITY },
      { capabilities: { cancel: "in-band" } },
    );
    const lease = await pool.acquire({ holder: new TestScope() });
    fakeOf(lease).cancels = "hang";
    const waiting = watch(pool.acquire());
    await clock.advance(2_600);
    expect(lease.revoked).toBe(true);
    expect(waiting.state).toBe("pending");
    expect(pool.stats()).toMatchObject({ busy: 0, closing: 1, total: 1 });
    await clock.advance(2_000);
    expect(must(server.connections[0]).calls).toEqual(["cancel", "destroy"]);
    expect(fakeOf(must(waiting.value)).id).toBe(2);
    lease.release();
    expect(pool.stats()).toMatchObject({ busy: 1, total: 1 });
  });

  it("destroys what is held too long, lends it to nobody, and lets its holder come back late", async () => {
    const seen = events();
    const { pool, server, clock } = poolUnderTest({ max: 1, holdLimitMs: 2_000, acquireTimeoutMs: 9_000 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    await clock.advance(1_900);
    expect(waiting.state).toBe("pending");
    await clock.advance(800);
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(fakeOf(must(waiting.value)).id).toBe(2);
    expect(seen.some(({ type }) => type === "hold-limit")).toBe(true);
    expect(lease.connection.usable).toBe(false);
    lease.release();
    expect(pool.stats()).toMatchObject({ busy: 1, total: 1, destroyed: { "hold-limit": 1 } });
  });
});

describe("tracing", () => {
  it("follows each acquire from call to settlement", async () => {
    const seen = trace("mdb:pool:acquire");
    const { pool, clock } = poolUnderTest({ max: 1, acquireTimeoutMs: 100 });
    expect(pool.tryAcquire()).toBeUndefined();
    await pool.acquire({ holder: new TestScope(undefined, "transaction") });
    expect(seen.map(({ phase }) => phase)).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
    expect(seen[0]?.message).toMatchObject({ database: "orders", engine: "fake", holder: "transaction", waiting: 0 });
    expect(seen.at(-1)?.message["result"]).toBeUndefined();
    seen.length = 0;
    const timedOut = watch(pool.acquire());
    await clock.advance(300);
    expect(seen.find(({ phase }) => phase === "error")?.message["error"]).toBe(timedOut.error);
  });

  it("sees the acquires that would have been synchronous as well", async () => {
    const { pool } = poolUnderTest();
    (await pool.acquire()).release();
    const seen = trace("mdb:pool:acquire");
    expect(pool.tryAcquire()).toBeUndefined();
    (await pool.acquire()).release();
    expect(seen.filter(({ phase }) => phase === "start")).toHaveLength(1);
  });

  it("follows each attempt to connect, and shows the error that a caller would see", async () => {
    const seen = trace("mdb:connect");
    const { pool, server } = poolUnderTest();
    server.connects = new FakeDriverError("refused");
    const error = await pool.connect().catch((reason: unknown) => reason);
    expect(seen[0]?.message).toMatchObject({ database: "orders", engine: "fake", address: "db.test:1234" });
    const traced = seen.find(({ phase }) => phase === "error")?.message["error"];
    expect(traced).toMatchObject({ name: "ConnectError", message: (error as Error).message });
  });
});

describe("the async context", () => {
  it("of a caller does not stick to the connection that its call opened", async () => {
    const context = new AsyncLocalStorage<string>();
    const { server, pool } = context.run("the pool's own", () => poolUnderTest({ max: 1 }));
    const seen: (string | undefined)[] = [];
    const connect = server.connect.bind(server);
    server.connect = async (operation) => {
      seen.push(context.getStore());
      return connect(operation);
    };
    await context.run("a request", async () => {
      const lease = await pool.acquire();
      expect(context.getStore()).toBe("a request");
      const fake = fakeOf(lease);
      const rollback = fake.rollback.bind(fake);
      fake.rollback = () => {
        seen.push(context.getStore());
        return rollback();
      };
      fake.txStatus = "active";
      lease.release();
      await settled();
      pool.evict();
    });
    expect(seen).toEqual(["the pool's own", "the pool's own"]);
  });

  it("of whoever releases does not reach whoever waits", async () => {
    const context = new AsyncLocalStorage<string>();
    const { pool } = poolUnderTest({ max: 1 });
    const lease = await context.run("first", () => pool.acquire());
    const seen = context.run("second", async () => {
      await pool.acquire();
      return context.getStore();
    });
    context.run("third", () => lease.release());
    expect(await seen).toBe("second");
  });
});
