import { describe, expect, it } from "vitest";
import { AuthenticationError, ConnectError, ConnectionLostError, ConnectTimeoutError } from "../../src/errors/index.ts";
import type { Pool } from "../../src/pool/index.ts";
import { type FakeClock, settled } from "./fake-clock.ts";
import { FakeDriverError } from "./fake-server.ts";
import { must, poolUnderTest, take, watch } from "./pool-under-test.ts";
import { seededRandom } from "./seeded-random.ts";

const refused = new FakeDriverError("refused");
const badPassword = new FakeDriverError("auth", { retry: "never" });

/** Callers that try again soon after each answer, until the moment; gives the moments of success. */
async function insist(
  pool: Pool,
  clock: FakeClock,
  callers: number,
  ms: number,
  pauseMs = 10,
): Promise<readonly number[]> {
  const end = clock.now() + ms;
  const successes: number[] = [];
  const caller = async (): Promise<void> => {
    while (clock.now() < end) {
      try {
        const lease = await pool.acquire();
        successes.push(clock.now());
        lease.release();
      } catch {
        // Again.
      }
      await new Promise<void>((resolve) => {
        clock.setTimer(resolve, pauseMs);
      });
    }
  };
  const all = Promise.all(Array.from({ length: callers }, caller));
  await clock.advance(ms + 11_000);
  await all;
  return successes;
}

describe("a database that is down", () => {
  it.each([
    ["no luck", (): number => 0],
    ["all luck", (): number => 0.999],
    ["some luck", seededRandom(7)],
  ] as const)(
    "is tried at most 8 times in the first second, whatever the number of callers (jitter: %s)",
    async (_, random) => {
      for (const callers of [1, 20, 200]) {
        const { pool, server, clock } = poolUnderTest({}, { random });
        server.connects = refused;
        const start = clock.now();
        await insist(pool, clock, callers, 1_000);
        const early = server.attempts.filter((at) => at < start + 1_000);
        expect(early.length).toBeGreaterThanOrEqual(2);
        expect(early.length).toBeLessThanOrEqual(8);
      }
    },
  );

  it("is tried that seldom also when all of a busy pool's connections die at once", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 20 });
    server.connectMs = 20;
    const leases = take(pool, 20);
    await clock.advance(1_000);
    server.connectMs = 0;
    server.connects = refused;
    const before = server.attempts.length;
    const waiting = Array.from({ length: 100 }, () => watch(pool.acquire()));
    for (const lease of await leases) lease.release({ error: "dead" });
    await clock.advance(1_000);
    expect(server.attempts.length - before).toBeLessThanOrEqual(8);
    for (const { error } of waiting) expect(error).toBeInstanceOf(ConnectError);
  });

  it.each([50, 1_000, 20_000, 120_000])("is in use again within 5 s of its return after %i ms", async (outageMs) => {
    const { pool, server, clock } = poolUnderTest({}, { random: () => 0.999 });
    server.connects = refused;
    const back = clock.now() + outageMs;
    clock.setTimer(() => {
      server.connects = "ok";
    }, outageMs);
    const successes = await insist(pool, clock, 5, outageMs + 6_000);
    expect(must(successes[0])).toBeLessThanOrEqual(back + 5_000);
    expect(pool.stats().health).toBe("ok");
  });

  it("comes back by itself where min asks for connections", async () => {
    const { pool, server, clock } = poolUnderTest({ min: 2 });
    (await pool.acquire()).release();
    await clock.advance(10);
    server.connects = refused;
    for (const connection of server.open) connection.die();
    await clock.advance(60_000);
    expect(pool.stats()).toMatchObject({ total: 0, health: "down" });
    server.connects = "ok";
    await clock.advance(5_000);
    expect(pool.stats()).toMatchObject({ idle: 2, health: "ok" });
  });

  it("makes callers wait through the first failures, then tells them the cause", async () => {
    const { pool, server, clock } = poolUnderTest();
    server.connects = refused;
    const waiting = [watch(pool.acquire()), watch(pool.acquire())];
    await settled();
    expect(pool.stats()).toMatchObject({ health: "degraded", waiting: 2, connectFailures: 1 });
    await clock.advance(1_000);
    for (const { error } of waiting) {
      expect(error).toBeInstanceOf(ConnectError);
      expect(error).toMatchObject({ database: "orders", cause: refused });
    }
    expect(waiting[0]?.error).not.toBe(waiting[1]?.error);
    expect(pool.stats()).toMatchObject({ health: "down", connectFailures: 3, rejected: { down: 2 } });
  });

  it("answers newcomers at once, and lets one at a time find out", async () => {
    const { pool, server, clock } = poolUnderTest();
    server.connects = refused;
    watch(pool.acquire());
    await clock.advance(1_000);
    server.connects = "hang";
    const probe = watch(pool.acquire());
    const others = [watch(pool.acquire()), watch(pool.acquire())];
    await settled();
    expect(probe.state).toBe("pending");
    expect(others.map(({ state }) => state)).toEqual(["rejected", "rejected"]);
    expect(pool.stats().health).toBe("probing");
    server.release();
    await settled();
    expect(probe.state).toBe("resolved");
    expect(pool.stats().health).toBe("ok");
  });

  it("does not forget its callers while connections of it still work", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 3 });
    const lease = await pool.acquire();
    server.connects = refused;
    const waiting = watch(pool.acquire());
    await clock.advance(8_000);
    expect(waiting.state).toBe("pending");
    expect(pool.stats().health).toBe("degraded");
    lease.release();
    await settled();
    expect(waiting.state).toBe("resolved");
    must(waiting.value).release();
    const last = watch(pool.acquire());
    const queued = watch(pool.acquire());
    await settled();
    must(last.value).release({ error: "dead" });
    await settled();
    expect(queued.error).toBeInstanceOf(ConnectError);
    expect(pool.stats().health).toBe("down");
  });

  it("is left alone for 5 to 60 s after it refused the login, and callers know at once", async () => {
    const { pool, server, clock } = poolUnderTest({}, { random: () => 0 });
    server.connects = badPassword;
    const error = await pool.acquire().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthenticationError);
    await insist(pool, clock, 10, 4_900);
    expect(server.attempts).toHaveLength(1);
    await insist(pool, clock, 2, 300_000, 100);
    const pauses = server.attempts.slice(1).map((at, index) => at - must(server.attempts[index]));
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(5_000);
    expect(server.attempts.length).toBeLessThanOrEqual(20);
  });

  it("is believed at once when it says that another attempt cannot help", async () => {
    const { pool, server } = poolUnderTest();
    server.connects = new FakeDriverError("unknown-database", { retry: "never" });
    await expect(pool.acquire()).rejects.toThrow(ConnectError);
    expect(server.attempts).toHaveLength(1);
  });

  it("is not asked for more connections for 30 s after it said that there are too many", async () => {
    const { pool, server, clock } = poolUnderTest({ max: 5, acquireTimeoutMs: 60_000 });
    const leases = await take(pool, 2);
    server.connects = new FakeDriverError("too-many-connections");
    const waiting = [watch(pool.acquire()), watch(pool.acquire())];
    await clock.advance(29_000);
    expect(server.attempts).toHaveLength(3);
    must(leases[0]).release();
    await settled();
    expect(waiting[0]?.state).toBe("resolved");
    server.connects = "ok";
    await clock.advance(1_500);
    expect(waiting[1]?.state).toBe("resolved");
    expect(pool.stats().total).toBe(3);
  });

  it("is not stormed when it lets everybody in and every connection dies in its first use", async () => {
    const { pool, server, clock } = poolUnderTest();
    const end = clock.now() + 1_000;
    const callers = Array.from({ length: 50 }, async () => {
      while (clock.now() < end) {
        try {
          (await pool.acquire()).release({ error: "dead" });
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectionLostError);
        }
        await new Promise<void>((resolve) => {
          clock.setTimer(resolve, 10);
        });
      }
    });
    await clock.advance(1_000);
    expect(server.attempts.length).toBeLessThanOrEqual(8);
    await clock.advance(20_000);
    await Promise.all(callers);
    expect(pool.stats().total).toBe(0);
  });

  it("is not suspected when connections die that had answered, however often", async () => {
    const { pool, server, clock } = poolUnderTest();
    for (let round = 0; round < 5; round++) (await pool.acquire()).release({ error: "dead", answered: true });
    for (let round = 0; round < 5; round++) {
      const lease = await pool.acquire();
      must(server.open[0]).die();
      lease.release({ error: "dead", answered: true });
    }
    expect(pool.stats()).toMatchObject({ health: "ok", connectFailures: 0, destroyed: { died: 10 } });
    const last = watch(pool.acquire());
    await clock.advance(1);
    expect(last.state).toBe("resolved");
  });

  it.each([
    ["answers nothing", "hang", true],
    ["answers nothing, with a driver that ignores its deadline", "hang", false],
    ["closes the connection", new FakeDriverError("lost"), true],
    ["refuses", refused, true],
  ] as const)("lets every caller settle in time when it %s", async (_, behaviour, honoursAbort) => {
    const { pool, server, clock } = poolUnderTest({ acquireTimeoutMs: 2_000, connectTimeoutMs: 900 });
    server.connects = behaviour;
    server.honoursAbort = honoursAbort;
    for (let round = 0; round < 30; round++) {
      const waiting = watch(pool.acquire());
      await clock.advance(2_250);
      expect(waiting.state).toBe("rejected");
      expect(pool.stats().total).toBeLessThanOrEqual(10);
    }
  });

  it("calls a connect that took too long by its name", async () => {
    const { pool, server, clock } = poolUnderTest({ connectTimeoutMs: 500 });
    server.connects = "hang";
    const connecting = watch(pool.connect());
    await clock.advance(501);
    expect(connecting.error).toBeInstanceOf(ConnectTimeoutError);
  });
});
