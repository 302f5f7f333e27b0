import { AsyncLocalStorage } from "node:async_hooks";
import { DatabaseManager, LockTimeoutError, StatementTimeoutError, sql, TransactionAbortedError } from "@nsj/mdb-core";
import { FakeClock } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { type SqliteOptions, sqlite } from "../src/index.ts";
import { temporaryFile } from "./support/database.ts";
import { otherProcess } from "./support/other-process.ts";

/** Runs work from where no scope is known, as a queue of workers does. */
const elsewhere = AsyncLocalStorage.snapshot();

function open(options: SqliteOptions) {
  const databases = new DatabaseManager({ main: sqlite({ ...options, pool: { max: 4 } }) });
  onTestFinished(() => databases.close());
  return databases;
}

/** The options of a pool that a hook prepares: a temporary table and a setting of its own. */
async function prepared(connection: { execute(text: string): Promise<unknown> }): Promise<void> {
  await connection.execute("create temp table seen (id integer)");
  await connection.execute("pragma cache_size = 77");
}

describe("what onConnect has set", () => {
  it("costs no reset when somebody reads settings, and is there again after somebody has changed it", async () => {
    const databases = new DatabaseManager({
      main: sqlite({ filename: temporaryFile(), onConnect: prepared, pool: { max: 1 } }),
    });
    onTestFinished(() => databases.close());
    const main = databases.database("main");
    await main.query("pragma table_info(seen)");
    expect(main.stats().resets).toBe(0);
    await main.execute("drop table seen");
    await main.execute("pragma cache_size = 5");
    expect(await main.query("pragma cache_size")).toEqual([{ cache_size: 77 }]);
    expect(await main.queryScalar("select count(*) from seen")).toBe(0);
    expect(main.stats()).toMatchObject({ resets: 2, created: 1 });
  });
});

describe("statements that are answered at once", () => {
  it("run in their order behind a savepoint, however many wait for it", async () => {
    const main = open({ filename: ":memory:" }).database("main");
    await main.execute("create table t (id integer primary key, place integer)");
    await main.transaction(async (tx) => {
      const go = Promise.withResolvers<void>();
      const savepoint = tx.savepoint(async (inner) => {
        await inner.execute("insert into t values (0, 0)");
        await go.promise;
      });
      const waiting = Array.from({ length: 20_000 }, (_, index) =>
        tx.execute("insert into t values (:id, (select count(*) from t))", { id: index + 1 }),
      );
      go.resolve();
      await Promise.all([savepoint, ...waiting]);
    });
    const [found] = await main.query("select count(*) as n, sum(id = place) as inOrder from t");
    expect(found).toEqual({ n: 20_001, inOrder: 20_001 });
  });

  it("show that a savepoint goes on, so that a call which waits behind it is not refused", async () => {
    const clock = new FakeClock();
    const databases = new DatabaseManager({ main: sqlite({ filename: ":memory:" }) }, { clock });
    onTestFinished(() => databases.close());
    await databases.database("main").transaction(async (tx) => {
      let waiting: Promise<unknown> = Promise.resolve();
      await tx.savepoint(async (inner) => {
        // Not awaited in here, as somebody else's call would not be; it may wait for the savepoint, but not for one that stands still.
        waiting = elsewhere(() => tx.queryScalar("select 1"));
        for (let round = 0; round < 6; round++) {
          await clock.advance(600);
          await inner.execute("select 2");
        }
      });
      expect(await waiting).toBe(1);
    });
  });

  it("doom their transaction when one of them fails, awaited or not", async () => {
    const main = open({ filename: ":memory:" }).database("main");
    await main.execute("create table t (id integer primary key)");
    const outcome = main.transaction(async (tx) => {
      await tx.execute("insert into t values (1)");
      tx.execute("insert into t values (1)").catch(() => {});
    });
    await expect(outcome).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await main.queryScalar("select count(*) from t")).toBe(0);
  });
});

describe("a write that waits for a lock", () => {
  it("waits for one busyTimeoutMs, on one connection", async () => {
    const main = open({ filename: temporaryFile(), busyTimeoutMs: 20 }).database("main");
    await main.execute("create table t (id integer)");
    const session = await main.getSession();
    await session.execute("insert into t values (1)");
    const acquired = main.stats().acquired;
    await expect(main.execute("insert into t values (2)")).rejects.toBeInstanceOf(LockTimeoutError);
    expect(main.stats().acquired - acquired, "it was tried once").toBe(1);
    await session.close();
    expect(await main.queryScalar("select count(*) from t")).toBe(0);
  });
});

const places: readonly (readonly [string, () => SqliteOptions])[] = [
  ["a file", () => ({ filename: temporaryFile() })],
  ["memory", () => ({ filename: ":memory:" })],
];

describe.each(places)("through core, with %s", (_, options) => {
  it("loses no update of many transactions at once", async () => {
    const databases = open(options());
    const main = databases.database("main");
    await main.execute("create table counter (n integer)");
    await main.execute("insert into counter values (0)");
    await Promise.all(
      Array.from({ length: 40 }, () =>
        databases.transaction("main", async (tx) => {
          const n = await tx.queryScalar<number>("select n from counter");
          await tx.execute(sql`update counter set n = ${n + 1}`);
        }),
      ),
    );
    expect(await main.queryScalar("select n from counter")).toBe(40);
  });

  it("writes inside a loop over a stream", async () => {
    const main = open(options()).database("main");
    await main.execute("create table t (id integer primary key, done integer default 0)");
    await main.bulkInsert(
      "t",
      ["id"],
      Array.from({ length: 1_200 }, (_, id) => [id]),
    );
    for await (const { id } of main.stream<{ id: number }>("select id from t order by id")) {
      if (id % 400 === 0) await main.execute(sql`update t set done = 1 where id = ${id}`);
    }
    expect(await main.queryScalar("select sum(done) from t")).toBe(3);
  });

  it("gives the types of the contract", async () => {
    const main = open(options()).database("main");
    await main.execute(
      "create table t (big bigint, price decimal_text, tax numeric(4, 2), day date, at timestamp, doc json, raw blob)",
    );
    const at = new Date("2026-03-29T02:30:00.120Z");
    await main.execute(
      sql`insert into t values (${9_007_199_254_740_993n}, ${"1234567890.12345678901234567890"}, ${"0.1"}, ${"2026-03-29"}, ${at}, ${{ a: [1, null] }}, ${Buffer.from("x")})`,
    );
    expect(await main.queryOne("select * from t")).toEqual({
      big: 9_007_199_254_740_993n,
      price: "1234567890.12345678901234567890",
      tax: "0.1",
      day: "2026-03-29",
      at,
      doc: { a: [1, null] },
      raw: Buffer.from("x"),
    });
  });

  it("keeps its data while it is idle, and whatever fails", async () => {
    const databases = open(options());
    const main = databases.database("main");
    await main.execute("create table t (id integer primary key)");
    await main.execute("insert into t values (1)");
    await expect(main.execute("insert into t values (1)")).rejects.toMatchObject({
      code: "MDB_UNIQUE_VIOLATION",
      table: "t",
      columns: ["id"],
    });
    await expect(
      databases.transaction("main", async (tx) => {
        await tx.execute("insert into t values (2)");
        await tx.execute("insert or rollback into t values (1)").catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: "MDB_TRANSACTION_ABORTED" });
    expect(await main.query("select id from t")).toEqual([{ id: 1 }]);
  });
});

describe("through core, beside another process", () => {
  it("says that it was the lock, or the caller's time", async () => {
    const filename = temporaryFile();
    const main = open({ filename, busyTimeoutMs: 30 }).database("main");
    await main.execute("create table t (id integer primary key)");
    const other = await otherProcess(filename);
    await other.run("begin immediate");
    await expect(main.execute("insert into t values (1)")).rejects.toBeInstanceOf(LockTimeoutError);
    await expect(main.transaction((tx) => tx.execute("insert into t values (1)"))).rejects.toBeInstanceOf(
      LockTimeoutError,
    );
    await expect(main.execute("insert into t values (1)", [], { timeoutMs: 10 })).rejects.toBeInstanceOf(
      StatementTimeoutError,
    );
    await other.run("commit");
    await main.execute("insert into t values (1)");
    expect(main.stats()).toMatchObject({ total: 1, busy: 0 });
  });
});
