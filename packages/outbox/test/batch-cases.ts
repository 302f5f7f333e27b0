import { tracingChannel } from "node:diagnostics_channel";
import type { QueryEvent } from "@nsj/mdb-core";
import { batchesToDatabase, type Message, toDatabase } from "@nsj/mdb-outbox";
import { expect, it, onTestFinished } from "vitest";
import { type outboxBeds, until } from "./outbox-bed.ts";

/** The statements that name a table, from now on to the end of the test. */
function statementsOn(table: string): readonly string[] {
  const seen: string[] = [];
  const noted = ({ statement }: Partial<QueryEvent>) => {
    if (statement?.includes(table) === true) seen.push(statement);
  };
  const subscriber = { start: noted, end() {}, asyncStart() {}, asyncEnd() {}, error() {} };
  const channel = tracingChannel<unknown, QueryEvent>("mdb:query");
  channel.subscribe(subscriber);
  onTestFinished(() => channel.unsubscribe(subscriber));
  return seen;
}

const numberOf = ({ body }: Message): number => (body as { n: number }).n;
const quiet = { onError: () => {} };

/** Several messages at once. */
export function batchCases(fresh: ReturnType<typeof outboxBeds>): void {
  it("reads, looks up and removes a whole batch at once", async () => {
    const { database, events, remembered, effect, table, numbers, untilEmpty } = await fresh();
    const wanted = Array.from({ length: 120 }, (_, n) => n);
    await database.transaction(() =>
      events.addMany(wanted.map((n) => ({ topic: "did", key: "k", body: { n, text: "" } }))),
    );
    const seen = statementsOn(table);
    const handler = toDatabase(database, effect, { inbox: remembered });
    const running = events.relay({ did: handler }, { batchSize: 40, idleMs: 3_600_000 }).start();
    await untilEmpty();
    await running.stop();
    expect(await numbers()).toEqual(wanted);
    const count = (text: RegExp) => seen.filter((it) => text.test(it)).length;
    // Three batches, and one look that finds nothing any more.
    expect(count(/^select m\.id/)).toBeLessThanOrEqual(4);
    expect(count(/delete from \w+ where id/)).toBe(3);
    expect(count(new RegExp(`${table}_in`))).toBeLessThanOrEqual(6);
  });

  it("asks for all of its lanes at once, and reads none in which nothing is due", async () => {
    const { database, events, table } = await fresh();
    const later = new Date(Date.now() + 3_600_000);
    const keys = Array.from({ length: 40 }, (_, n) => `key ${n}`);
    await database.transaction(() =>
      events.addMany(keys.map((key) => ({ topic: "did", key, body: 1, availableAt: later }))),
    );
    const seen = statementsOn(table);
    await using running = events.relay({ did: async () => {} }, { idleMs: 1 }).start();
    await until(() => running.lanes === 16);
    const looks = () => seen.filter((text) => /^select l\.lane/.test(text)).length;
    const before = looks();
    await until(() => looks() >= before + 3);
    expect(seen.filter((text) => /^select m\.id/.test(text))).toEqual([]);
  });

  it("applies the others of a batch once, and in their order, where one of them always fails", async () => {
    const { database, events, remembered, effect, numbers, untilEmpty } = await fresh();
    const keys = ["k", "poison", "k", "k", "k"];
    await database.transaction(async () => {
      await events.addMany(keys.map((key, n) => ({ topic: "did", key, body: { n } })));
    });
    const calls: number[] = [];
    const handler = toDatabase(
      database,
      async (tx, message) => {
        calls.push(numberOf(message));
        if (message.key === "poison") throw new RangeError("never");
        await effect(tx, message);
      },
      { inbox: remembered },
    );
    const options = { ...quiet, idleMs: 5, attempts: 3, initialBackoffMs: 1, maxBackoffMs: 1 };
    await using _running = events.relay({ did: handler }, options).start();
    await untilEmpty();
    expect(await numbers()).toEqual([0, 2, 3, 4]);
    expect((await events.dead()).map(({ key, attempts }) => [key, attempts])).toEqual([["poison", 3]]);
    // Once with the others at most, where it shares their lane; from then on alone.
    expect(calls.filter((n) => n === 1).length).toBeLessThanOrEqual(4);
    expect(calls.filter((n) => n === 4).length).toBeLessThanOrEqual(2);
  });

  it("hands an effect all those of a batch that were not applied before", async () => {
    const { database, events, remembered, effect, numbers, untilEmpty } = await fresh();
    const ids = await database.transaction(() =>
      events.addMany([1, 2, 3, 4].map((n) => ({ topic: "did", key: "k", body: { n } }))),
    );
    await database.transaction((tx) => remembered.apply(tx, "outbox", ids[1] as string, async () => {}));
    const batches: number[][] = [];
    const handler = batchesToDatabase(
      database,
      async (tx, messages) => {
        batches.push(messages.map(numberOf));
        for (const message of messages) await effect(tx, message);
      },
      { inbox: remembered },
    );
    await using _running = events.relay({ did: handler }, { idleMs: 10 }).start();
    await untilEmpty();
    expect(batches).toEqual([[1, 3, 4]]);
    expect(await numbers()).toEqual([1, 3, 4]);
  });

  it("holds up a key whose message another relay has put off, however much of it there is", async () => {
    const { database, events, table, write, untilEmpty } = await fresh();
    const first = await write(0, "held up");
    for (let n = 1; n < 12; n++) await write(n, "held up");
    for (let n = 100; n < 140; n++) await write(n, `key ${n}`);
    const setOff = (until: number) =>
      database.execute(`update ${table} set attempts = 1, not_before = :until where message_id = :first`, {
        until,
        first,
      });
    await setOff(Date.now() + 3_600_000);
    const seen: number[] = [];
    const did = async (message: Message) => void seen.push(numberOf(message));
    await using _running = events.relay({ did }, { idleMs: 5, batchSize: 3 }).start();
    await until(async () => (await events.size()) === 12);
    expect(seen.filter((n) => n < 100)).toEqual([]);
    await setOff(0);
    await untilEmpty();
    expect(seen.filter((n) => n < 100)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("holds up a key whose message it has put off itself", async () => {
    const { events, table, database, write } = await fresh();
    await write(0, "a");
    const lane = async (key: string) =>
      Number(await database.queryScalar(`select min(lane) from ${table} where message_key = :key`, { key }));
    const laneOfA = await lane("a");
    const seen: number[] = [];
    const failed = Promise.withResolvers<void>();
    const did = async (message: Message) => {
      const n = numberOf(message);
      if (n === 0) throw new Error("not yet");
      seen.push(n);
    };
    // Random below ten days: it will not be tried again here.
    const backoff = { initialBackoffMs: 864_000_000, maxBackoffMs: 864_000_000 };
    const options = { idleMs: 5, ...backoff, onError: () => failed.resolve() };
    await using _running = events.relay({ did }, options).start();
    await failed.promise;
    await until(async () => Number(await database.queryScalar(`select max(attempts) from ${table}`)) === 1);
    await write(1, "a");
    // Behind it in the same lane: once this one is through, the other one has been passed by.
    const wanted: number[] = [];
    for (let n = 2; wanted.length < 2; n++) {
      const key = `key ${n}`;
      if (laneOfKey(key) === laneOfA) wanted.push(n);
      await write(n, key);
    }
    await until(() => wanted.every((n) => seen.includes(n)));
    expect(seen).not.toContain(1);
  });

  it("leaves what it has handled to whoever has taken its lane over meanwhile", async () => {
    const { database, events, table, write } = await fresh();
    await write(1, "a");
    const entered = Promise.withResolvers<void>();
    const may = Promise.withResolvers<void>();
    const did = async (): Promise<void> => {
      entered.resolve();
      await may.promise;
    };
    // It does not look who has the lanes until long after this test.
    await using running = events.relay({ did }, { idleMs: 5, leaseMs: 3_600_000 }).start();
    await entered.promise;
    const lanes = `${table}_lanes`;
    await database.execute(
      `update ${lanes} set fence = fence + 1, owner = 'another' where lane in (select lane from ${table})`,
    );
    may.resolve();
    await until(() => running.lanes === 15);
    expect(await events.size()).toBe(1);
  });
}

/** As it is fixed for ever: FNV-1a over UTF-16 code units, modulo 16. */
function laneOfKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % 16;
}
