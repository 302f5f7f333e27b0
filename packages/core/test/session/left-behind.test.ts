import {
  CancelledError,
  DatabaseManager,
  defineDatabase,
  type Transaction,
  TransactionClosedError,
  TransactionStateError,
} from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { expect, it, onTestFinished } from "vitest";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

/** A savepoint that is given up while its callback waits; what that callback does afterwards. */
async function givenUpMeanwhile(tx: Transaction, afterwards: () => Promise<unknown>): Promise<unknown> {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const goneOn = Promise.withResolvers<unknown>();
  const giveUp = new AbortController();
  const given = tx.transaction(
    async () => {
      await tx.execute(insert, { id: 1, name: "taken from here" });
      begun.resolve();
      await gate.promise;
      await afterwards().then(goneOn.resolve, goneOn.resolve);
    },
    { propagation: "nested", signal: giveUp.signal },
  );
  await begun.promise;
  giveUp.abort();
  await expect(given).rejects.toBeInstanceOf(CancelledError);
  gate.resolve();
  return goneOn.promise;
}

it("the callback of a savepoint that was undone writes nothing more, not even through a handle from around it", async () => {
  const database = await server.open();
  await database.transaction(async (tx) => {
    const late = await givenUpMeanwhile(tx, () => tx.execute(insert, { id: 2, name: "given there" }));
    expect(late).toBeInstanceOf(TransactionClosedError);
    await tx.execute(insert, { id: 3, name: "goes on" });
  });
  expect(await idsOf(database)).toEqual([3]);
});

it("nor does it begin a stream, a savepoint or a hook there", async () => {
  const database = await server.open();
  const hooks: string[] = [];
  await database.transaction(async (tx) => {
    const ways: readonly (() => Promise<unknown>)[] = [
      async () => tx.stream("select 1")[Symbol.asyncIterator]().next(),
      () => tx.savepoint(() => tx.execute(insert, { id: 2, name: "given there" })),
      () => database.transaction(() => tx.execute(insert, { id: 2, name: "given there" })),
      async () => tx.onCommit(() => void hooks.push("mail")),
    ];
    for (const way of ways) expect(await givenUpMeanwhile(tx, way)).toBeInstanceOf(TransactionClosedError);
  });
  expect(await idsOf(database)).toEqual([]);
  expect(hooks).toEqual([]);
});

it("a savepoint of a session belongs to its unit to its end, although the commit has been asked for", async () => {
  const database = await server.open();
  await using session = await database.getSession();
  const gate = Promise.withResolvers<void>();
  const inner = session.savepoint(async () => {
    await gate.promise;
    await session.execute(insert, { id: 1, name: "inside" });
  });
  const committed = session.commit();
  gate.resolve();
  await Promise.all([inner, committed]);
  await session.rollback();
  expect(await idsOf(database)).toEqual([1]);
});

it("what goes on inside of a unit that a session has ended is no part of the next one, and does not end it", async () => {
  const database = await server.open();
  await using session = await database.getSession();
  const gate = Promise.withResolvers<void>();
  const late: unknown[] = [];
  const allSeen = Promise.withResolvers<void>();
  const left = session.run(async () => {
    await session.execute(insert, { id: 1, name: "taken from here" });
    await gate.promise;
    const ways = [
      () => session.execute(insert, { id: 2, name: "given there" }),
      () => session.savepoint(() => session.execute(insert, { id: 2, name: "given there" })),
      () => session.commit(),
    ];
    for (const way of ways) late.push(await way().catch((error: unknown) => error));
    allSeen.resolve();
  });
  left.catch(() => {});
  await session.query("select 1");
  await expect(session.commit()).rejects.toBeInstanceOf(TransactionStateError);
  await session.execute(insert, { id: 3, name: "goes on" });
  gate.resolve();
  await allSeen.promise;
  for (const error of late) expect(error).toBeInstanceOf(TransactionClosedError);
  await session.commit();
  expect(await idsOf(database)).toEqual([3]);
});

it("a pinned connection whose transaction could not be undone, and which cannot be ended, does nothing more", async () => {
  const fake = fakeDriver({ capabilities: { maxConnections: 1 } });
  const manager = new DatabaseManager({ main: defineDatabase(fake.driver, {}) });
  onTestFinished(() => manager.close({ timeoutMs: 0 }));
  onTestFinished(() => fake.close());
  const database = manager.database("main");
  await database.execute("create table items (id integer primary key, name text not null)");
  let late: unknown;
  const cut = database.withConnection(async (connection) => {
    fake.script({ on: "rollback", action: { fail: { kind: "other" } } });
    const undone = connection.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "undone" });
      throw new Error("mine");
    });
    await expect(undone).rejects.toThrow("mine");
    late = await connection.execute(insert, { id: 2, name: "late" }).catch((error: unknown) => error);
  });
  await expect(cut).rejects.toThrow(/could not be rolled back/);
  expect(await idsOf(database)).toEqual([]);
  expect(late).toBeInstanceOf(TransactionClosedError);
});
