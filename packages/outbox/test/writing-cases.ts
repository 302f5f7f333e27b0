import { TransactionStateError } from "@nsj/mdb-core";
import { inbox, type Message, type Outbox, outbox, toDatabase } from "@nsj/mdb-outbox";
import { expect, it, onTestFinished } from "vitest";
import { newTable, type outboxBeds, tablesMade, until } from "./outbox-bed.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** What is written, and how. */
export function writingCases(fresh: ReturnType<typeof outboxBeds>): void {
  it("is real with its transaction, and not without one", async () => {
    const { database, events } = await fresh();
    await expect(events.add({ topic: "did", body: 1 })).rejects.toThrow(TransactionStateError);
    const failing = database.transaction(async () => {
      await events.add({ topic: "did", body: 1 });
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await events.size()).toBe(0);
    await database.transaction(async () => {
      const ids = await events.addMany([
        { topic: "did", body: 1 },
        { topic: "did", key: "k", body: null },
      ]);
      expect(new Set(ids).size).toBe(2);
    });
    expect(await events.size()).toBe(2);
  });

  it("refuses what does not fit before anything is sent", async () => {
    const { database, events } = await fresh();
    const adding = (message: Parameters<Outbox["add"]>[0]) => database.transaction(() => events.add(message));
    await expect(adding({ topic: "", body: 1 })).rejects.toThrow(RangeError);
    await expect(adding({ topic: "t", key: "k".repeat(201), body: 1 })).rejects.toThrow(RangeError);
    await expect(adding({ topic: "t", dedupeKey: "", body: 1 })).rejects.toThrow(RangeError);
    await expect(adding({ topic: "t", traceparent: "none", body: 1 })).rejects.toThrow(RangeError);
    await expect(adding({ topic: "t", availableAt: new Date(Number.NaN), body: 1 })).rejects.toThrow(RangeError);
    for (const body of [undefined, 5n, Number.NaN, { price: Number.POSITIVE_INFINITY }, () => 1]) {
      await expect(adding({ topic: "t", body })).rejects.toThrow(/the body of a message is nothing that JSON can hold/);
    }
    expect(await events.size()).toBe(0);
    const unkeyed = database.transaction(() => events.add({ topic: "t", body: 1 }, { serialize: true }));
    await expect(unkeyed).rejects.toThrow(/have a key/);
    const dedupKey = database.transaction(() => events.add({ topic: "t", body: 1, dedupKey: "x" } as never));
    await expect(dedupKey).rejects.toThrow(/no "dedupKey"/);
    await expect(adding({ topic: 1 as never, body: 1 })).rejects.toThrow(/topic of a message is a string/);
    await expect(adding({ topic: "t", key: 17 as never, body: 1 })).rejects.toThrow(/key of a message is a string/);
    await expect(adding({ topic: "t", availableAt: "now" as never, body: 1 })).rejects.toThrow(/is a Date/);
    await expect(adding(null as never)).rejects.toThrow(/is an object/);
    const serialise = database.transaction(() => events.add({ topic: "t", body: 1 }, { serialise: true } as never));
    await expect(serialise).rejects.toThrow(/unknown option "serialise"; did you mean "serialize"\?/);
    expect(await events.size()).toBe(0);
  });

  it("refuses options that are none, and says what would be right", async () => {
    const { database, events, effect, remembered } = await fresh();
    const handlers = { did: async () => {} };
    const relay = (options: object) => () => events.relay(handlers, options);
    for (const name of ["batchSize", "concurrency", "attempts", "idleMs", "leaseMs", "handlerTimeoutMs"]) {
      for (const value of [0, -1, Number.NaN, "5"]) expect(relay({ [name]: value }), name).toThrow(name);
    }
    for (const name of ["batchSize", "concurrency", "attempts"]) expect(relay({ [name]: 1.5 }), name).toThrow(name);
    for (const name of ["idleMs", "leaseMs", "handlerTimeoutMs", "initialBackoffMs", "maxBackoffMs"]) {
      // A timer of Node.js would be over at once.
      for (const value of [Number.POSITIVE_INFINITY, 2 ** 31])
        expect(relay({ [name]: value }), name).toThrow(/at most/);
      expect(relay({ [name]: undefined }), name).not.toThrow();
    }
    expect(relay({ order: "topic" })).toThrow(/order/);
    expect(relay({ listen: "yes" })).toThrow(/listen/);
    expect(relay({ onError: "log" })).toThrow(/onError/);
    expect(relay({ batch: 1 })).toThrow(/unknown option "batch"/);
    expect(relay({ pollInterval: 1 })).toThrow(/"pollInterval"; did you mean "idleMs"\?/);
    expect(relay(null as never)).toThrow(/must be an object/);
    expect(() => events.relay({ did: "later" } as never)).toThrow(/handler of "did" must be a function/);
    expect(() => events.relay(undefined as never)).toThrow(/a function for each topic/);

    const make = (options: object) => () => outbox(database, options);
    expect(make({ table: "No; drop table x" })).toThrow(RangeError);
    expect(make({ table: 5 })).toThrow(/table/);
    expect(make({ keep: 1 })).toThrow(/unknown option "keep"/);
    for (const keepMs of [-1, Number.POSITIVE_INFINITY, "a week"]) expect(make({ keepMs })).toThrow(/keepMs/);
    expect(make({ notify: 1 })).toThrow(/notify/);
    expect(make({ traceparent: "00-" })).toThrow(/traceparent/);
    expect(make({ format: "kafka" })).toThrow(/format/);
    expect(make({ tableName: "x" })).toThrow(/"tableName"; did you mean "table"\?/);
    expect(make({ format: "debezium", keepMs: 1 })).toThrow(/unknown option "keepMs"/);
    expect(make({ format: "debezium", payload: "json" })).toThrow(/payload/);

    expect(() => inbox(database, { name: "x" } as never)).toThrow(/unknown option "name"/);
    expect(() => inbox(database, { table: "No" })).toThrow(RangeError);
    expect(() => toDatabase(database, "insert" as never)).toThrow(/effect must be a function/);
    expect(() => toDatabase(database, effect, { sender: "x" } as never)).toThrow(/unknown option "sender"/);
    for (const source of ["", "x".repeat(101)]) {
      expect(() => toDatabase(database, effect, { source })).toThrow(/1 to 100 characters/);
    }
    await expect(remembered.once("key", async () => 1, { timeout: 5 } as never)).rejects.toThrow(/"timeout/);
    await expect(remembered.once("key", async () => 1, { timeoutMs: -1 })).rejects.toThrow(/timeoutMs/);
    await expect(remembered.forget(new Date(Number.NaN))).rejects.toThrow(/valid Date/);
  });

  it("hands over what was written: texts, bytes, keys and trace contexts, in their order", async () => {
    const { database, events, untilEmpty } = await fresh();
    const bytes = new Uint8Array([0, 255, 1, 254]);
    await database.transaction(() =>
      events.addMany([
        { topic: "did", key: "k", body: { text: "Grüße €", n: 1 } },
        { topic: "did", key: "k", body: bytes },
        { topic: "did", key: "k", body: null, traceparent },
        { topic: "did", key: "k", body: "x".repeat(9_000) },
        { topic: "did", body: [] },
      ]),
    );
    const seen: Message[] = [];
    await using _running = events.relay({ did: async (message) => void seen.push(message) }, { idleMs: 20 }).start();
    await untilEmpty();
    const ofKey = seen.filter(({ key }) => key === "k");
    expect(ofKey.map(({ body }) => (body instanceof Uint8Array ? [...body] : body))).toEqual([
      { text: "Grüße €", n: 1 },
      [0, 255, 1, 254],
      null,
      "x".repeat(9_000),
    ]);
    expect(ofKey.map((message) => message.traceparent)).toEqual([undefined, undefined, traceparent, undefined]);
    expect(seen.find(({ key }) => key === undefined)?.body).toEqual([]);
  });

  it("takes the trace context of whoever writes, and leaves out what is none", async () => {
    let current: string | undefined = traceparent;
    const { database, events, untilEmpty } = await fresh({ traceparent: () => current });
    await database.transaction(() => events.add({ topic: "did", key: "k", body: 1 }));
    current = "nonsense";
    await database.transaction(() => events.add({ topic: "did", key: "k", body: 2 }));
    const seen: unknown[] = [];
    const did = async (message: Message) => void seen.push(message.traceparent);
    await using _running = events.relay({ did }, { idleMs: 20 }).start();
    await untilEmpty();
    expect(seen).toEqual([traceparent, undefined]);
  });

  it("writes what has the same dedupeKey once: while it waits, when it is dead, and while it is kept", async () => {
    const { database, events, untilEmpty } = await fresh({ keepMs: 3_600_000 });
    const add = (dedupeKey: string, topic = "did") =>
      database.transaction(() => events.add({ topic, dedupeKey, body: 1 }));
    const first = await add("one");
    expect(await add("one")).toBe(first);
    const dying = await add("two", "nobody");
    expect(await add("ONE")).not.toBe(first);
    expect(await events.size()).toBe(3);
    const relay = events.relay({ did: async () => {} }, { idleMs: 10, attempts: 1, onError: () => {} });
    await using _running = relay.start();
    await untilEmpty();
    expect(await add("one")).toBe(first);
    expect(await add("two")).toBe(dying);
    expect(await events.size()).toBe(0);
    expect(await events.stats()).toMatchObject({ waiting: 0, dead: 1, kept: 2 });
  });

  it("writes it once for two who come at the same time", async () => {
    const { database, events } = await fresh();
    const ids = await Promise.all(
      [1, 2, 3].map(() =>
        database.transaction(() => events.add({ topic: "did", dedupeKey: "one", body: 1 }), {
          // Where a transaction cannot see who was quicker, it begins anew.
          retry: { attempts: 5 },
        }),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await events.size()).toBe(1);
  });

  it("lets the second writer of a key wait for the first, where that is asked for", async () => {
    const { database, events, untilEmpty } = await fresh();
    const firstHas = Promise.withResolvers<void>();
    const firstMay = Promise.withResolvers<void>();
    const add = (n: number) => events.addMany([{ topic: "did", key: "k", body: n }], { serialize: true });
    const first = database.transaction(async () => {
      await add(1);
      firstHas.resolve();
      await firstMay.promise;
      await add(2);
    });
    await firstHas.promise;
    let isSecondIn = false;
    const second = database.transaction(async () => {
      await add(3);
      isSecondIn = true;
    });
    // Without the lock the second one would be in long before these answers.
    for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
    expect(isSecondIn).toBe(false);
    firstMay.resolve();
    await Promise.all([first, second]);
    const seen: unknown[] = [];
    const did = async ({ body }: Message) => void seen.push(body);
    await using _running = events.relay({ did }, { idleMs: 20 }).start();
    await untilEmpty();
    expect(seen).toEqual([1, 2, 3]);
  });

  it("keeps what is done for as long as it was told, with all that was written", async () => {
    const { database, events, table, untilEmpty } = await fresh({ keepMs: 3_600_000 });
    const id = await database.transaction(() => events.add({ topic: "did", key: "k", body: { n: 1 }, traceparent }));
    const kept = () =>
      database.query(`select message_id, topic, message_key, body, traceparent, attempts from ${table}_done`, [], {
        rowMode: "array",
      });
    const running = events.relay({ did: async () => {} }, { idleMs: 10 }).start();
    await untilEmpty();
    await running.stop();
    const [row, ...others] = await kept();
    expect(row?.slice(0, 5)).toEqual([id, "did", "k", '{"n":1}', traceparent]);
    expect([Number(row?.[5]), others]).toEqual([1, []]);
    await database.execute(`update ${table}_done set done_at = done_at - 7200000`);
    await using _another = events.relay({}, { idleMs: 10 }).start();
    await until(async () => (await kept()).length === 0);
  });

  it("creates what is missing of its tables, whoever else does so at the same time", async () => {
    const { database } = await fresh();
    const table = newTable();
    const events = outbox(database, { table });
    const keeping = outbox(database, { table, keepMs: 60_000 });
    onTestFinished(async () => {
      for (const name of keeping.ddl().flatMap(tablesMade)) await database.execute(`drop table ${name}`);
    });
    await Promise.all([events, events, events].map((it) => it.createTables()));
    const lanes = () => database.queryScalar(`select count(*) from ${table}_lanes`);
    expect(Number(await lanes())).toBe(16);
    // As a process leaves it that was killed meanwhile: messages of the other lanes would wait for ever.
    await database.execute(`delete from ${table}_lanes where lane > 5`);
    await keeping.createTables();
    expect(Number(await lanes())).toBe(16);
    expect(await database.query(`select message_id from ${table}_done`)).toEqual([]);
  });

  it("writes for Debezium what its event router looks for, and runs no relay", async () => {
    const { database } = await fresh();
    for (const payload of ["text", "bytes"] as const) {
      const table = newTable();
      const events = outbox(database, { table, format: "debezium", payload });
      await events.createTables();
      await events.createTables();
      const tx = <R>(work: () => Promise<R>) => database.transaction(work);
      const id = await tx(() =>
        events.add({ topic: "OrderPlaced", aggregateType: "order", key: "17", body: { n: 1 }, traceparent }),
      );
      const other = await tx(() => events.add({ topic: "ping", body: 2 }, {}));
      const rows = await database.query(
        `select id, aggregatetype, aggregateid, type, payload, tracingspancontext from ${table} order by type`,
        [],
        { rowMode: "array" },
      );
      const texts = rows.map((row) => row.map((it) => (it instanceof Uint8Array ? Buffer.from(it).toString() : it)));
      expect(texts.map((row) => row.slice(0, 5)).sort()).toEqual(
        [
          [id, "order", "17", "OrderPlaced", '{"n":1}'],
          [other, "ping", other, "ping", "2"],
        ].sort(),
      );
      expect(texts.find(([it]) => it === id)?.[5]).toBe(`traceparent=${traceparent}`);
      const bytes = tx(() => events.add({ topic: "raw", body: new Uint8Array([0, 255]) }));
      if (payload === "text") await expect(bytes).rejects.toThrow(/payload: "bytes"/);
      else expect(await bytes).toHaveLength(36);
      const late = tx(() => events.add({ topic: "t", body: 1, availableAt: new Date() } as never));
      await expect(late).rejects.toThrow(/no availableAt/);
      await expect(events.add({ topic: "t", body: 1 })).rejects.toThrow(TransactionStateError);
      expect(await events.forget(new Date(Date.now() + 60_000))).toBe(payload === "text" ? 2 : 3);
      for (const name of events.ddl().flatMap(tablesMade)) await database.execute(`drop table ${name}`);
    }
  });
}
