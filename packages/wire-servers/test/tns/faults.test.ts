import type oracledb from "oracledb";
import { afterEach, describe, expect, it } from "vitest";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer();
afterEach(() => {
  expect(client.server.script.unused).toEqual([]);
  client.server.script.clear();
});

describe("a script", () => {
  it("gives rows, counts and errors in the place of the database", async () => {
    const connection = await client.connect();
    client.server.script
      .once("select * from made_up", {
        kind: "rows",
        columns: [
          { name: "N", type: "NUMBER" },
          { name: "T", type: "VARCHAR2" },
        ],
        rows: [
          ["1", "one"],
          ["2", null],
        ],
      })
      .once(/^update made_up/, { kind: "count", count: 42 })
      .once("delete from made_up", { kind: "error", number: 1555, words: "snapshot too old", position: 12 });
    expect(await rowsOf(connection, "select * from made_up")).toEqual([
      ["1", "one"],
      ["2", null],
    ]);
    expect((await connection.execute("update made_up set n = 1")).rowsAffected).toBe(42);
    expect(await failureOf(() => connection.execute("delete from made_up"))).toMatchObject({
      number: 1555,
      offset: 12,
    });
    expect(await failureOf(() => connection.execute("select * from made_up"))).toMatchObject({ number: 942 });
  });

  it("hangs until the client breaks, and the session goes on", async () => {
    const connection = await client.connect();
    client.server.script.once("select 1 from dual", { kind: "hang" });
    const calls = client.server.record();
    const hanging = failureOf(() => connection.execute("select 1 from dual"));
    await expect.poll(() => calls).toContain("select 1 from dual");
    await connection.break();
    expect(await hanging).toMatchObject({ number: 1013 });
    expect(await rowsOf(connection, "select 2 from dual")).toEqual([["2"]]);
    connection.callTimeout = 50;
    client.server.script.once("select 1 from dual", { kind: "hang" });
    await expect(connection.execute("select 1 from dual")).rejects.toThrow(/NJS-123/);
    connection.callTimeout = 0;
    expect(await rowsOf(connection, "select 3 from dual")).toEqual([["3"]]);
  });

  it("cuts the connection before or after the database has done what was asked", async () => {
    const watcher = await client.connect();
    await watcher.execute("create table cuts (n number(5))");
    for (const [n, afterwards] of [
      [1, false],
      [2, true],
    ] as const) {
      const connection = await client.connect();
      await connection.execute("insert into cuts values (:1)", [n]);
      client.server.script.once("COMMIT", { kind: "cut", afterwards });
      expect(await failureOf(() => connection.commit())).toMatchObject({
        message: expect.stringMatching(/NJS-500|NJS-521/),
      });
    }
    await expect.poll(() => rowsOf(watcher, "select n from cuts")).toEqual([["2"]]);
  });
});

describe("a break", () => {
  it("stops what the database does, and hits nothing later", async () => {
    const connection = await client.connect();
    await connection.execute(
      "create or replace function doze(s number) return number as begin dbms_session.sleep(s); return 1; end;",
    );
    const calls = client.server.record();
    const sleeping = failureOf(() => connection.execute("select doze(30) from dual"));
    await expect.poll(() => calls).toContain("select doze(30) from dual");
    await connection.break();
    expect(await sleeping).toMatchObject({ number: 1013 });
    for (let round = 0; round < 20; round++) {
      const quick = connection.execute("select 1 from dual").then(
        () => undefined,
        () => undefined,
      );
      await new Promise(setImmediate);
      await connection.break();
      await quick;
      expect(await rowsOf(connection, "select 2 from dual")).toEqual([["2"]]);
    }
  });

  it("frees one that waits for a lock, and leaves its transaction open", async () => {
    const [holder, waiter] = [await client.connect(), await client.connect()];
    await holder.execute("create table held (id number(1), n number(5))");
    await holder.execute("insert into held values (1, 0)", [], { autoCommit: true });
    await holder.execute("update held set n = 1");
    await waiter.execute("insert into held values (2, 0)");
    const calls = client.server.record();
    const waiting = failureOf(() => waiter.execute("update held set n = 2 where id = 1"));
    await expect.poll(() => calls).toContain("update held set n = 2 where id = 1");
    await waiter.break();
    expect(await waiting).toMatchObject({ number: 1013 });
    expect(waiter.transactionInProgress).toBe(true);
    await waiter.commit();
    await holder.rollback();
    expect(await rowsOf(holder, "select id, n from held order by id")).toEqual([
      ["1", "0"],
      ["2", "0"],
    ]);
  });
});

describe("the server", () => {
  it("goes down and comes back on the same port, with its data", async () => {
    const before = await client.connect();
    await before.execute("create table kept (id number(1))");
    await before.execute("insert into kept values (1)", [], { autoCommit: true });
    await before.execute("insert into kept values (2)");
    const { port } = client.server;
    await client.server.shutDown();
    await expect(client.connect()).rejects.toThrow(/NJS-5/);
    await expect(before.execute("select 1 from dual")).rejects.toThrow(/NJS-/);
    await client.server.listen();
    expect(client.server.port).toBe(port);
    const after = await client.connect();
    expect(await rowsOf(after, "select id from kept")).toEqual([["1"]]);
  });

  it("lists what was called, from when it is asked to", async () => {
    const connection = await client.connect();
    const calls = client.server.record();
    await connection.execute("select 1 from dual");
    await connection.commit();
    expect(calls).toEqual(["select 1 from dual", "COMMIT"]);
  });

  it("serves many statements on many connections at once", async () => {
    const connections = await Promise.all(Array.from({ length: 8 }, () => client.connect()));
    await connections[0]?.execute("create table busy (c number(3), n number(5))");
    await Promise.all(
      connections.map(async (connection, c) => {
        for (let n = 0; n < 30; n++)
          await connection.execute("insert into busy values (:1, :2)", [c, n], { autoCommit: true });
      }),
    );
    const [first] = connections as [oracledb.Connection];
    expect(await rowsOf(first, "select count(*), sum(n) from busy")).toEqual([["240", String(8 * 435)]]);
  });
});
