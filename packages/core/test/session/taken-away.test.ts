import { ConnectionLostError, type Database, type MdbError, TransactionClosedError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../pool/fake-clock.ts";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";
const never = new Promise<never>(() => {});
const holdLimitMs = 1_000;

/** A database whose pool takes a connection back, and what makes it do so. */
async function limited(): Promise<{ database: Database; pass: () => Promise<void> }> {
  const clock = new FakeClock();
  const database = await server.open({ pool: { holdLimitMs } }, { clock });
  return { database, pass: () => clock.advance(2 * holdLimitMs) };
}

function failureOf(promise: Promise<unknown>): Promise<MdbError> {
  return promise.then(
    () => Promise.reject(new Error("it had to reject")),
    (error: unknown) => error as MdbError,
  );
}

describe("when the pool takes its connection away", () => {
  it("a transaction rejects with the reason, though its callback never sends anything again, and its signal says so", async () => {
    const { database, pass } = await limited();
    const hooks: string[] = [];
    const ready = Promise.withResolvers<AbortSignal>();
    const failed = failureOf(
      database.transaction(async (tx) => {
        tx.onCommit(() => hooks.push("committed"));
        tx.onRollback(() => hooks.push("rolled back"));
        await tx.execute(insert, { id: 1, name: "a" });
        ready.resolve(tx.signal);
        await never;
      }),
    );
    const signal = await ready.promise;
    expect(signal.aborted).toBe(false);
    await pass();
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.message).toContain("holdLimitMs");
    expect(error.retryable).toBe(true);
    expect(signal.reason).toBe(error);
    expect(hooks).toEqual(["rolled back"]);
    expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
    expect(await idsOf(database)).toEqual([]);
  });

  it("a statement by itself is stopped, and its caller, who had set no limit, is told who did that", async () => {
    const { database, pass } = await limited();
    // With a connection at hand it is sent in this tick.
    await idsOf(database);
    const failed = failureOf(database.query("select sleep(60000)"));
    await pass();
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.message).toContain("holdLimitMs");
    expect(error.retryable).toBe(false);
    expect(error.cause).toMatchObject({ code: "MDB_CANCELLED" });
  });

  it("one whose statement runs rejects with the same reason, and that is stopped", async () => {
    const { database, pass } = await limited();
    const sent = Promise.withResolvers<void>();
    let statement: Promise<unknown> = Promise.resolve();
    const failed = failureOf(
      database.transaction(async (tx) => {
        await tx.execute(insert, { id: 1, name: "a" });
        statement = tx.query("select sleep(60000)");
        statement.catch(() => {});
        sent.resolve();
        await statement;
      }),
    );
    await sent.promise;
    await pass();
    expect((await failed).message).toContain("holdLimitMs");
    await expect(statement).rejects.toThrow();
    expect(await idsOf(database)).toEqual([]);
  });

  it("a callback that goes on in a savepoint, or has joined, is interrupted too, and refused what it sends later", async () => {
    for (const inner of ["nested", "required"] as const) {
      const { database, pass } = await limited();
      const ready = Promise.withResolvers<void>();
      const later = Promise.withResolvers<void>();
      let late: Promise<unknown> = Promise.resolve();
      let reason: unknown;
      const failed = failureOf(
        database.transaction(async (outer) => {
          await outer.execute(insert, { id: 1, name: "a" });
          await database.transaction(
            async (tx) => {
              await tx.execute(insert, { id: 2, name: "b" });
              tx.signal.addEventListener("abort", () => {
                reason = tx.signal.reason;
              });
              late = later.promise.then(() => tx.execute(insert, { id: 3, name: "c" }));
              late.catch(() => {});
              ready.resolve();
              await never;
            },
            { propagation: inner },
          );
        }),
      );
      await ready.promise;
      await pass();
      expect((await failed).message).toContain("holdLimitMs");
      expect(reason).toBeInstanceOf(ConnectionLostError);
      later.resolve();
      await expect(late).rejects.toBeInstanceOf(TransactionClosedError);
      expect(await idsOf(database)).toEqual([]);
    }
  });

  it("close() past its deadline does not wait for callbacks that stand still, of whatever kind", async () => {
    const ways: readonly ((database: Database, ready: () => void) => Promise<unknown>)[] = [
      (database, ready) =>
        database.transaction(async (tx) => {
          await tx.execute(insert, { id: 1, name: "a" });
          ready();
          await never;
        }),
      (database, ready) =>
        database.withConnection(async (it) => {
          await it.query("select 1");
          ready();
          await never;
        }),
      (database, ready) =>
        database.withConnection((it) =>
          it.transaction(async (tx) => {
            await tx.execute(insert, { id: 1, name: "a" });
            ready();
            await never;
          }),
        ),
      async (database, ready) => {
        await using session = await database.getSession();
        await session.transaction(async (tx) => {
          await tx.execute(insert, { id: 1, name: "a" });
          ready();
          await never;
        });
      },
    ];
    for (const way of ways) {
      const database = await server.open();
      const ready = Promise.withResolvers<void>();
      const failed = failureOf(way(database, ready.resolve));
      await ready.promise;
      await database.close({ timeoutMs: 0 });
      const error = await failed;
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error.message).toContain("closed");
      expect(database.stats()).toMatchObject({ total: 0, busy: 0 });
    }
  });

  it("what a pinned connection has done is not called undone", async () => {
    const { database, pass } = await limited();
    const ready = Promise.withResolvers<void>();
    const failed = failureOf(
      database.withConnection(async (it) => {
        await it.execute(insert, { id: 1, name: "a" });
        ready.resolve();
        await never;
      }),
    );
    await ready.promise;
    await pass();
    const error = await failed;
    expect(error.retryable).toBe(false);
    expect(error.message).not.toContain("nothing of the transaction");
    expect(await idsOf(database)).toEqual([1]);
  });

  it("a held transaction is undone, its signal says so, and commit() rejects", async () => {
    const { database, pass } = await limited();
    const tx = await database.begin();
    const hooks: string[] = [];
    tx.onRollback(() => hooks.push("rolled back"));
    await tx.execute(insert, { id: 1, name: "a" });
    await pass();
    expect(tx.signal.reason).toBeInstanceOf(ConnectionLostError);
    await expect.poll(() => hooks).toEqual(["rolled back"]);
    await expect(tx.commit()).rejects.toMatchObject({ code: "MDB_TRANSACTION_ABORTED" });
    await expect(tx.query("select 1")).rejects.toBeInstanceOf(TransactionClosedError);
    expect(hooks).toEqual(["rolled back"]);
    expect(database.stats().busy).toBe(0);
    expect(await idsOf(database)).toEqual([]);
  });

  it("a session is told at its next statement, and begins anew after rollback()", async () => {
    const { database, pass } = await limited();
    await using session = await database.getSession();
    await session.execute(insert, { id: 1, name: "a" });
    await pass();
    await expect(session.execute(insert, { id: 2, name: "b" })).rejects.toMatchObject({
      cause: { code: "MDB_CONNECTION_LOST" },
    });
    await session.rollback();
    await session.execute(insert, { id: 3, name: "c" });
    await session.commit();
    expect(await idsOf(database)).toEqual([3]);
  });
});
