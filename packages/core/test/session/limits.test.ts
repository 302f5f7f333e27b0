import { getEventListeners } from "node:events";
import { CancelledError, StatementTimeoutError } from "@nsj/mdb-core";
import { FakeClock } from "@nsj/mdb-testkit";
import { describe, expect, it } from "vitest";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();
const sleep = "select sleep(60000)";

describe("a limit", () => {
  it("stops the statement on the server, and the connection serves the next one", async () => {
    const database = await server.open({ pool: { max: 1 } });
    // Connecting is no part of it, and would take of the same time.
    await database.query("select 1");
    await expect(database.query(sleep, undefined, { timeoutMs: 30 })).rejects.toBeInstanceOf(StatementTimeoutError);
    expect(await database.queryScalar("select 5")).toBe(5);
    expect(database.stats()).toMatchObject({ created: 1, busy: 0 });
  });

  it("may be set for every statement of a database, and another one by the call", async () => {
    const database = await server.open({ pool: { max: 1 }, statementTimeoutMs: 30 });
    await expect(database.query(sleep)).rejects.toBeInstanceOf(StatementTimeoutError);
    expect(await database.query("select sleep(60)", undefined, { timeoutMs: 20_000 })).toHaveLength(1);
  });

  it("covers waiting for a connection", async () => {
    const database = await server.open({ pool: { max: 1 } });
    await database.transaction(async (tx) => {
      await tx.query("select 1");
      const waiting = database.transaction((own) => own.query("select 1"), {
        propagation: "requires_new",
        timeoutMs: 20,
      });
      await expect(waiting).rejects.toThrow();
    });
    expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it("of a transaction that has passed while the process was busy keeps COMMIT from being sent", async () => {
    const clock = new FakeClock();
    const database = await server.open({}, { clock });
    const late = database.transaction(
      async (tx) => {
        await tx.execute("insert into items values (1, 'a')");
        clock.block(1_000);
      },
      { timeoutMs: 1_000 },
    );
    await expect(late).rejects.toBeInstanceOf(StatementTimeoutError);
    expect(await idsOf(database)).toEqual([]);
  });

  it("of a transaction, and its signal, are watched once, however many of its statements are under way", async () => {
    const clock = new FakeClock();
    const database = await server.open({}, { clock });
    const { signal } = new AbortController();
    await database.transaction(
      async (tx) => {
        await tx.query("select 1");
        const { timers } = clock;
        const running = [1, 2, 3].map((n) => tx.queryScalar(`select ${n}`));
        expect(clock.timers).toBe(timers);
        expect(getEventListeners(signal, "abort")).toHaveLength(1);
        expect(await Promise.all(running)).toEqual([1, 2, 3]);
        expect(clock.timers).toBe(timers);
      },
      { timeoutMs: 60_000, signal },
    );
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(clock.keptAlive).toBe(0);
  });

  it.each(["limit", "signal"] as const)(
    "of a transaction: when its %s is over, so is each of its statements",
    async (what) => {
      const clock = new FakeClock();
      const database = await server.open({ pool: { max: 1 } }, { clock });
      const controller = new AbortController();
      const settled: Promise<unknown>[] = [];
      const { promise: allCalled, resolve: calledAll } = Promise.withResolvers<void>();
      const failing = database.transaction(
        async (tx) => {
          await tx.execute("insert into items values (1, 'a')");
          for (let n = 0; n < 3; n++) settled.push(tx.query(sleep).catch((error: unknown) => error));
          calledAll();
          await Promise.all(settled);
        },
        { timeoutMs: 60_000, signal: controller.signal },
      );
      const outcome = failing.catch((error: unknown) => error);
      await allCalled;
      if (what === "limit") await clock.advance(60_000);
      else controller.abort();
      const expected = what === "limit" ? StatementTimeoutError : CancelledError;
      expect(await outcome).toBeInstanceOf(expected);
      for (const error of await Promise.all(settled)) expect(error).toBeInstanceOf(Error);
      expect(await settled[0]).toBeInstanceOf(expected);
      expect(await idsOf(database)).toEqual([]);
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    },
  );

  it("of a session holds for each of its statements", async () => {
    const database = await server.open();
    await using session = await database.getSession({ timeoutMs: 30 });
    expect(await session.queryScalar("select 1")).toBe(1);
    await expect(session.query(sleep)).rejects.toBeInstanceOf(StatementTimeoutError);
  });
});

describe("a signal", () => {
  it("stops the statement on the server", async () => {
    const database = await server.open({ pool: { max: 1 } });
    const controller = new AbortController();
    const running = database.query(sleep, undefined, { signal: controller.signal });
    // The statement is on its way before this turn of the event loop ends.
    setImmediate(() => controller.abort(new Error("gone")));
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    await expect(running).rejects.toMatchObject({ cause: { message: "gone" } });
    expect(await database.queryScalar("select 5")).toBe(5);
  });

  it("that has aborted already sends nothing", async () => {
    const database = await server.open();
    await expect(database.query("select 1", undefined, { signal: AbortSignal.abort() })).rejects.toThrow(
      CancelledError,
    );
    const failing = database.execute("insert into items values (1, 'a')", undefined, { signal: AbortSignal.abort() });
    await expect(failing).rejects.toBeInstanceOf(CancelledError);
    expect(await idsOf(database)).toEqual([]);
  });

  it("stops a statement in a transaction, which is lost with it", async () => {
    const database = await server.open();
    const failing = database.transaction(async (tx) => {
      await tx.execute("insert into items values (1, 'a')");
      await tx.query(sleep, undefined, { timeoutMs: 30 }).catch(() => {});
    });
    await expect(failing).rejects.toMatchObject({
      code: "MDB_TRANSACTION_ABORTED",
      cause: { code: "MDB_STATEMENT_TIMEOUT" },
    });
    expect(await idsOf(database)).toEqual([]);
    expect(database.stats()).toMatchObject({ busy: 0 });
  });

  it("has no listener left on it by what has ended", async () => {
    const database = await server.open({ pool: { max: 1 } });
    const { signal } = new AbortController();
    await database.transaction(
      async (tx) => {
        await tx.query("select 1", undefined, { signal });
        for await (const _ of tx.stream("select 1 union select 2", undefined, { signal })) break;
        await tx.bulkInsert("items", ["id", "name"], [[1, "a"]], { signal });
        await Promise.all([1, 2].map(() => tx.query("select 1", undefined, { signal })));
      },
      { signal },
    );
    await Promise.all([1, 2].map(() => database.query("select 1", undefined, { signal })));
    await database.withConnection((connection) => connection.query("select 1", undefined, { signal }), { signal });
    await database.withSession((session) => session.query("select 1"), { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
