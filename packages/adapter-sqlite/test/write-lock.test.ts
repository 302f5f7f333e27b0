import { describe, expect, it } from "vitest";
import { type Connection, connect, failure, isPending, rows, run, temporaryFile } from "./support/database.ts";

async function three(): Promise<readonly [Connection, Connection, Connection]> {
  const filename = temporaryFile();
  const first = await connect({ filename });
  await run(first, "create table t (id integer primary key)");
  return [first, await connect({ filename }), await connect({ filename })];
}

const late = { writeLock: "late" } as const;

describe("a transaction that takes the writer's lock late", () => {
  it("stands in nobody's way as long as it reads", async () => {
    const [first, second, writer] = await three();
    for (const reader of [first, second]) {
      reader.begin(late);
      expect(await rows(reader, "select count(*) from t")).toEqual([[0]]);
    }
    await run(writer, "insert into t values (1)");
    for (const reader of [first, second]) {
      expect(await rows(reader, "select count(*) from t"), "it sees what there was").toEqual([[0]]);
      await reader.commit();
    }
  });

  it("writes after it has read, where nobody else has written since", async () => {
    const [first, second] = await three();
    first.begin(late);
    await rows(first, "select * from t");
    await run(first, "insert into t values (1)");
    const waiting = Promise.resolve(run(second, "insert into t values (2)"));
    expect(await isPending(waiting), "it has the turn from then on").toBe(true);
    await first.commit();
    await waiting;
    expect(await rows(first, "select id from t")).toEqual([[1], [2]]);
  });

  it("cannot write where somebody else has, and is told to run again", async () => {
    const [first, second] = await three();
    first.begin(late);
    await rows(first, "select * from t");
    await run(second, "insert into t values (1)");
    expect(await failure(() => run(first, "insert into t values (2)"))).toMatchObject({
      kind: "serialization",
      retry: "transaction",
      connection: "ok",
    });
    first.rollback();
    await run(second, "insert into t values (3)");
    expect(await rows(first, "select id from t")).toEqual([[1], [3]]);
  });

  it("waits for its turn to write, and fails when it comes too late", async () => {
    const [first, second, third] = await three();
    await first.begin({});
    await run(first, "insert into t values (1)");
    second.begin(late);
    await rows(second, "select * from t");
    const waiting = failure(() => run(second, "insert into t values (2)"));
    third.begin(late);
    await rows(third, "select * from t");
    await first.commit();
    expect((await waiting).kind).toBe("serialization");
    second.rollback();
    await third.commit();
    await run(third, "insert into t values (4)");
  });

  it("begins as a writer where its first statement writes, so that it never comes too late", async () => {
    const [first, second] = await three();
    first.begin(late);
    await run(first, "insert into t values (1)");
    const waiting = Promise.resolve(run(second, "insert into t values (2)"));
    expect(await isPending(waiting)).toBe(true);
    await run(first, "insert into t values (3)");
    await first.commit();
    await waiting;
  });

  it("is not what a transaction() gets: its read keeps the writers waiting", async () => {
    const [first, second] = await three();
    first.begin({});
    await rows(first, "select * from t");
    const waiting = Promise.resolve(run(second, "insert into t values (1)"));
    expect(await isPending(waiting)).toBe(true);
    await run(first, "insert into t values (2)");
    await first.commit();
    await waiting;
  });
});
