import { type DatabaseManager, PartialCommitError, TransactionAbortedError } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { fakeDatabases } from "./fake-databases.ts";

const insert = (id: number) => `insert into t (id) values (${id})`;

it("a decision to commit that somebody has made by hand holds for every branch, and the caller is told what of his work is kept", async () => {
  const { databases, fakes, rows, prepared, other } = await fakeDatabases({ a: {}, b: {}, c: {} });
  const mayDecide = Promise.withResolvers<void>();
  fakes.a.script({ on: "begin", action: { waitFor: mayDecide.promise } });
  fakes.c.script({ on: "finishPrepared", action: { fail: { kind: "lost" } } });
  const seen: string[] = [];
  const ending = told(
    databases.transaction(["a", "b", "c"], async ({ a, b, c }) => {
      await b.execute(insert(2));
      await c.execute(insert(3));
      for (const it of [a, b, c]) {
        it.onCommit(() => seen.push(`${it.label} committed`));
        it.onRollback(() => seen.push(`${it.label} rolled back`));
      }
    }),
  );
  const operator = other({});
  const id = await preparedIn(operator, 2);
  const { branches } = await operator.resolve(id, "commit", { force: true });
  expect(Object.fromEntries(branches.map(({ label, result }) => [label, result]))).toEqual({ b: "done", c: "left" });
  mayDecide.resolve();
  const error = await ending;
  expect(error).toBeInstanceOf(PartialCommitError);
  expect(error).toMatchObject({
    database: "a",
    labels: { a: "rolled back", b: "committed", c: "committed" },
    cause: expect.any(TransactionAbortedError),
  });
  expect(seen).toEqual(["a rolled back", "b committed", "c committed"]);
  expect(await rows()).toEqual({ a: [], b: [2], c: [3] });
  expect(await prepared()).toBe(0);
});

it("a decision to commit by hand is not taken for the COMMIT of the decider that was lost", async () => {
  const { databases, fakes, rows, prepared, other } = await fakeDatabases({ a: {}, b: {} });
  fakes.a.script({ on: "commit", action: { fail: { kind: "lost" } } });
  const mayAsk = Promise.withResolvers<void>();
  const ending = told(
    databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
      fakes.a.script({ on: "begin", action: { waitFor: mayAsk.promise } });
    }),
  );
  const isAsking = () => fakes.a.calls.some(({ on }) => on === "commit") && fakes.a.calls.at(-1)?.on === "begin";
  while (!isAsking()) await new Promise((resolve) => setImmediate(resolve));
  fakes.a.clearScript();
  const operator = other({});
  await operator.resolve(await preparedIn(operator, 1), "commit", { force: true });
  mayAsk.resolve();
  expect(await ending).toMatchObject({ code: "MDB_PARTIAL_COMMIT", labels: { a: "rolled back", b: "committed" } });
  expect(await rows()).toEqual({ a: [], b: [2] });
  expect(await prepared()).toBe(0);
});

it("a decision that cannot be read leaves the branches prepared, and is told as unknown", async () => {
  const { databases, fakes, rows, other } = await fakeDatabases({ a: {}, b: {}, c: {} });
  const mayDecide = Promise.withResolvers<void>();
  fakes.a.script({ on: "begin", action: { waitFor: mayDecide.promise } });
  fakes.c.script({ on: "finishPrepared", action: { fail: { kind: "lost" } } });
  const ending = told(
    databases.transaction(
      ["a", "b", "c"],
      async ({ b, c }) => {
        await b.execute(insert(2));
        await c.execute(insert(3));
      },
      { timeoutMs: 500 },
    ),
  );
  const operator = other({});
  const id = await preparedIn(operator, 2);
  await operator.resolve(id, "commit", { force: true });
  fakes.a.script({ on: "begin", times: 1_000, action: { fail: { kind: "refused" } } });
  mayDecide.resolve();
  expect(await ending).toMatchObject({
    code: "MDB_COMMIT_OUTCOME_UNKNOWN",
    transactionId: id,
    labels: { a: "rolled back", b: "prepared", c: "prepared" },
  });
  fakes.a.clearScript();
  await operator.recover();
  expect(await rows()).toEqual({ a: [], b: [2], c: [3] });
});

function told(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "committed",
    (error: unknown) => error,
  );
}

/** The transaction of which so many branches are prepared, once they are. */
async function preparedIn(operator: Pick<DatabaseManager, "inDoubt">, count: number): Promise<string> {
  for (;;) {
    const found = await operator.inDoubt();
    if (found.length === count) return String(found[0]?.id);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
