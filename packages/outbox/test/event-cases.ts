import { channel, tracingChannel } from "node:diagnostics_channel";
import { type AddEvent, type BacklogEvent, type DeliveryEvent, Discard, toDatabase } from "@nsj/mdb-outbox";
import { expect, it, onTestFinished } from "vitest";
import { type outboxBeds, until } from "./outbox-bed.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** The events of a tracing channel about a table, as they are at their end; until the end of the test. */
function endedOn<Event extends { readonly table: string }>(name: string, table: string): readonly Event[] {
  const seen: Event[] = [];
  const { asyncEnd } = tracingChannel<unknown, Event>(name);
  const end = (message: unknown): void => {
    const event = message as Event;
    if (event.table === table) seen.push({ ...event });
  };
  asyncEnd.subscribe(end);
  onTestFinished(() => void asyncEnd.unsubscribe(end));
  return seen;
}

/** What an outbox tells. */
export function eventCases(fresh: ReturnType<typeof outboxBeds>): void {
  it("tells each call of add, with what the caller was given", async () => {
    const { database, events, table } = await fresh();
    const seen = endedOn<AddEvent & { readonly error?: unknown }>("mdb:outbox:add", table);
    const ids = await database.transaction(() =>
      events.addMany([
        { topic: "a", body: "secret" },
        { topic: "b", key: "secret", body: 1 },
        { topic: "a", body: 2 },
      ]),
    );
    await events.add({ topic: "a", body: 1 }).catch(() => {});
    const place = { ...database.place, table };
    expect(seen).toEqual([
      { ...place, topics: ["a", "b"], count: 3, ids, result: undefined },
      { ...place, topics: ["a"], count: 1, error: expect.objectContaining({ code: "MDB_TRANSACTION_STATE" }) },
    ]);
    expect(JSON.stringify(seen)).not.toContain("secret");
  });

  it("tells each call of a handler and what came of it, with the writers' trace contexts", async () => {
    const { database, events, remembered, effect, table, untilEmpty } = await fresh();
    const seen = endedOn<DeliveryEvent>("mdb:outbox:deliver", table);
    const add = (topic: string, n: number, context?: string) =>
      database.transaction(() => events.add({ topic, key: topic, body: { n }, traceparent: context }));
    const fine = await add("fine", 1, traceparent);
    const failing = await add("failing", 2);
    const useless = await add("useless", 3);
    const handlers = {
      fine: async () => {},
      failing: () => Promise.reject(new RangeError("secret")),
      useless: () => Promise.reject(new Discard("no")),
    };
    const options = { idleMs: 5, attempts: 2, initialBackoffMs: 1, onError: () => {} };
    const running = events.relay(handlers, options).start();
    await untilEmpty();
    await running.stop();
    const place = { ...database.place, table };
    const of = (topic: string) => seen.filter(({ messages }) => messages[0]?.topic === topic);
    const told = (id: string, topic: string, attempt: number, context?: string) => ({
      ...place,
      messages: [{ id, topic, attempt, traceparent: context }],
    });
    expect(of("fine")).toMatchObject([{ ...told(fine, "fine", 1, traceparent), outcome: "delivered" }]);
    expect(of("failing")).toMatchObject([
      { ...told(failing, "failing", 1), outcome: "failed" },
      { ...told(failing, "failing", 2), outcome: "dead" },
    ]);
    expect(of("useless")).toMatchObject([{ ...told(useless, "useless", 1), outcome: "dead" }]);

    await database.transaction(() =>
      events.addMany([4, 5, 6].map((n) => ({ topic: "several", key: "k", body: { n } }))),
    );
    let calls = 0;
    const several = toDatabase(
      database,
      async (tx, message) => {
        if (++calls === 3) throw new RangeError("once");
        await effect(tx, message);
      },
      { inbox: remembered },
    );
    await using _running = events.relay({ several }, options).start();
    await untilEmpty();
    expect(of("several").map(({ messages, outcome }) => [messages.length, outcome])).toEqual([
      [3, undefined],
      [1, "delivered"],
      [1, "delivered"],
      [1, "delivered"],
    ]);
  });

  it("tells what waits, by topic, as long as it is the one that tells it", async () => {
    const { database, events, table, write } = await fresh();
    const seen: BacklogEvent[] = [];
    const listen = (message: unknown): void => {
      if ((message as BacklogEvent).table === table) seen.push(message as BacklogEvent);
    };
    const backlogs = channel("mdb:outbox:backlog");
    backlogs.subscribe(listen);
    onTestFinished(() => void backlogs.unsubscribe(listen));
    const availableAt = new Date(Date.now() + 3_600_000);
    await database.transaction(() => events.add({ topic: "later", body: 1, availableAt }));
    await database.transaction(() => events.add({ topic: "later", body: 2, availableAt }));
    await write(1, "a", "stuck");
    await database.execute(`update ${table} set written_at = written_at - 60000 where topic = 'stuck'`);
    const handlers = { idle: async () => {}, stuck: () => new Promise(() => {}) };
    const running = events.relay(handlers, { handlerTimeoutMs: 50, onError: () => {} }).start();
    await until(() => seen.length > 0);
    await running.stop();
    const place = { ...database.place, table };
    expect(seen).toEqual([
      { ...place, topics: expect.anything() },
      { ...place, topics: undefined },
    ]);
    const byTopic = Object.fromEntries((seen[0]?.topics ?? []).map((it) => [it.topic, it]));
    expect(byTopic).toEqual({
      idle: { topic: "idle", waiting: 0, ageMs: 0 },
      later: { topic: "later", waiting: 2, ageMs: 0 },
      stuck: { topic: "stuck", waiting: 1, ageMs: expect.any(Number) },
    });
    expect(byTopic["stuck"]?.ageMs).toBeGreaterThanOrEqual(60_000);
  });
}
