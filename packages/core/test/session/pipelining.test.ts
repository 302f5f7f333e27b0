import {
  ConfigurationError,
  ConnectionLostError,
  type Database,
  DatabaseManager,
  type DatabaseOptions,
  defineDatabase,
  PoolClosedError,
  SqlSyntaxError,
  sql,
} from "@nsj/mdb-core";
import { type FakeDriver, type FakeDriverOptions, fakeDriver } from "@nsj/mdb-testkit";
import { afterEach, describe, expect, it } from "vitest";
import { FakeClock, settled } from "../pool/fake-clock.ts";

const read = "select count(*) from items where id < ?";
const slow = "select name from items where id = ?";

let fake: FakeDriver;
let manager: DatabaseManager;
let clock: FakeClock;

function configured(options: DatabaseOptions, driverOptions?: FakeDriverOptions): Database {
  fake = fakeDriver(driverOptions);
  clock = new FakeClock();
  const definition = defineDatabase(fake.driver, { name: "pipelining", ...options });
  manager = new DatabaseManager({ main: definition }, { clock });
  return manager.database("main");
}

/** A database with ten items, on which the texts of these tests have proven quick. */
async function open(options: DatabaseOptions = {}): Promise<Database> {
  const database = configured({ pipelining: { connections: 1 }, pool: { max: 3 }, ...options });
  await database.execute("create table items (id integer primary key, name text)");
  for (let id = 1; id <= 10; id++) await database.execute("insert into items values (?, ?)", [id, `n${id}`]);
  for (const text of [read, slow]) for (let run = 0; run < 3; run++) await database.query(text, [1]);
  return database;
}

/** Which connection each call of a text went to. */
function connectionsOf(text: string | RegExp): readonly number[] {
  const calls = fake.calls.filter((call) =>
    typeof text === "string" ? call.text === text : text.test(call.text ?? ""),
  );
  return calls.map(({ connection }) => connection);
}

/** Lets the statements of a text wait until `go` is called. */
function hold(text: string, times = 1): { readonly go: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  fake.script({ on: "query", text, times, action: { waitFor: promise } });
  return { go: resolve };
}

function many<T>(count: number, make: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)));
}

afterEach(async () => {
  await manager?.close({ timeoutMs: 0 });
  fake?.close();
});

describe("quick reads", () => {
  it("share a connection when they come at once, each with its own answer", async () => {
    const database = await open();
    const before = fake.calls.length;
    const answers = await many(10, (index) => database.queryScalar(read, [index + 1]));
    expect(answers).toEqual(Array.from({ length: 10 }, (_, index) => ({ status: "fulfilled", value: index })));
    expect(new Set(fake.calls.slice(before).map(({ connection }) => connection)).size).toBe(1);
    expect(database.stats()).toMatchObject({ created: 1, busy: 0, idle: 1 });
  });

  it("spread over the connections, the least busy one first", async () => {
    const database = await open({ pipelining: { connections: 2 } });
    const gate = hold(read, 8);
    const one = hold(slow, 2);
    // Two at once open the second connection.
    const opening = many(2, () => database.query(slow, [1]));
    const overflow = many(2, () => database.transaction((tx) => tx.query("select 1")));
    await settled();
    one.go();
    await Promise.all([opening, overflow]);
    const before = connectionsOf(read).length;
    const reads = many(8, () => database.query(read, [5]));
    await settled();
    const used = connectionsOf(read).slice(before);
    expect(new Set(used).size).toBe(2);
    for (const connection of new Set(used)) expect(used.filter((it) => it === connection)).toHaveLength(4);
    gate.go();
    await reads;
  });

  it("take a connection of the pool when there are too many for the shared ones", async () => {
    const database = await open({ pipelining: { connections: 1, maxInFlight: 2 } });
    const gate = hold(read, 3);
    const before = connectionsOf(read).length;
    const reads = many(3, () => database.query(read, [5]));
    await settled();
    const [first, second, third] = connectionsOf(read).slice(before);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    gate.go();
    expect((await reads).every(({ status }) => status === "fulfilled")).toBe(true);
    expect(database.stats().busy).toBe(0);
  });

  it("give their connection back after a second, however many come", async () => {
    const database = await open();
    const before = database.stats().acquired;
    let under: { readonly gate: { readonly go: () => void }; readonly answer: Promise<unknown> } | undefined;
    // Each one starts before the last has ended, so that the connection is never at rest.
    const next = async (): Promise<void> => {
      const gate = hold(read);
      const answer = database.query(read, [5]);
      await settled();
      await clock.advance(5);
      under?.gate.go();
      await under?.answer;
      under = { gate, answer };
    };
    for (let count = 0; count < 190; count++) await next();
    expect(database.stats().acquired).toBe(before + 1);
    for (let count = 0; count < 20; count++) await next();
    expect(database.stats().acquired).toBe(before + 2);
    under?.gate.go();
    await under?.answer;
    expect(database.stats()).toMatchObject({ busy: 0, created: 2 });
  });

  it("join the transaction around them instead", async () => {
    const database = await open();
    await database.transaction(async (tx) => {
      await tx.execute("insert into items values (11, 'new')");
      expect(await database.queryScalar(read, [100])).toBe(11);
    });
  });
});

describe("what must not travel with others", () => {
  it.each([
    ["a write", "insert into items values (99, 'x')"],
    ["a read that locks", "select 1 from items where 'x' = 'for update'"],
    ["several statements", "select 1; select 2"],
    ["a statement that begins with a comment", "/* read */ select 1"],
  ])("is %s", async (_, text) => {
    const database = await open({ pool: { max: 2 } });
    for (let run = 0; run < 4; run++) await database.execute(text).catch(() => undefined);
    const gate = hold(text, 2);
    const pair = many(2, () => database.execute(text));
    await settled();
    expect(new Set(connectionsOf(text).slice(-2)).size).toBe(2);
    gate.go();
    await pair;
  });

  it("is a read with a signal or a limit of its own", async () => {
    const database = await open();
    const gate = hold(read, 3);
    const { signal } = new AbortController();
    const reads = [
      database.query(read, [1], { signal }),
      database.query(read, [1], { timeoutMs: 60_000 }),
      database.query(read, [1]),
    ];
    await settled();
    expect(new Set(connectionsOf(read).slice(-3)).size).toBe(3);
    gate.go();
    await Promise.all(reads);
  });

  it("is a text that has not proven quick", async () => {
    const database = await open();
    const text = "select id from items";
    const gate = hold(text, 2);
    const pair = many(2, () => database.query(text));
    await settled();
    expect(new Set(connectionsOf(text)).size).toBe(2);
    gate.go();
    await pair;
  });

  it("is a text that was slow the last time", async () => {
    const database = await open();
    const gate = hold(slow);
    const first = database.query(slow, [1]);
    await settled();
    await clock.advance(50);
    gate.go();
    await first;
    const again = hold(slow, 2);
    const pair = many(2, () => database.query(slow, [1]));
    await settled();
    expect(new Set(connectionsOf(slow).slice(-2)).size).toBe(2);
    again.go();
    await pair;
  });
});

describe("a text that was slow once", () => {
  it("shares again only when it has been quick ten times as often in a row", async () => {
    const database = await open();
    const gate = hold(slow);
    const first = database.query(slow, [1]);
    await settled();
    await clock.advance(50);
    gate.go();
    await first;
    const sharedAfter = async (runs: number): Promise<boolean> => {
      for (let run = 0; run < runs; run++) await database.query(slow, [1]);
      const again = hold(slow, 2);
      const pair = many(2, () => database.query(slow, [1]));
      await settled();
      again.go();
      await pair;
      return new Set(connectionsOf(slow).slice(-2)).size === 1;
    };
    expect(await sharedAfter(20)).toBe(false);
    expect(await sharedAfter(10)).toBe(true);
  });
});

describe("a statement that is suddenly slow", () => {
  it("holds up nobody who comes after it", async () => {
    const database = await open();
    const gate = hold(slow);
    const stuck = database.query(slow, [1]);
    await settled();
    await clock.advance(11);
    expect(await database.queryScalar(read, [4])).toBe(3);
    expect(connectionsOf(read).at(-1)).not.toBe(connectionsOf(slow).at(-1));
    gate.go();
    expect(await stuck).toEqual([{ name: "n1" }]);
    expect(database.stats().busy).toBe(0);
  });
});

describe("a failure", () => {
  it("of one statement is its own", async () => {
    const database = await open();
    fake.script({ on: "query", text: slow, action: { fail: { kind: "syntax" } } });
    const [failed, ...others] = await many(4, (index) =>
      index === 0 ? database.query(slow, [1]) : database.queryScalar(read, [index]),
    );
    expect(failed).toMatchObject({ status: "rejected", reason: expect.any(SqlSyntaxError) });
    expect(others).toEqual([0, 1, 2].map((value) => ({ status: "fulfilled", value })));
    expect(database.stats()).toMatchObject({ busy: 0, created: 1 });
  });

  it("of the connection leaves each statement its own outcome; only what certainly did not run is sent again", async () => {
    const database = await open();
    const gate = hold(slow);
    fake.script(
      {
        on: "query",
        text: read,
        action: { fail: { kind: "lost", connection: "ok", executed: "no", retry: "statement" } },
      },
      {
        on: "query",
        text: read,
        action: { fail: { kind: "lost", connection: "dead", executed: "maybe", retry: "never" } },
      },
    );
    const before = connectionsOf(read).length;
    const [first, notRun, maybeRun] = [
      database.query(slow, [1]),
      database.queryScalar(read, [2]),
      database.queryScalar(read, [3]),
    ];
    const outcomes = Promise.allSettled([first, notRun, maybeRun]);
    await settled();
    gate.go();
    const [, sentAgain, lost] = await outcomes;
    expect(sentAgain).toEqual({ status: "fulfilled", value: 1 });
    expect(lost).toMatchObject({ status: "rejected", reason: expect.any(ConnectionLostError) });
    expect(connectionsOf(read).slice(before)).toHaveLength(3);
    expect(await database.queryScalar(read, [4])).toBe(3);
    expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });
});

describe("a connection in doubt", () => {
  it("is checked before anybody gets it again", async () => {
    const database = await open();
    fake.script({ on: "query", text: slow, action: { fail: { kind: "other", connection: "suspect" } } });
    const pings = fake.calls.filter(({ on }) => on === "ping").length;
    await many(2, (index) => database.query(index === 0 ? slow : read, [1]));
    await database.query(read, [1]);
    expect(fake.calls.filter(({ on }) => on === "ping")).toHaveLength(pings + 1);
  });
});

describe("closing", () => {
  it("lets what is under way finish, and takes nothing new", async () => {
    const database = await open();
    const gate = hold(read);
    const running = database.queryScalar(read, [3]);
    await settled();
    const closed = manager.close({ timeoutMs: 1_000 });
    await expect(database.query(read, [3])).rejects.toBeInstanceOf(PoolClosedError);
    gate.go();
    expect(await running).toBe(2);
    await closed;
    expect(database.stats().total).toBe(0);
  });
});

describe("the option", () => {
  it("is refused for an engine whose connections cannot be shared", () => {
    const definition = { pipelining: {} };
    expect(() => configured(definition, { capabilities: { concurrency: "single" } })).toThrow(ConfigurationError);
    expect(() => configured(definition, { capabilities: { concurrency: "single" } })).toThrow(
      /main \(fake\): option "pipelining": the engine answers one statement at a time/,
    );
  });

  it("is refused beside a limit for every statement", () => {
    expect(() => configured({ pipelining: {}, statementTimeoutMs: 1_000 })).toThrow(/"statementTimeoutMs"/);
  });

  it("is checked", () => {
    expect(() => configured({ pipelining: { connections: 0 } })).toThrow(/"pipelining.connections"/);
    expect(() => configured({ pipelining: { connections: 4 }, pool: { max: 3 } })).toThrow(/at most the pool's max, 3/);
    expect(() => configured({ pipelining: { maxInFlight: 0 } })).toThrow(/"pipelining.maxInFlight"/);
    expect(() => configured({ pipelining: { conections: 1 } as never })).toThrow(/did you mean "connections"/i);
  });

  it("works with templates", async () => {
    const database = await open();
    const answers = await Promise.all(
      [1, 2, 3].map((id) => database.queryOne<{ name: string }>(sql`select name from items where id = ${id}`)),
    );
    expect(answers.map(({ name }) => name)).toEqual(["n1", "n2", "n3"]);
  });
});
