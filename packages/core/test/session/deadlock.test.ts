import { PoolDeadlockError } from "@nsj/mdb-core";
import { expect, it } from "vitest";
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
