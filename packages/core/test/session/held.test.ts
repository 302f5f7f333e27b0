import { ConfigurationError, TransactionClosedError, TransactionStateError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../pool/fake-clock.ts";
import { idsOf, type Tamper, useTestServer, withMembers } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";

describe("a held transaction", () => {
  it("takes no connection before its first statement, and is kept once it has committed", async () => {
    const database = await server.open();
    const tx = await database.begin();
    expect(database.stats().busy).toBe(0);
    await tx.execute(insert, { id: 1, name: "a" });
    expect(database.stats().busy).toBe(1);
    await tx.commit();
    expect(database.stats().busy).toBe(0);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("is rolled back when it goes out of scope without a commit", async () => {
    const database = await server.open();
    const seen: string[] = [];
    {
      await using tx = await database.begin();
      tx.onCommit(() => seen.push("committed"));
      tx.onRollback(() => seen.push("rolled back"));
      await tx.execute(insert, { id: 1, name: "a" });
    }
    expect(await idsOf(database)).toEqual([]);
    expect(seen).toEqual(["rolled back"]);
  });

  it("is joined inside of run() only, and what fails there dooms nothing by itself", async () => {
    const database = await server.open();
    await using tx = await database.begin();
    await tx.run(() => database.execute(insert, { id: 1, name: "joined" }));
    await expect(tx.run(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    expect(await idsOf(database)).toEqual([]);
    await tx.commit();
    expect(await idsOf(database)).toEqual([1]);
  });

  it("is always its own, also inside of another transaction", async () => {
    const database = await server.open();
    await database
      .transaction(async () => {
        const tx = await database.begin();
        await tx.execute(insert, { id: 1, name: "own" });
        await tx.commit();
        throw new Error("undo the outer one");
      })
      .catch(() => {});
    expect(await idsOf(database)).toEqual([1]);
  });

  it("cannot be committed inside of its own run(), and goes on as it is", async () => {
    const database = await server.open();
    await using tx = await database.begin();
    await tx.execute(insert, { id: 1, name: "a" });
    await tx.run(() => expect(tx.commit()).rejects.toBeInstanceOf(TransactionStateError));
    await tx.commit();
    expect(await idsOf(database)).toEqual([1]);
  });

  it("refuses everything once it has ended", async () => {
    const database = await server.open();
    const tx = await database.begin();
    await tx.rollback();
    await expect(tx.query("select 1")).rejects.toBeInstanceOf(TransactionClosedError);
    await expect(tx.commit()).rejects.toBeInstanceOf(TransactionClosedError);
    await tx[Symbol.asyncDispose]();
  });

  it("ends at its time limit, tells its signal, and gives its connection back", async () => {
    const clock = new FakeClock();
    const database = await server.open({}, { clock });
    const hooks: string[] = [];
    const tx = await database.begin({ timeoutMs: 100 });
    tx.onCommit(() => hooks.push("committed"));
    tx.onRollback(() => hooks.push("rolled back"));
    await tx.execute(insert, { id: 1, name: "a" });
    await clock.advance(101);
    expect(tx.signal.aborted).toBe(true);
    expect(tx.signal.reason).toMatchObject({ code: "MDB_STATEMENT_TIMEOUT" });
    // By itself: nobody has to ask for it.
    await expect.poll(() => database.stats().busy).toBe(0);
    expect(await idsOf(database)).toEqual([]);
    expect(hooks).toEqual(["rolled back"]);
    await expect(tx.commit()).rejects.toMatchObject({ code: "MDB_TRANSACTION_ABORTED" });
    expect(hooks).toEqual(["rolled back"]);
  });

  it("that was ended by its time limit or its signal is rolled back once, whoever asks for that as well", async () => {
    const rollbacks: number[] = [];
    const tamper: Tamper = (connection) =>
      withMembers(connection, {
        rollback: async () => {
          rollbacks.push(1);
          await connection.rollback();
        },
      });
    for (const ask of ["rollback", "dispose", "nobody"] as const) {
      rollbacks.length = 0;
      const database = await server.open({}, { tamper });
      const abort = new AbortController();
      const tx = await database.begin({ signal: abort.signal });
      await tx.execute(insert, { id: 1, name: "a" });
      abort.abort(new Error("the client has gone"));
      if (ask === "rollback") await tx.rollback();
      if (ask === "dispose") await tx[Symbol.asyncDispose]();
      await expect.poll(() => database.stats().busy).toBe(0);
      expect(rollbacks).toHaveLength(1);
      expect(await idsOf(database)).toEqual([]);
    }
  });

  it("refuses options that need a callback", async () => {
    const database = await server.open();
    await expect(database.begin({ retry: { attempts: 2 } } as never)).rejects.toBeInstanceOf(ConfigurationError);
    await expect(database.begin({ propagation: "required" } as never)).rejects.toBeInstanceOf(ConfigurationError);
  });
});

it("a session is joined inside of its run() only", async () => {
  const database = await server.open();
  await using session = await database.getSession();
  await session.run(() => database.execute(insert, { id: 1, name: "joined" }));
  await session.rollback();
  expect(await idsOf(database)).toEqual([]);
});
