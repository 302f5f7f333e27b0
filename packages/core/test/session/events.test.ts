import { tracingChannel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import {
  DatabaseManager,
  DeadlockError,
  defineDatabase,
  type PoolEvent,
  type QueryEvent,
  sql,
  type Transaction,
  type TransactionEvent,
} from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it } from "vitest";
import { TracedWire } from "./traced-wire.ts";

const wire = new TracedWire();
const fail = (): never => {
  throw new Error("no");
};

/** The events of one kind. */
async function queriesOf(work: () => unknown): Promise<QueryEvent[]> {
  return (await wire.during(work)).queries;
}

async function transactionsOf(work: () => unknown): Promise<TransactionEvent[]> {
  return (await wire.during(work)).transactions;
}

describe("an event of a statement", () => {
  it("says where it ran, how long it waited and what came of it", async () => {
    const [event] = await queriesOf(() => wire.manager.database("a").query("select 1 union select 2"));
    expect(event).toMatchObject({
      database: "a",
      manager: wire.manager.number,
      engine: "reference",
      kind: "query",
      target: { address: expect.stringContaining(":") },
      connection: expect.any(Number),
      durationMs: expect.any(Number),
      waitedMs: expect.any(Number),
      attempt: 1,
      rowCount: 2,
      returnedRows: 2,
    });
    expect(event?.transaction).toBeUndefined();
    expect((event as { result?: unknown }).result).toBeUndefined();
  });

  it("says whether its values were given apart from its text", async () => {
    const database = wire.manager.database("a");
    const events = await queriesOf(async () => {
      await database.query("select 1");
      await database.query("select ?", [1]);
      await database.query(sql`select 1`);
    });
    expect(events.map(({ parameterized }) => parameterized)).toEqual([false, true, true]);
  });

  it("counts the sets of executeMany, also of a generator, and rows that were changed", async () => {
    const database = wire.manager.database("a");
    const text = "insert into items (id, name) values (?, 'e')";
    function* sets(): Generator<[number]> {
      yield [901];
      yield [902];
      yield [903];
    }
    const events = await queriesOf(async () => {
      await database.executeMany(text, [[904], [905]]);
      await database.executeMany(text, sets());
      await database.bulkInsert("items", ["id", "name"], [[906, "b"]]);
    });
    const told = events.filter(({ kind }) => kind === "many" || kind === "bulk");
    expect(told.map(({ batchSize, rowCount }) => [batchSize, rowCount])).toEqual([
      [2, 2],
      [3, 3],
      [undefined, 1],
    ]);
    expect(told[2]).toMatchObject({ table: "items", operation: "insert", statement: expect.stringMatching(/^insert/) });
    expect(told[0]?.returnedRows).toBeUndefined();
  });

  it("of a statement that was sent again is one, and says how often it was sent", async () => {
    const fake = fakeDriver();
    await using manager = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "events-again" }) });
    const failure = { kind: "lost", connection: "dead", executed: "no", retry: "connect" } as const;
    fake.script({ on: "query", text: "select 3", times: 2, action: { fail: failure } });
    const events: QueryEvent[] = [];
    const listen = (event: unknown): void => {
      if ((event as QueryEvent).manager === manager.number) events.push(event as QueryEvent);
    };
    const { asyncEnd } = tracingChannel("mdb:query");
    asyncEnd.subscribe(listen);
    await manager.database("main").query("select 3");
    asyncEnd.unsubscribe(listen);
    expect(events.map((event) => [event.attempt, event.connection, "error" in event])).toEqual([[3, 3, false]]);
  });

  it("of a stream lasts to its last row or its close, and says how it ended", async () => {
    const database = wire.manager.database("a");
    const text = "select value from json_each('[1,2,3,4,5]')";
    const whole = await queriesOf(async () => {
      for await (const _row of database.stream(text, [], { fetchSize: 2 }));
    });
    expect(whole[0]).toMatchObject({ kind: "stream", rowCount: 5, attempt: 1, durationMs: expect.any(Number) });
    expect(whole[0]?.leftEarly).toBeUndefined();
    const left = await queriesOf(async () => {
      for await (const _row of database.stream(text, [], { fetchSize: 2 })) break;
    });
    expect(left[0]).toMatchObject({ rowCount: 2, leftEarly: true });
    const failed = await queriesOf(async () => {
      for await (const _row of database.stream("select * from nowhere"));
    }).catch(() => []);
    expect(failed).toEqual([]);
    expect(await queriesOf(() => database.stream(text))).toEqual([]);
  });

  it("of a stream that fails has its error", async () => {
    const seen = await wire.during(async () => {
      try {
        for await (const _row of wire.manager.database("a").stream("select * from nowhere"));
      } catch {}
    });
    expect(seen.queries).toEqual([
      expect.objectContaining({ kind: "stream", error: expect.objectContaining({ code: "MDB_UNDEFINED_OBJECT" }) }),
    ]);
  });

  it("names its transaction, and what ends that names it too", async () => {
    const { queries, transactions } = await wire.during(() =>
      wire.manager.database("a").transaction(async (tx) => {
        await tx.query("select 1");
        await tx.savepoint((inner) => inner.query("select 2"));
      }),
    );
    const [id] = new Set(queries.map(({ transaction }) => transaction));
    expect(queries.map(({ transaction }) => transaction)).toEqual(queries.map(() => id));
    expect(transactions.map((it) => it.id)).toEqual([id, id]);
  });
});

describe("an event of a transaction", () => {
  it("says what it was, what has become of it and how long it had its connection", async () => {
    const database = wire.manager.database("a");
    const [event] = await transactionsOf(() =>
      database.transaction((tx) => tx.query("select 1"), { isolation: "serializable", readOnly: true }),
    );
    expect(event).toMatchObject({
      kind: "transaction",
      propagation: "required",
      isolation: "serializable",
      readOnly: true,
      attempt: 1,
      outcome: "committed",
      statements: 1,
      heldMs: expect.any(Number),
    });
    const undone = await transactionsOf(() =>
      database
        .transaction(async (tx) => {
          await tx.savepoint(async () => fail()).catch(() => {});
          fail();
        })
        .catch(() => {}),
    );
    expect(undone.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["savepoint", "rolled back"],
      ["transaction", "rolled back"],
    ]);
  });

  it("does not say that a savepoint was committed, which is for its transaction to say", async () => {
    const events = await transactionsOf(() =>
      wire.manager
        .database("a")
        .transaction(async (tx) => {
          await tx.savepoint((inner) => inner.query("select 1"));
          fail();
        })
        .catch(() => {}),
    );
    expect(events.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["savepoint", undefined],
      ["transaction", "rolled back"],
    ]);
  });

  it("is one for each attempt, which says what the one before failed with", async () => {
    const database = wire.manager.database("a");
    const failure = new DeadlockError("lost", { database: "a", engine: "reference" });
    let runs = 0;
    const work = async (tx: Transaction): Promise<void> => {
      await tx.query("select 1");
      if (runs++ === 0) throw failure;
    };
    const events = await transactionsOf(() => database.transaction(work, { retry: { attempts: 2, backoffMs: 0 } }));
    expect(events.map(({ attempt, outcome, retriedAfter }) => [attempt, outcome, retriedAfter])).toEqual([
      [1, "rolled back", undefined],
      [2, "committed", failure],
    ]);
    expect(new Set(events.map((it) => it.id)).size).toBe(2);
  });

  it("of a session is one for each unit of work", async () => {
    const events = await transactionsOf(() =>
      wire.manager.database("a").withSession(async (session) => {
        await session.query("select 1");
        await session.commit();
        await session.query("select 2");
        await session.query("select 3");
      }),
    );
    expect(events.map(({ kind, outcome, statements }) => [kind, outcome, statements])).toEqual([
      ["session", "committed", 1],
      ["session", "rolled back", 2],
    ]);
  });
});

describe("events of the pool", () => {
  it("hand out neither connections nor leases", async () => {
    const { acquires } = await wire.during(async () => {
      wire.manager.database("a").evictConnections();
      await wire.manager.database("a").query("select 1");
    });
    expect(acquires).toHaveLength(1);
    const connected: object[] = [];
    const channel = tracingChannel("mdb:connect");
    const subscribers = {
      start() {},
      end() {},
      asyncStart() {},
      asyncEnd: (event: object) => void connected.push(event),
      error() {},
    };
    channel.subscribe(subscribers);
    wire.manager.database("b").evictConnections();
    await wire.manager.database("b").query("select 1");
    channel.unsubscribe(subscribers);
    expect(connected).toHaveLength(1);
    for (const event of [...acquires, ...connected]) {
      expect((event as { result?: unknown }).result).toBeUndefined();
      expect(inspect(event, { depth: 12, showHidden: true })).not.toMatch(/password|Connection \{|Lease/);
    }
  });

  it("tell of each lease that is over, who had it and for how long", async () => {
    const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
    const seen: PoolEvent[] = [];
    const listen = (event: unknown): void => void seen.push(event as PoolEvent);
    subscribe("mdb:pool:event", listen);
    await wire.manager.database("a").transaction((tx) => tx.query("select 1"));
    unsubscribe("mdb:pool:event", listen);
    expect(seen).toEqual([
      expect.objectContaining({
        type: "released",
        database: "a",
        manager: wire.manager.number,
        heldMs: expect.any(Number),
        waitedMs: expect.any(Number),
        holder: 'transaction on "a"',
      }),
    ]);
  });
});
