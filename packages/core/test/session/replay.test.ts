import {
  ConnectionLostError,
  type Database,
  DatabaseManager,
  DeadlockError,
  defineDatabase,
  UniqueViolationError,
} from "@nsj/mdb-core";
import { FakeClock, type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let fake: FakeDriver;
let manager: DatabaseManager;
let database: Database;

beforeEach(async () => {
  fake = fakeDriver();
  manager = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "replay", pool: { max: 3 } }) });
  database = manager.database("main");
  await database.execute("create table items (id integer primary key)");
});

afterEach(async () => {
  await manager.close({ timeoutMs: 0 });
  fake.close();
});

const dead = { kind: "lost", connection: "dead" } as const;
const undone = { kind: "deadlock", connection: "ok", executed: "undone", retry: "transaction" } as const;
const insert = "insert into items values (1)";

describe("a single statement", () => {
  it("is sent again when it certainly did not run, the last time on a new connection", async () => {
    fake.script({
      on: "query",
      text: insert,
      times: 2,
      action: { fail: { ...dead, executed: "no", retry: "connect" } },
    });
    await database.execute(insert);
    expect(await database.queryScalar("select count(*) from items")).toBe(1);
    expect(database.stats().busy).toBe(0);
  });

  it("is sent three times at most", async () => {
    fake.script({
      on: "query",
      text: insert,
      times: 3,
      action: { fail: { ...dead, executed: "no", retry: "connect" } },
    });
    await expect(database.execute(insert)).rejects.toBeInstanceOf(ConnectionLostError);
    expect(fake.calls.filter(({ text }) => text === insert)).toHaveLength(3);
    expect(await database.queryScalar("select count(*) from items")).toBe(0);
  });

  it("is never sent again when it may have run", async () => {
    fake.script({ on: "query", text: insert, action: { doThenFail: { ...dead, executed: "maybe", retry: "never" } } });
    await expect(database.execute(insert)).rejects.toBeInstanceOf(ConnectionLostError);
    expect(fake.calls.filter(({ text }) => text === insert)).toHaveLength(1);
  });

  it("is sent again when it lost a deadlock and the server undid it whole", async () => {
    fake.script({ on: "query", text: insert, times: 2, action: { fail: undone } });
    await database.execute(insert);
    expect(await database.queryScalar("select count(*) from items")).toBe(1);
  });

  it.each([`${insert}; ${insert}`, "call fill_items()", "begin fill_items(); end"])(
    "is not sent again where a part of it may be committed: %s",
    async (text) => {
      fake.script({ on: "query", text, action: { fail: undone } });
      await expect(database.execute(text)).rejects.toBeInstanceOf(DeadlockError);
      expect(fake.calls.filter((call) => call.text === text)).toHaveLength(1);
    },
  );

  it("is not called safe to repeat when it may have run, whatever the driver says", async () => {
    const action = { doThenFail: { ...dead, executed: "maybe", retry: "transaction" } } as const;
    fake.script({ on: "query", text: insert, action });
    await expect(database.execute(insert)).rejects.toMatchObject({ code: "MDB_CONNECTION_LOST", retryable: false });
  });

  it("is not sent again when repeating cannot help", async () => {
    fake.script({ on: "query", text: insert, action: { fail: { kind: "unique", executed: "no", retry: "never" } } });
    await expect(database.execute(insert)).rejects.toBeInstanceOf(UniqueViolationError);
    expect(fake.calls.filter(({ text }) => text === insert)).toHaveLength(1);
  });
});

describe("a transaction", () => {
  it("begins on another connection when the first one turns out dead before anything ran", async () => {
    fake.script({ on: "begin", action: { fail: { ...dead, executed: "no", retry: "connect" } } });
    await database.transaction((tx) => tx.execute(insert));
    expect(await database.queryScalar("select count(*) from items")).toBe(1);
  });

  it("does not send a statement again that was undone with it", async () => {
    fake.script({ on: "query", text: insert, action: { fail: undone } });
    await expect(database.transaction((tx) => tx.execute(insert))).rejects.toBeInstanceOf(DeadlockError);
    expect(fake.calls.filter(({ text }) => text === insert)).toHaveLength(1);
  });

  it("never sends one of its statements again", async () => {
    fake.script({ on: "query", text: insert, action: { fail: { ...dead, executed: "no", retry: "connect" } } });
    await expect(database.transaction((tx) => tx.execute(insert))).rejects.toBeInstanceOf(ConnectionLostError);
    expect(fake.calls.filter(({ text }) => text === insert)).toHaveLength(1);
    expect(database.stats().busy).toBe(0);
  });

  it("passes on the caller's own error when its connection has died", async () => {
    fake.script({ on: "query", text: "select 1", action: { fail: { ...dead, executed: "maybe" } } });
    const own = new Error("mine");
    const failing = database.transaction(async (tx) => {
      await tx.execute(insert);
      await tx.query("select 1").catch(() => {});
      throw own;
    });
    await expect(failing).rejects.toBe(own);
    expect(await database.queryScalar("select count(*) from items")).toBe(0);
  });
});

describe("a cancellation that is not answered", () => {
  const limited = { timeoutMs: 1_000 };
  const hangs = { on: "query", text: "select 1", action: { hang: true } } as const;
  const stopped = { code: "MDB_STATEMENT_TIMEOUT", message: expect.stringContaining("it may have run") };
  let clock: FakeClock;
  let slow: DatabaseManager;

  beforeEach(() => {
    clock = new FakeClock();
    slow = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "replay" }) }, { clock });
    database = slow.database("main");
  });
  afterEach(() => slow.close({ timeoutMs: 0 }));

  /** What becomes of a call that hangs on the wire until its time is up. @param unanswered - the server does not take the cancellation */
  async function late(work: () => Promise<unknown>, unanswered = true, on = "query"): Promise<unknown> {
    if (unanswered) fake.script({ on: "cancel", times: 2, action: { fail: { kind: "other" } } });
    const sent = (): number => fake.calls.filter((call) => call.on === on).length;
    const before = sent();
    const failing = work().catch((error: unknown) => error);
    await expect.poll(sent).toBeGreaterThan(before);
    await clock.advance(1_000);
    const error = await failing;
    fake.clearScript();
    return error;
  }

  it("costs the connection, and the statement may have run", async () => {
    fake.script(hangs);
    expect(await late(() => database.query("select 1", undefined, limited))).toMatchObject({
      ...stopped,
      mayHaveRun: true,
    });
    expect(database.stats()).toMatchObject({ busy: 0, total: 0 });
    expect(await database.queryScalar("select 2")).toBe(2);
  });

  it("says so of a signal, of a pinned connection and of a stream", async () => {
    const abort = new AbortController();
    fake.script(hangs);
    clock.setTimer(() => abort.abort(), 500);
    const given = await late(() => database.query("select 1", undefined, { signal: abort.signal }));
    expect(given).toMatchObject({ code: "MDB_CANCELLED", mayHaveRun: true });
    fake.script(hangs);
    const pinned = await late(() =>
      database.withConnection((connection) => connection.query("select 1", undefined, limited)),
    );
    expect(pinned).toMatchObject({ ...stopped, mayHaveRun: true });
    fake.script({ on: "read", action: { hang: true } });
    const read = async (): Promise<void> => {
      for await (const _row of database.stream("select 3", undefined, limited));
    };
    expect(await late(read, true, "read")).toMatchObject({ ...stopped, mayHaveRun: true });
  });

  it("leaves nothing of a statement in a transaction, which is undone with it", async () => {
    fake.script(hangs);
    const inside = await late(() => database.transaction((tx) => tx.query("select 1", undefined, limited)));
    expect(inside).toMatchObject({ ...stopped, mayHaveRun: false });
  });

  it("is nothing of what the server has stopped, or was never sent", async () => {
    fake.script(hangs);
    const confirmed = await late(() => database.query("select 1", undefined, limited), false);
    expect(confirmed).toMatchObject({ code: "MDB_STATEMENT_TIMEOUT", mayHaveRun: false });
    const early = database.query("select 1", undefined, { signal: AbortSignal.abort() });
    await expect(early).rejects.toMatchObject({ code: "MDB_CANCELLED", mayHaveRun: false });
  });
});

describe("a connection that has answered", () => {
  const loseOnSecond = async (it: Pick<Database, "query">): Promise<void> => {
    await it.query("select 1");
    await it.query("select 2");
  };
  const uses: Record<string, () => Promise<unknown>> = {
    "in a transaction": () => database.transaction(loseOnSecond),
    "in a savepoint": () => database.transaction((tx) => tx.savepoint(loseOnSecond)),
    "where it is pinned": () => database.withConnection(loseOnSecond),
    "in a transaction where it is pinned": () => database.withConnection((it) => it.transaction(loseOnSecond)),
    "in a savepoint where it is pinned": () =>
      database.withConnection((it) => it.transaction((tx) => tx.savepoint(loseOnSecond))),
  };

  it.each(Object.keys(uses))(
    "was of use: that it dies later, time after time, says nothing of others (%s)",
    async (where) => {
      fake.script({
        on: "query",
        text: "select 2",
        times: 5,
        action: { fail: { ...dead, executed: "maybe", retry: "never" } },
      });
      for (let round = 0; round < 5; round++) {
        await expect(uses[where]?.()).rejects.toBeInstanceOf(ConnectionLostError);
        expect(database.stats().health).toBe("ok");
      }
      expect(await database.queryScalar("select count(*) from items")).toBe(0);
    },
  );
});
