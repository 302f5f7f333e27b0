import { describe, expect, it } from "vitest";
import { settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { fakeOf, must, poolUnderTest, take, watch } from "./pool-under-test.ts";

describe("validation", () => {
  it("costs a connection used a moment ago nothing", async () => {
    const { pool, server, clock } = poolUnderTest({ validateAfterIdleMs: 1_000 });
    (await pool.acquire()).release();
    await clock.advance(999);
    (await pool.acquire()).release();
    expect(must(server.connections[0]).calls).toEqual([]);
  });

  it("pings a connection that was idle for longer, and then lends it", async () => {
    const { pool, server, clock } = poolUnderTest({ validateAfterIdleMs: 1_000 });
    (await pool.acquire()).release();
    await clock.advance(1_000);
    expect(pool.tryAcquire()).toBeUndefined();
    const lease = await pool.acquire();
    expect(fakeOf(lease)).toBe(server.connections[0]);
    expect(fakeOf(lease).calls).toEqual(["ping"]);
  });

  it("checks every time with validateAfterIdleMs 0, and never without a ping", async () => {
    const always = poolUnderTest({ validateAfterIdleMs: 0 });
    for (let round = 0; round < 3; round++) (await always.pool.acquire()).release();
    expect(must(always.server.connections[0]).calls).toEqual(["ping", "ping"]);
    const never = poolUnderTest({ validateAfterIdleMs: 0 });
    never.server.canPing = false;
    for (let round = 0; round < 3; round++) (await never.pool.acquire()).release();
    expect(never.pool.stats().validations).toBe(0);
  });

  it("destroys what fails, and the caller goes on with the next connection, before those who came later", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    for (const lease of await take(pool, 2)) lease.release();
    await clock.advance(2_000);
    must(server.connections[1]).pings = new FakeDriverError("lost");
    const first = watch(pool.acquire());
    const second = watch(pool.acquire());
    await clock.advance(1);
    expect(server.connections[1]?.state).toBe("destroyed");
    expect([first.state, second.state]).toEqual(["resolved", "resolved"]);
    expect(fakeOf(must(first.value)).id).toBeLessThan(fakeOf(must(second.value)).id);
    expect(pool.stats()).toMatchObject({ busy: 2, total: 2, destroyed: { validation: 1 } });
  });

  it("gives up a ping that hangs after validateTimeoutMs", async () => {
    const { pool, server, clock } = poolUnderTest({ validateTimeoutMs: 700 });
    (await pool.acquire()).release();
    await clock.advance(5_000);
    must(server.connections[0]).pings = "hang";
    const waiting = watch(pool.acquire());
    await clock.advance(699);
    expect(pool.stats()).toMatchObject({ validating: 1, busy: 1, idle: 0, total: 1 });
    await clock.advance(2);
    expect(fakeOf(must(waiting.value)).id).toBe(2);
  });

  it("counts an answer that came while the process was busy", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1, validateTimeoutMs: 500 });
    (await pool.acquire()).release();
    await clock.advance(5_000);
    const fake = must(server.connections[0]);
    const answered = Promise.withResolvers<void>();
    fake.ping = () => answered.promise;
    const waiting = watch(pool.acquire());
    await settled();
    // The timer is overdue and fires first; the answer is read in the same turn of the loop.
    clock.block(3_000);
    clock.setTimer(() => answered.resolve(), 0);
    await clock.advance(10);
    expect(must(waiting.value).connection).toBe(fake);
  });

  it("lets the caller's own time end the wait, and keeps the connection for the next one", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 1, validateTimeoutMs: 2_000 });
    (await pool.acquire()).release();
    await clock.advance(5_000);
    server.pings = "hang";
    const hasty = watch(pool.acquire({ deadline: clock.now() + 300 }));
    await clock.advance(550);
    expect(hasty.state).toBe("rejected");
    expect(server.connections[0]?.state).toBe("open");
    const patient = watch(pool.acquire());
    await clock.advance(1_500);
    expect(server.connections[0]?.state).toBe("destroyed");
    expect(patient.state).toBe("resolved");
  });

  it("keeps the connection when the caller aborts while it is checked", async () => {
    const { pool, server, clock } = poolUnderTest();
    server.connectMs = 0;
    (await pool.acquire()).release();
    await clock.advance(5_000);
    const controller = new AbortController();
    const waiting = watch(pool.acquire({ signal: controller.signal }));
    controller.abort();
    await settled();
    expect(waiting.state).toBe("rejected");
    expect(pool.stats()).toMatchObject({ idle: 1, total: 1 });
    expect((await pool.acquire()).connection).toBe(server.connections[0]);
  });

  it("finds a working connection within one check and one connect when all idle ones died in a failover", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 10, validateTimeoutMs: 2_000 });
    for (const lease of await take(pool, 10)) lease.release();
    await clock.advance(5_000);
    for (const connection of server.connections) connection.pings = "hang";
    const waiting = watch(pool.acquire());
    await clock.advance(2_010);
    expect(fakeOf(must(waiting.value)).id).toBe(11);
    await clock.advance(2_000);
    expect(server.open).toEqual([must(waiting.value).connection]);
  });

  it("stays flat when validation always fails", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 3, min: 2, validateAfterIdleMs: 0, keepaliveMs: 1_000 });
    server.pings = new FakeDriverError("lost");
    for (let round = 0; round < 200; round++) {
      const waiting = watch(pool.acquire());
      await clock.advance(100);
      waiting.value?.release();
      expect(server.open.length).toBeLessThanOrEqual(3);
      expect(clock.timers).toBeLessThanOrEqual(4);
    }
    expect(pool.stats().destroyed.validation).toBeGreaterThan(20);
  });

  it("opens no more than it checks when new connections never pass a check", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 5, min: 5, keepaliveMs: 1_000 });
    server.pings = new FakeDriverError("lost");
    (await pool.acquire()).release();
    await clock.advance(30_000);
    expect(server.attempts.length).toBeLessThanOrEqual(5 * (1 + 30 / 0.8));
  });
});

describe("suspicion", () => {
  it("falls on all older connections when an idle one dies: each is checked before its next use", async () => {
    const { pool, server } = poolUnderTest({ max: 3 });
    for (const lease of await take(pool, 3)) lease.release();
    must(server.connections[2]).die();
    expect(server.connections[2]?.state).toBe("destroyed");
    const leases = await take(pool, 2);
    expect(leases.map((lease) => fakeOf(lease).calls)).toEqual([["ping"], ["ping"]]);
    for (const lease of leases) lease.release();
    await take(pool, 2);
    expect(pool.stats().validations).toBe(2);
  });

  it("is raised by an idle connection that died without a word", async () => {
    const { pool, server } = poolUnderTest({ max: 2 });
    for (const lease of await take(pool, 2)) lease.release();
    must(server.connections[1]).usable = false;
    expect(fakeOf(await pool.acquire()).calls).toEqual(["ping"]);
    expect(pool.stats().destroyed.died).toBe(1);
  });

  it("falls on a connection in use as well, before the next caller gets it", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    const [first, second] = await take(pool, 2);
    const waiting = watch(pool.acquire());
    must(first).release({ error: "dead" });
    server.connects = "hang";
    must(second).release();
    await clock.advance(1);
    expect(fakeOf(must(waiting.value)).calls).toEqual(["ping"]);
  });

  it("spares connections opened since", async () => {
    const { pool, server } = poolUnderTest({ max: 2 });
    (await pool.acquire()).release();
    (await pool.acquire()).release({ error: "dead" });
    const next = await pool.acquire();
    next.release();
    await pool.acquire();
    expect(must(server.connections[1]).calls).toEqual([]);
  });

  it("follows a failed keepalive, and the others are asked at once", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 4, keepaliveMs: 10_000 });
    for (const lease of await take(pool, 4)) lease.release();
    server.pings = new FakeDriverError("lost");
    await clock.advance(15_000);
    expect(server.open).toHaveLength(0);
    expect(pool.stats()).toMatchObject({ total: 0, destroyed: { validation: 4 } });
  });

  it("follows a suspended machine, though no time seems to have passed", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 2 });
    const [first, second] = await take(pool, 2);
    must(first).release();
    clock.sleep(3_600_000);
    await clock.advance(2);
    const next = await pool.acquire();
    expect(fakeOf(next).calls).toEqual(["ping"]);
    const waiting = watch(pool.acquire());
    must(second).release();
    await settled();
    expect(fakeOf(must(waiting.value)).calls).toEqual(["ping"]);
    expect(server.connections).toHaveLength(2);
  });

  it("does not follow a small correction of the wall clock", async () => {
    const { pool, clock } = poolUnderTest();
    (await pool.acquire()).release();
    clock.sleep(2_000);
    await clock.advance(2);
    clock.sleep(-60_000);
    expect(pool.tryAcquire()).toBeDefined();
  });

  it("is cast on a single connection by its holder", async () => {
    const { pool, server } = poolUnderTest();
    (await pool.acquire()).release({ error: "suspect" });
    expect(pool.tryAcquire()).toBeUndefined();
    await pool.acquire();
    expect(must(server.connections[0]).calls).toEqual(["ping"]);
  });
});
