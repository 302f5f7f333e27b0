import { describe, expect, it } from "vitest";
import { CancelledError, PoolDeadlockError, PoolQueueFullError, PoolTimeoutError } from "../../src/errors/index.ts";
import { LeaseLimit, type PoolOptions } from "../../src/pool/index.ts";
import { settled } from "./fake-clock.ts";
import { poolUnderTest, watch } from "./pool-under-test.ts";
import { TestScope } from "./test-scope.ts";

function limitUnderTest(max: number, maxQueue = 10, options: PoolOptions = { max: 4 }) {
  const under = poolUnderTest(options);
  const { pool, clock } = under;
  const limit = new LeaseLimit(pool, { database: "shop", key: "acme", engine: "fake", max, maxQueue, clock });
  return { ...under, limit };
}

describe("a user's limit of a pool", () => {
  it("holds whatever the pool has, and serves its callers in order", async () => {
    const { limit, pool } = limitUnderTest(1);
    const first = await limit.acquire();
    expect(limit.tryAcquire()).toBeUndefined();
    const order: number[] = [];
    const others = [1, 2].map((index) =>
      limit.acquire().then((lease) => {
        order.push(index);
        lease.release();
      }),
    );
    await settled();
    expect(pool.stats()).toMatchObject({ busy: 1, waiting: 0 });
    first.release();
    await Promise.all(others);
    expect(order).toEqual([1, 2]);
  });

  it("lets one go ahead of all who wait, however many, and that is not refused by a full queue", async () => {
    const { limit } = limitUnderTest(1, 2);
    const first = await limit.acquire();
    const order: string[] = [];
    const next = (name: string, ahead = false) =>
      limit.acquire({ ahead }).then((lease) => {
        order.push(name);
        lease.release();
      });
    const waiting = [next("one"), next("two")];
    await expect(limit.acquire()).rejects.toBeInstanceOf(PoolQueueFullError);
    waiting.push(next("asks for a commit", true));
    await settled();
    first.release();
    await Promise.all(waiting);
    expect(order).toEqual(["asks for a commit", "one", "two"]);
  });

  it("does not keep one who goes ahead in a queue while there is room", async () => {
    const { limit, clock } = limitUnderTest(1);
    const first = await limit.acquire();
    const waiting = watch(limit.acquire());
    await settled();
    // In the moment in which it comes back the one who waits has not got it yet.
    const ahead = watch(limit.acquire({ ahead: true }));
    first.release();
    await clock.advance(0);
    expect([ahead.state, waiting.state]).toEqual(["resolved", "pending"]);
  });

  it("waits as long as the pool's own options say, in both queues together", async () => {
    const { limit, pool, clock } = limitUnderTest(1, 10, { max: 1, acquireTimeoutMs: 3_000 });
    const mine = await limit.acquire();
    const late = watch(limit.acquire());
    await clock.advance(2_900);
    const others = watch(pool.acquire());
    mine.release();
    await settled();
    expect(others.state).toBe("resolved");
    await clock.advance(250);
    expect(late.error).toBeInstanceOf(PoolTimeoutError);
    others.value?.release();
    const held = await limit.acquire();
    const again = watch(limit.acquire());
    await clock.advance(3_050);
    expect(again.error).toBeInstanceOf(PoolTimeoutError);
    expect((again.error as Error).message).toContain('shop "acme"');
    held.release();
  });

  it("fails one who waits for itself, and not one who holds nothing and has set its wait an end", async () => {
    const { limit, clock } = limitUnderTest(1, 10, { max: 4, deadlockPatienceMs: 500 });
    const holder = new TestScope(undefined, "transaction");
    const lease = await limit.acquire({ holder });
    holder.leases = 1;
    const bounded = watch(limit.acquire({ holder: new TestScope(), bounded: true, deadline: clock.now() + 5_000 }));
    const ring = watch(limit.acquire({ holder: new TestScope(holder) }));
    await clock.advance(1_200);
    expect(ring.error).toBeInstanceOf(PoolDeadlockError);
    expect(bounded.state).toBe("pending");
    lease.release();
    await settled();
    expect(bounded.state).toBe("resolved");
    bounded.value?.release();
  });

  it("lets a caller leave at any time, and keeps nothing of it", async () => {
    const { limit, clock } = limitUnderTest(1);
    const first = await limit.acquire();
    const controller = new AbortController();
    const waiting = watch(limit.acquire({ signal: controller.signal }));
    await settled();
    controller.abort(new Error("enough"));
    await settled();
    expect(waiting.error).toBeInstanceOf(CancelledError);
    first.release();
    const next = await limit.acquire();
    next.release();
    await expect(limit.acquire({ deadline: clock.now() })).rejects.toBeInstanceOf(PoolTimeoutError);
    const last = await limit.acquire();
    last.release();
  });
});
