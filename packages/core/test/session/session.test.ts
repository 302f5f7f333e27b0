import { SessionClosedError, TransactionAbortedError, TransactionStateError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

describe("a session", () => {
  it("holds a connection only from its first statement to its commit", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    expect(database.stats().busy).toBe(0);
    await session.execute(insert, { id: 1, name: "a" });
    expect(database.stats().busy).toBe(1);
    expect(session.inTransaction).toBe(true);
    await session.commit();
    expect(database.stats().busy).toBe(0);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("begins anew with the next statement after a commit or a rollback", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    await session.rollback();
    await session.execute(insert, { id: 2, name: "b" });
    await session.commit();
    await session.execute(insert, { id: 3, name: "c" });
    await session.close();
    expect(await idsOf(database)).toEqual([2]);
  });

  it("does nothing when it ends without a statement", async () => {
    const database = await server.open();
    const session = await database.getSession();
    await session.commit();
    await session.rollback();
    await session.close();
    expect(database.stats().created).toBe(0);
  });

  it("runs statements issued at once one after another, and a commit behind them", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    const statements = [1, 2, 3].map((id) => session.execute(insert, { id, name: "a" }));
    const commit = session.commit();
    const after = session.queryScalar<number>("select count(*) from items");
    await Promise.all([...statements, commit]);
    expect(await after).toBe(3);
    expect(await idsOf(database)).toEqual([1, 2, 3]);
  });

  it("refuses everything but rollback after a failed statement", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    await expect(session.execute(insert, { id: 1, name: "again" })).rejects.toMatchObject({
      code: "MDB_UNIQUE_VIOLATION",
    });
    await expect(session.query("select 1")).rejects.toBeInstanceOf(TransactionAbortedError);
    await expect(session.commit()).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await idsOf(database)).toEqual([]);
    await session.execute(insert, { id: 2, name: "fresh" });
    await session.commit();
    expect(await idsOf(database)).toEqual([2]);
  });

  it("refuses everything once it is closed, and may be closed twice", async () => {
    const database = await server.open();
    const session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    await session.close();
    await session.close();
    await expect(session.query("select 1")).rejects.toThrow("main (reference): the session is closed; take a new one");
    await expect(session.commit()).rejects.toBeInstanceOf(SessionClosedError);
    await expect(session.transaction(async () => {})).rejects.toBeInstanceOf(SessionClosedError);
    expect(await idsOf(database)).toEqual([]);
  });

  it("undoes only the savepoint", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    const undone = session.savepoint(async () => {
      await session.execute(insert, { id: 2, name: "b" });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    await session.commit();
    expect(await idsOf(database)).toEqual([1]);
  });

  it("cannot be ended from inside its own savepoint", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.savepoint(async (inner) => {
      await inner.execute(insert, { id: 1, name: "a" });
      await expect(session.commit()).rejects.toBeInstanceOf(TransactionStateError);
    });
    await session.commit();
    expect(await idsOf(database)).toEqual([1]);
  });

  it("is rolled back when its signal aborts, while it is idle too", async () => {
    const database = await server.open();
    const controller = new AbortController();
    await using session = await database.getSession({ signal: controller.signal });
    await session.execute(insert, { id: 1, name: "a" });
    controller.abort();
    await expect(session.commit()).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(database.stats().busy).toBe(0);
    expect(await idsOf(database)).toEqual([]);
  });

  it("is closed by withSession, without a commit of its own", async () => {
    const database = await server.open();
    const result = await database.withSession(async (session) => {
      await session.execute(insert, { id: 1, name: "kept" });
      await session.commit();
      await session.execute(insert, { id: 2, name: "not committed" });
      return 5;
    });
    expect(result).toBe(5);
    expect(await idsOf(database)).toEqual([1]);
    expect(database.stats().busy).toBe(0);
  });

  it("loads many rows in its own transaction", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await session.executeMany(insert, [
      { id: 1, name: "a" },
      { id: 2, name: "b" },
    ]);
    await session.bulkInsert("items", ["id", "name"], [[3, "c"], { id: 4, name: "d" }]);
    expect(await idsOf(database)).toEqual([]);
    await session.commit();
    expect(await idsOf(database)).toEqual([1, 2, 3, 4]);
  });
});
