import { describe, expect, it } from "vitest";
import { settled } from "./fake-clock.ts";
import { type FakeConnection, FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";

describe("a released connection", () => {
  it("costs nothing when it is clean", async () => {
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release();
    (await pool.acquire()).release();
    expect(must(server.connections[0]).calls).toEqual([]);
    expect(pool.stats().resets).toBe(0);
  });

  it.each(["active", "failed", "unknown"] as const)(
    "is rolled back first when its transaction is %s",
    async (txStatus) => {
      const { pool } = poolUnderTest({ max: 1 });
      const lease = await pool.acquire();
      const fake = fakeOf(lease);
      fake.txStatus = txStatus;
      const waiting = watch(pool.acquire());
      lease.release();
      expect(pool.stats()).toMatchObject({ resetting: 1, busy: 1, idle: 0, total: 1 });
      await settled();
      expect(must(waiting.value).connection).toBe(fake);
      expect(fake.calls).toEqual(["rollback"]);
      expect(fake.txStatus).toBe("idle");
    },
  );

  it("is reset when its session was touched", async () => {
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release({ dirty: true });
    await settled();
    expect(must(server.connections[0]).calls).toEqual(["reset session"]);
    const lease = await pool.acquire();
    fakeOf(lease).txStatus = "active";
    lease.release({ dirty: true });
    await settled();
    expect(must(server.connections[0]).calls.slice(1)).toEqual(["rollback", "reset session"]);
  });

  it("is ready at once where the reset travels with the next statement", async () => {
    const { pool, server } = poolUnderTest({}, { capabilities: { reset: "deferred" } });
    const lease = await pool.acquire();
    fakeOf(lease).txStatus = "active";
    lease.release();
    must(pool.tryAcquire()).release({ dirty: true });
    must(pool.tryAcquire()).release();
    expect(must(server.connections[0]).calls).toEqual(["reset transaction", "reset session"]);
  });

  it("gets back what was set up on it when it was new, after a session reset", async () => {
    const { pool, server } = poolUnderTest();
    server.restore = async (connection) => {
      (connection as FakeConnection).calls.push("restore");
    };
    (await pool.acquire()).release({ dirty: true });
    await settled();
    expect(must(server.connections[0]).calls).toEqual(["reset session", "restore"]);
    const lease = await pool.acquire();
    fakeOf(lease).txStatus = "active";
    lease.release();
    await settled();
    expect(must(server.connections[0]).calls.slice(2)).toEqual(["rollback"]);
  });

  it("is reset when it says itself that its session was changed, which is then over", async () => {
    const { pool } = poolUnderTest();
    const lease = await pool.acquire();
    const fake = fakeOf(lease);
    fake.dirty = true;
    lease.release();
    await settled();
    expect(fake.calls).toEqual(["reset session"]);
    expect(fake.dirty).toBe(false);
    (await pool.acquire()).release();
    await settled();
    expect(fake.calls).toEqual(["reset session"]);
  });

  it("is closed when it says that its server no longer fits, when it comes back or while it is idle", async () => {
    const { pool, server, clock } = poolUnderTest();
    const [lent, idle] = await take(pool, 2);
    const fakes = [fakeOf(must(lent)), fakeOf(must(idle))];
    must(idle).release();
    for (const fake of fakes) fake.fits = false;
    must(lent).release();
    expect(pool.tryAcquire()).toBeUndefined();
    expect(fakeOf(await pool.acquire()).id).toBe(3);
    await clock.advance(1);
    expect(server.connections.map(({ state }) => state)).toEqual(["closed", "closed", "open"]);
    expect(pool.stats().destroyed.unfit).toBe(2);
  });

  it("is closed when it was touched and the engine cannot reset it", async () => {
    const { pool, server } = poolUnderTest({}, { capabilities: { reset: "none" } });
    (await pool.acquire()).release({ dirty: true });
    await settled();
    expect(server.connections[0]?.state).toBe("closed");
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { reset: 1 } });
  });

  it("is reset every time where that is asked for", async () => {
    const { pool, server } = poolUnderTest({ reset: "always" });
    for (let round = 0; round < 2; round++) {
      (await pool.acquire()).release();
      await settled();
    }
    expect(must(server.connections[0]).calls).toEqual(["reset session", "reset session"]);
  });

  it.each(["rollbacks", "resets"] as const)(
    "is destroyed when its %s fail, and the next caller gets another",
    async (what) => {
      const { pool, server } = poolUnderTest({ max: 1 });
      const lease = await pool.acquire();
      const fake = fakeOf(lease);
      fake.txStatus = "active";
      fake[what] = new FakeDriverError("lost");
      const waiting = watch(pool.acquire());
      lease.release({ dirty: true });
      await settled();
      await settled();
      expect(fake.state).toBe("destroyed");
      expect(fakeOf(must(waiting.value)).id).toBe(2);
      expect(server.open).toHaveLength(1);
      expect(pool.stats().destroyed.reset).toBe(1);
    },
  );

  it("is destroyed when cleaning it hangs", async () => {
    const { pool, clock } = poolUnderTest({ max: 1, validateTimeoutMs: 500 });
    const lease = await pool.acquire();
    const fake = fakeOf(lease);
    fake.txStatus = "active";
    fake.rollbacks = "hang";
    const waiting = watch(pool.acquire());
    lease.release();
    await clock.advance(499);
    expect(waiting.state).toBe("pending");
    await clock.advance(2);
    expect(fake.state).toBe("destroyed");
    expect(waiting.state).toBe("resolved");
  });

  it("is destroyed when it is still inside a transaction after its reset", async () => {
    const { pool, server } = poolUnderTest();
    const lease = await pool.acquire();
    const fake = fakeOf(lease);
    fake.txStatus = "active";
    fake.rollback = async () => {};
    lease.release();
    await settled();
    expect(server.open).toHaveLength(0);
  });

  it("is destroyed at once when it is dead, by its holder's word or its own", async () => {
    const { pool, server } = poolUnderTest();
    const [told, known] = await take(pool, 2);
    must(told).release({ error: "dead" });
    fakeOf(must(known)).usable = false;
    must(known).release();
    expect(server.connections.map(({ state }) => state)).toEqual(["destroyed", "destroyed"]);
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { died: 2 } });
  });

  it("is destroyed when it died while somebody had it", async () => {
    const { pool, server } = poolUnderTest();
    const lease = await pool.acquire();
    fakeOf(lease).die();
    expect(pool.stats()).toMatchObject({ busy: 1, total: 1 });
    lease.release();
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(pool.stats().total).toBe(0);
  });

  it("is kept after an error that left it well", async () => {
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release({ error: "ok" });
    expect(pool.tryAcquire()?.connection).toBe(server.connections[0]);
  });

  it("lets go of the process while it is idle, and holds it while it is lent", async () => {
    const { pool, server } = poolUnderTest();
    const lease = await pool.acquire();
    const fake = must(server.connections[0]);
    expect(fake.referenced).toBe(true);
    lease.release();
    expect(fake.referenced).toBe(false);
    await pool.acquire();
    expect(fake.referenced).toBe(true);
    const held = poolUnderTest({ keepProcessAlive: true });
    (await held.pool.acquire()).release();
    expect(must(held.server.connections[0]).referenced).toBe(true);
  });
});

describe("a lease", () => {
  it("is for one use: a second release, and use afterwards, throw and touch nobody else's connection", async () => {
    const { pool } = poolUnderTest({ max: 1 });
    const stale = await pool.acquire();
    stale.release();
    const current = await pool.acquire();
    expect(() => stale.release()).toThrow(/given back already/);
    expect(() => stale.destroy()).toThrow(/given back already/);
    expect(() => stale.connection).toThrow(/given back already/);
    expect(() => stale.heldMs).toThrow(/given back already/);
    expect(stale.released).toBe(true);
    expect(current.connection.usable).toBe(true);
    expect(pool.stats()).toMatchObject({ busy: 1, idle: 0 });
  });

  it("knows how long it has been held", async () => {
    const { pool, clock } = poolUnderTest();
    const lease = await pool.acquire();
    await clock.advance(1_234);
    expect(lease.heldMs).toBe(1_234);
  });

  it("destroys its connection on request, with the reason", async () => {
    const { pool, server } = poolUnderTest({ max: 1 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    lease.destroy(new Error("a statement that cannot be stopped"));
    await settled();
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(fakeOf(must(waiting.value)).id).toBe(2);
    expect(pool.stats().destroyed.released).toBe(1);
  });
});
