import type { DatabaseManager } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { fakeDatabases } from "./fake-databases.ts";

const insert = (id: number) => `insert into t (id) values (${id})`;

/** Two databases, of which the first was copied with its store, and a branch in it that the other one has decided to commit. */
async function copied(before: (process: Process) => Promise<unknown> = async () => undefined) {
  const { databases, fakes, rows, other } = await fakeDatabases({ a: {}, b: {} }, { recovery: { everyMs: 3_600_000 } });
  const operator = other({});
  const store = await operator.database("b").queryScalar<string>("select id from mdb_store");
  await operator.database("a").execute("update mdb_store set id = ?", [store]);
  const process = other({ recovery: { everyMs: 3_600_000 } });
  await before(process);
  fakes.a.script({ on: "finishPrepared", times: 2, action: { fail: { kind: "lost" } } });
  await databases.transaction(
    ["a", "b"],
    async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
    },
    { decider: "b" },
  );
  return { rows, operator, process };
}

type Process = Awaited<ReturnType<typeof fakeDatabases<"a" | "b">>>["databases"];

async function idIn(operator: Pick<DatabaseManager, "inDoubt">): Promise<string> {
  const [found] = await operator.inDoubt();
  return String(found?.id);
}

it("where two databases have the same store, recovery asks both of them before it believes that nothing was decided", async () => {
  const { rows, operator } = await copied();
  const [doubt] = await operator.inDoubt();
  expect(doubt).toMatchObject({ label: "a", decision: "committed", branches: ["a"] });
  expect(await operator.outcome(String(doubt?.id))).toBe("committed");
  const { branches } = await operator.recover();
  expect(branches).toMatchObject([{ label: "a", decision: "committed", result: "done" }]);
  expect(await rows()).toEqual({ a: [1], b: [2] });
});

it("and nobody decides in the one by hand against the other", async () => {
  const { rows, operator, process } = await copied();
  const id = await idIn(operator);
  await expect(process.resolve(id, "rollback", { force: true })).rejects.toThrow(/decided already: committed/);
  await process.resolve(id, "commit", { force: true });
  expect(await rows()).toEqual({ a: [1], b: [2] });
});

it("also where one of them is the only one that the process has used yet", async () => {
  const { rows, process } = await copied((process) =>
    process.transaction(["a", "b"], async () => undefined, { decider: "a" }),
  );
  await process.recover();
  expect(await rows()).toEqual({ a: [1], b: [2] });
});
