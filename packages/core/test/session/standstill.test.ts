import { setImmediate as turn } from "node:timers/promises";
import { TransactionClosedError, TransactionStateError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../pool/fake-clock.ts";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";
const never = new Promise<never>(() => {});

describe("nothing waits for itself", () => {
  it("a bulk load is filled from a stream of the same database, on a second connection", async () => {
    const database = await server.open();
    await database.execute("create temp table if not exists source (id integer)").catch(() => {});
    await database.bulkInsert("items", ["id", "name"], database.stream("select 1 as id, 'a' as name"));
    expect(await idsOf(database)).toEqual([1]);
  });

  it("a bulk load from the transaction that it fills is refused at once, and the transaction can be rolled back", async () => {
    const database = await server.open();
    const failing = database.transaction((tx) =>
      tx.bulkInsert("items", ["id", "name"], tx.stream("select 1 as id, 'a' as name")),
    );
    await expect(failing).rejects.toBeInstanceOf(TransactionStateError);
    expect(database.stats().busy).toBe(0);
  });

  it("a statement inside of its own stream is refused before any time has passed", async () => {
    const database = await server.open({}, { clock: new FakeClock() });
    const inside = database.transaction(async (tx) => {
      for await (const _ of tx.stream("select 1 union select 2", undefined, { fetchSize: 1 })) {
        await expect(tx.query("select 1")).rejects.toBeInstanceOf(TransactionStateError);
      }
    });
    await expect(inside).resolves.toBeUndefined();
  });

  it("a session is not ended inside of its own stream, and goes on", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    for await (const _ of session.stream("select id from items")) {
      await expect(session.commit()).rejects.toBeInstanceOf(TransactionStateError);
    }
    await session.commit();
    expect(await idsOf(database)).toEqual([1]);
  });

  it("a handle whose context was lost is refused once the transaction has stood still for so long", async () => {
    const clock = new FakeClock();
    const database = await server.open({}, { clock });
    const elsewhere = Promise.withResolvers<() => Promise<unknown>>();
    // What runs out here has no part in the savepoint's context.
    const worker = elsewhere.promise.then((work) => work());
    let done = false;
    const outcome = database.transaction((tx) =>
      tx.savepoint(() => {
        elsewhere.resolve(() => tx.query("select 1"));
        return worker;
      }),
    );
    const refused = expect(outcome).rejects.toBeInstanceOf(TransactionStateError);
    void refused.then(() => {
      done = true;
    });
    for (let round = 0; round < 400 && !done; round++) {
      await turn();
      await clock.advance(10);
    }
    await refused;
  });
});

describe("what is ended from outside", () => {
  it("a callback that fails beside a savepoint which never comes back is told at once", async () => {
    const database = await server.open();
    let inner: Promise<unknown> = Promise.resolve();
    const failing = database.transaction(async (tx) => {
      await tx.execute(insert, { id: 1, name: "a" });
      inner = tx.savepoint(() => never).catch((error) => error);
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    expect(await inner).toBeInstanceOf(TransactionClosedError);
    expect(database.stats().busy).toBe(0);
  });

  it("half of a joined callback is never committed", async () => {
    const database = await server.open();
    const gate = Promise.withResolvers<void>();
    let inner: Promise<unknown> = Promise.resolve();
    const failing = database.transaction(async () => {
      inner = database.transaction(async () => {
        await database.execute(insert, { id: 1, name: "first" });
        await gate.promise;
        await database.execute(insert, { id: 2, name: "second" });
      });
      inner.catch(() => {});
      await database.query("select 1");
    });
    await expect(failing).rejects.toThrow(/callback that had joined it was still pending/);
    gate.resolve();
    await expect(inner).rejects.toThrow();
    expect(await idsOf(database)).toEqual([]);
  });

  it("a transaction whose time or signal was over before it began does not run its callback", async () => {
    const database = await server.open();
    let ran = 0;
    const count = async (): Promise<void> => void ran++;
    await expect(database.transaction(count, { timeoutMs: 0 })).rejects.toMatchObject({
      code: "MDB_STATEMENT_TIMEOUT",
    });
    const aborted = database.transaction(count, { signal: AbortSignal.abort(new Error("gone")) });
    await expect(aborted).rejects.toMatchObject({ code: "MDB_CANCELLED", cause: { message: "gone" } });
    expect(ran).toBe(0);
  });

  it("a text that would end the transaction is refused before it is sent", async () => {
    const database = await server.open();
    for (const text of ["commit", " COMMIT AND CHAIN", "rollback; begin", "begin", "select 1; commit"]) {
      const failing = database.transaction(async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        await tx.execute(text);
      });
      await expect(failing).rejects.toBeInstanceOf(TransactionStateError);
      expect(await idsOf(database)).toEqual([]);
    }
  });

  it("hooks of an outer handle inside of a savepoint belong to the savepoint", async () => {
    const database = await server.open();
    const seen: string[] = [];
    await database.transaction(async (tx) => {
      const undone = tx.savepoint(async () => {
        tx.onCommit(() => seen.push("mail"));
        tx.onRollback(() => seen.push("undone"));
        throw new Error("out of stock");
      });
      await undone.catch(() => {});
    });
    expect(seen).toEqual(["undone"]);
  });

  it("a hook that never resolves is given up after hookTimeoutMs, and the result stands", async () => {
    const clock = new FakeClock();
    const database = await server.open({ hookTimeoutMs: 50 }, { clock });
    const reported: unknown[] = [];
    let done = false;
    const outcome = database.transaction(
      async (tx) => {
        tx.onCommit(() => never);
        await tx.execute(insert, { id: 1, name: "a" });
      },
      { onHookError: (error) => reported.push(error) },
    );
    void outcome.then(() => {
      done = true;
    });
    for (let round = 0; round < 400 && !done; round++) {
      await turn();
      await clock.advance(10);
    }
    await outcome;
    expect(reported).toEqual([expect.objectContaining({ code: "MDB_HOOK" })]);
    expect(await idsOf(database)).toEqual([1]);
  });
});
