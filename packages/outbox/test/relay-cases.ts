import { type DatabaseEntry, DatabaseManager } from "@nsj/mdb-core";
import { Discard, HandlerTimeoutError, inbox, type Message, outbox, toDatabase } from "@nsj/mdb-outbox";
import { expect, it } from "vitest";
import { type outboxBeds, until } from "./outbox-bed.ts";

const quiet = { onError: () => {} };

/** How messages reach their handlers. */
export function relayCases(fresh: ReturnType<typeof outboxBeds>, entry: () => DatabaseEntry): void {
  it("gives up a message whose body somebody has made unreadable, and hands over those behind it", async () => {
    const { database, events, write, effect, table, untilEmpty, numbers } = await fresh();
    const broken = await write(0, "key");
    for (let n = 1; n < 4; n++) await write(n, "key");
    await database.execute(`update ${table} set body = '{ no json' where message_id = :broken`, { broken });
    const handler = toDatabase(database, effect, { inbox: inbox(database, { table: `${table}_in` }) });
    await using _running = events.relay({ did: handler }, { idleMs: 10, attempts: 1, onError: () => {} }).start();
    await untilEmpty();
    expect(await numbers()).toEqual([1, 2, 3]);
    expect(await events.dead()).toMatchObject([{ id: broken, reason: "TypeError", body: "{ no json" }]);
  });

  it("hands messages over in the order of their key, and removes them", async () => {
    const { events, write, untilEmpty } = await fresh();
    for (let n = 0; n < 12; n++) await write(n, `key ${n % 3}`);
    const seen: Message[] = [];
    const relay = events.relay({ did: async (message) => void seen.push(message) }, { batchSize: 5, idleMs: 20 });
    await using _running = relay.start();
    await untilEmpty();
    const bodies = seen.map(({ key, body }) => [key, (body as { n: number }).n] as const);
    for (const key of ["key 0", "key 1", "key 2"]) {
      const ofKey = bodies.filter(([it]) => it === key).map(([, n]) => n);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
      expect(ofKey).toHaveLength(4);
    }
  });

  it("holds up a key whose message fails, and not its lane", async () => {
    const { events, write, untilEmpty } = await fresh();
    await write(1, "a");
    await write(2, "a");
    await write(3, "b");
    const seen: number[] = [];
    let failures = 0;
    const relay = events.relay(
      {
        did: async ({ body }, { attempt }) => {
          const { n } = body as { n: number };
          if (n === 1 && attempt < 3) throw new Error("not yet");
          seen.push(n);
        },
      },
      { idleMs: 10, initialBackoffMs: 5, maxBackoffMs: 5, onError: () => void failures++ },
    );
    await using _running = relay.start();
    await untilEmpty();
    expect(seen.filter((n) => n < 3)).toEqual([1, 2]);
    expect(seen).toContain(3);
    expect(failures).toBe(2);
  });

  it("gives a message up after its last attempt or by Discard, tells why, and revives it", async () => {
    const { database, events, write, untilEmpty } = await fresh();
    const failing = await write(1, "a");
    const discarded = await write(2, "b");
    const unhandled = await write(3, "c", "nobody");
    const bytes = await database.transaction(() => events.add({ topic: "nobody", body: new Uint8Array([0, 255]) }));
    let isFixed = false;
    const seen: number[] = [];
    const did = async ({ body }: Message): Promise<void> => {
      const { n } = body as { n: number };
      if (n === 2 && !isFixed) throw new Discard("never");
      if (n === 1 && !isFixed) throw Object.assign(new RangeError("secret"), { code: "E_RANGE" });
      seen.push(n);
    };
    const options = { idleMs: 10, attempts: 2, initialBackoffMs: 1, onError: () => undefined };
    await using _running = events.relay({ did }, options).start();
    await untilEmpty();
    const dead = await events.dead();
    const reasons = Object.fromEntries(dead.map(({ id, reason, attempts }) => [id, [reason, attempts]]));
    expect(reasons).toEqual({
      [failing]: ["RangeError E_RANGE", 2],
      [discarded]: ["discarded: never", 1],
      [unhandled]: ["Error", 2],
      [bytes]: ["Error", 2],
    });
    expect(Buffer.from(dead.find(({ id }) => id === bytes)?.body as Uint8Array).toString("hex")).toBe("00ff");
    expect((await events.stats()).dead).toBe(4);
    isFixed = true;
    const revived = await Promise.all([
      events.revive([failing, discarded, "nothing"]),
      events.revive([discarded, failing, failing]),
    ]);
    expect(revived.reduce((sum, n) => sum + n)).toBe(2);
    await untilEmpty();
    expect(seen.sort()).toEqual([1, 2]);
    expect((await events.dead()).map(({ id }) => id).sort()).toEqual([unhandled, bytes].sort());
  });

  it("does not hand over what is not due", async () => {
    const { database, events, write } = await fresh();
    const later = new Date(Date.now() + 3_600_000);
    await database.transaction(() => events.add({ topic: "did", body: { n: 1 }, availableAt: later }));
    const now = await write(2);
    const seen: string[] = [];
    await using _running = events.relay({ did: async ({ id }) => void seen.push(id) }, { idleMs: 10 }).start();
    await until(async () => (await events.size()) === 1);
    expect(seen).toEqual([now]);
  });

  it("tells what waits in which lane, for how long, and who has the lanes", async () => {
    const { database, events, table, write } = await fresh();
    expect(await events.stats()).toMatchObject({ waiting: 0, lagMs: 0, dead: 0, kept: undefined });
    await write(1, "a");
    await write(2, "a");
    await database.execute(`update ${table} set written_at = written_at - 60000`);
    const availableAt = new Date(Date.now() + 3_600_000);
    await database.transaction(() => events.add({ topic: "did", key: "late", body: 1, availableAt }));
    const { waiting, lagMs, lanes } = await events.stats();
    expect([waiting, lanes.length]).toEqual([3, 16]);
    expect(lagMs).toBeGreaterThanOrEqual(60_000);
    expect(lagMs).toBeLessThan(3_600_000);
    expect(lanes.filter((lane) => lane.waiting > 0).map((lane) => [lane.waiting, lane.lagMs >= 60_000])).toEqual(
      expect.arrayContaining([
        [2, true],
        [1, false],
      ]),
    );
    expect(lanes.every(({ owner }) => owner === undefined)).toBe(true);
    const running = events.relay({ did: () => new Promise(() => {}) }, { ...quiet, handlerTimeoutMs: 50 }).start();
    await until(() => running.lanes === 16);
    const owners = new Set((await events.stats()).lanes.map(({ owner }) => owner));
    expect([owners.size, owners.has(undefined)]).toEqual([1, false]);
    await running.stop();
    expect((await events.stats()).lanes.every(({ owner }) => owner === undefined)).toBe(true);
  });

  it("keeps its lanes while a handler takes longer than the lease", async () => {
    const { database, events, table, write } = await fresh();
    // Long enough that a busy machine shows life within it.
    const options = { ...quiet, idleMs: 10, leaseMs: 2_000 };
    const entered = Promise.withResolvers<void>();
    const may = Promise.withResolvers<void>();
    let calls = 0;
    const slow = async (): Promise<void> => {
      calls++;
      entered.resolve();
      await may.promise;
    };
    await write(1, "slow");
    const first = events.relay({ did: slow }, options).start();
    await entered.promise;
    await using second = events.relay({ did: async () => void calls++ }, options).start();
    const beat = async () =>
      Number(
        await database.queryScalar(
          `select max(beat) from ${table}_lanes where lane in (select lane from ${table}) and owner <> '-'`,
        ),
      );
    // Its lane shows life, for more than a lease and a half, with the handler still at it.
    await until(async () => (await beat()) >= 6);
    await until(() => second.lanes > 0);
    expect(calls).toBe(1);
    may.resolve();
    await until(async () => (await events.size()) === 0);
    await first.stop();
    expect(calls).toBe(1);
  }, 60_000);

  it("gives a handler up that does not end, tells it by its signal, and tries again", async () => {
    const { events, write, untilEmpty } = await fresh();
    await write(1, "a");
    const errors: unknown[] = [];
    const reasons: unknown[] = [];
    const did = (_message: Message, { attempt, signal }: { attempt: number; signal: AbortSignal }) =>
      attempt > 1
        ? Promise.resolve()
        : new Promise<void>(() => signal.addEventListener("abort", () => reasons.push(signal.reason)));
    const options = { idleMs: 10, handlerTimeoutMs: 20, initialBackoffMs: 1 };
    await using _running = events.relay({ did }, { ...options, onError: (error) => errors.push(error) }).start();
    await untilEmpty();
    expect(errors).toEqual([expect.any(HandlerTimeoutError)]);
    expect(reasons).toEqual(errors);
  });

  it("does not count an attempt that ended because the relay was stopped", async () => {
    const { database, events, table, write } = await fresh();
    await write(1, "a");
    const entered = Promise.withResolvers<void>();
    const did = (_message: Message, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("interrupted")));
        entered.resolve();
      });
    const errors: unknown[] = [];
    const running = events.relay({ did }, { attempts: 1, onError: (error) => errors.push(error) }).start();
    await entered.promise;
    await running.stop();
    expect([await events.size(), await events.dead(), errors]).toEqual([1, [], []]);
    expect(Number(await database.queryScalar(`select attempts from ${table}`))).toBe(0);
  });

  it("is shared by relays, of which one that dies loses its lanes", async () => {
    const { database, remembered, effect, events, table, write, untilEmpty, numbers } = await fresh();
    const handler = toDatabase(database, effect, { inbox: remembered });
    const options = { ...quiet, idleMs: 10, leaseMs: 400, batchSize: 10 };
    // Its database is taken away: as if its process had been killed.
    const others = new DatabaseManager({ main: entry() });
    const entered = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    const hang = (_message: Message, { signal }: { signal: AbortSignal }): Promise<void> => {
      signal.addEventListener("abort", () => lost.resolve());
      entered.resolve();
      return new Promise(() => {});
    };
    const dying = outbox(others.database("main"), { table }).relay(
      { did: hang },
      { ...options, listen: false, handlerTimeoutMs: 60_000 },
    );
    await write(0, "first");
    void dying.start();
    await entered.promise;
    await others.close({ timeoutMs: 0 });
    const wanted: number[] = [0];
    for (let n = 1; n <= 30; n++) {
      wanted.push(n);
      await write(n, `key ${n % 7}`);
    }
    await using _one = events.relay({ did: handler }, options).start();
    await using _two = events.relay({ did: handler }, options).start();
    await untilEmpty();
    expect([...(await numbers())].sort((a, b) => a - b)).toEqual(wanted);
    // The one whose lanes are gone is told so.
    await lost.promise;
  });
}
