import { type Database, DatabaseManager, defineDatabase, PoolDeadlockError } from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

it("fails one of two transactions that each hold a connection of a pool of two and want another, and lets the other go on", async () => {
  const database = await server.open({ pool: { max: 2, acquireTimeoutMs: 60_000 } });
  const bothHold = Promise.withResolvers<void>();
  let holding = 0;
  const starving = (id: number) =>
    database.transaction(async (tx) => {
      await tx.query("select 1");
      if (++holding === 2) bothHold.resolve();
      await bothHold.promise;
      await database.transaction((own) => own.execute(insert, { id, name: "own" }), { propagation: "requires_new" });
    });
  const outcomes = await Promise.allSettled([starving(1), starving(2)]);
  const failures = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
  expect(failures).toEqual([expect.any(PoolDeadlockError)]);
  expect(await idsOf(database)).toHaveLength(1);
  expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
});

it("sees sessions that starve each other inside withSession as well", async () => {
  const database = await server.open({ pool: { max: 1, acquireTimeoutMs: 60_000 } });
  const failing = database.withSession(async (session) => {
    await session.query("select 1");
    await database.query("select 2");
  });
  await expect(failing).rejects.toBeInstanceOf(PoolDeadlockError);
  expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
});

it("sees a circle over two databases", async () => {
  const first = await server.open({ pool: { max: 1, acquireTimeoutMs: 60_000 } });
  const second = await server.open({ pool: { max: 1, acquireTimeoutMs: 60_000 } });
  const bothHold = Promise.withResolvers<void>();
  let holding = 0;
  const hold = (one: typeof first, other: typeof first) =>
    one.transaction(async (tx) => {
      await tx.query("select 1");
      if (++holding === 2) bothHold.resolve();
      await bothHold.promise;
      return other.query("select 2");
    });
  const outcomes = await Promise.allSettled([hold(first, second), hold(second, first)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find((it) => it.status === "rejected")?.reason).toBeInstanceOf(PoolDeadlockError);
});

describe("a circle over the labels of one manager, whose pools are all lent", () => {
  type Hold = (database: Database, work: () => Promise<unknown>) => Promise<unknown>;
  const holds: Readonly<Record<string, Hold>> = {
    "a transaction": (database, work) => database.transaction((tx) => tx.query("select 1").then(work)),
    "a transaction held by hand": async (database, work) => {
      await using tx = await database.begin();
      await tx.query("select 1");
      return await work();
    },
    "a session": async (database, work) => {
      await using session = await database.getSession();
      await session.query("select 1");
      return await work();
    },
    "a pinned connection": (database, work) => database.withConnection((pinned) => pinned.query("select 1").then(work)),
    "the loop over a stream": async (database, work) => {
      for await (const _ of database.stream("select 1 union all select 2", undefined, { fetchSize: 1 }))
        return await work();
      return undefined;
    },
  };
  const wants: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
    "a statement": (database) => database.query("select 2"),
    "a transaction": (database) => database.transaction((tx) => tx.query("select 2")),
    "a connection": (database) => database.withConnection((pinned) => pinned.query("select 2")),
  };

  /** Each of these holds the one connection of its label, and wants that of the next. */
  async function circle(labels: readonly string[], hold: Hold, want: (database: Database) => Promise<unknown>) {
    const fake = fakeDriver();
    const pool = { max: 1, acquireTimeoutMs: 600_000, deadlockPatienceMs: 20 };
    const entries = labels.map((name) => [name, defineDatabase(fake.driver, { name, pool })] as const);
    const manager = new DatabaseManager(Object.fromEntries(entries));
    onTestFinished(() => fake.close());
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    const allHold = Promise.withResolvers<void>();
    let holding = 0;
    const parts = labels.map((label, index) =>
      hold(manager.database(label), async () => {
        if (++holding === labels.length) allHold.resolve();
        await allHold.promise;
        return want(manager.database(labels[(index + 1) % labels.length] ?? ""));
      }),
    );
    const outcomes = await Promise.allSettled(parts);
    for (const label of labels) expect(manager.database(label).stats().waiting).toBe(0);
    return outcomes;
  }

  /** Whoever holds by a callback is known to wait inside of it: one of them fails. Of the others each pool has to decide by itself. */
  const byCallback = ["a transaction", "a pinned connection"];
  const cases = Object.keys(holds).flatMap((held) => Object.keys(wants).map((wanted) => ({ held, wanted })));

  it.each(cases)("ends where each holds $held and wants $wanted of the other", async ({ held, wanted }) => {
    const outcomes = await circle(["a", "b"], holds[held] as Hold, wants[wanted] as never);
    const failures = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
    for (const failure of failures) expect(failure).toBeInstanceOf(PoolDeadlockError);
    if (byCallback.includes(held)) expect(failures).toHaveLength(1);
    else expect(failures.length).toBeGreaterThan(0);
  });

  it("ends over three labels as well", async () => {
    const outcomes = await circle(["a", "b", "c"], holds["a transaction"] as Hold, wants["a statement"] as never);
    const failures = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
    expect(failures).toEqual([expect.any(PoolDeadlockError)]);
  });
});
