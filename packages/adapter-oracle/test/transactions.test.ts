import { type DriverConnection, unlimited } from "@nsj/mdb-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

const server = testServer();
let connection: DriverConnection;
let other: DriverConnection;

beforeEach(async () => {
  connection = await connected(server);
  other = await connected(server);
  await run(connection, "create table account (id number(5) primary key, amount number(5))");
  await run(connection, "insert into account values (1, 100)");
});
afterEach(async () => {
  other.destroy();
  await connection.rollback();
  await run(connection, "drop table account");
  connection.destroy();
});

/** An integer comes as its digits. */
const amount = async (from: DriverConnection) =>
  Number((await rows(from, "select amount from account where id = 1"))[0]?.[0]);

describe("a transaction", () => {
  it("goes on after a statement that failed", async () => {
    await connection.begin({});
    await run(connection, "update account set amount = 3");
    expect((await failureOf(() => run(connection, "insert into account values (1, 1)"))).kind).toBe("unique");
    expect(connection.txStatus).toBe("active");
    await connection.commit();
    expect(await amount(other)).toBe(3);
  });

  it("goes on after a deadlock, in which the server has undone one statement of it only", async () => {
    await run(other, "insert into account values (2, 100)");
    for (const [id, from] of [connection, other].entries()) {
      await from.begin({});
      await run(from, `update account set amount = ${id} where id = ${id + 1}`);
    }
    const crossing = [connection, other].map(async (from, id) => {
      const failure = await failureOf(() => run(from, `update account set amount = ${id} where id = ${2 - id}`)).catch(
        () => undefined,
      );
      if (failure === undefined) return undefined;
      const kept = await rows(from, `select amount from account where id = ${id + 1}`);
      const { txStatus } = from;
      await from.rollback();
      return { failure, kept: Number(kept[0]?.[0]), txStatus, id };
    });
    const victims = (await Promise.all(crossing)).filter((victim) => victim !== undefined);
    expect(victims).toHaveLength(1);
    expect(victims[0]).toMatchObject({
      failure: { kind: "deadlock", code: "ORA-00060", connection: "ok", retry: "transaction" },
      txStatus: "active",
    });
    expect(victims[0]?.kept).toBe(victims[0]?.id);
    await connection.rollback();
    await other.rollback();
  });

  it("is over when a definition commits it, and then commits no more", async () => {
    await connection.begin({});
    await run(connection, "update account set amount = 4");
    await run(connection, "create table committed (id number(1))");
    await run(connection, "drop table committed");
    expect(connection.txStatus).toBe("idle");
    expect(await failureOf(async () => connection.commit())).toMatchObject({
      kind: "transaction-aborted",
      connection: "ok",
    });
    expect(await amount(other)).toBe(4);
  });

  it("shows what a SELECT ... FOR UPDATE outside of one has locked, until it is rolled back", async () => {
    await rows(connection, "select id from account for update");
    expect(connection.txStatus).toBe("active");
    expect((await failureOf(() => run(other, "select id from account for update nowait"))).kind).toBe("lock-timeout");
    await connection.rollback();
    expect(connection.txStatus).toBe("idle");
    expect(await rows(other, "select id from account for update nowait")).toHaveLength(1);
    await other.rollback();
  });
});

describe("a text that ends its own transaction", () => {
  it.each([
    ["commit", 8, /was committed already/],
    ["-- now\n COMMIT WORK", 8, /was committed already/],
    ["create table made_within (id number(3))", 8, /was committed already/],
    ["rollback", 100, /was rolled back already/],
    ["begin commit; end;", 8, /has ended already/],
  ])("%s is told at once, and the commit says what stayed", async (text, left, words) => {
    await connection.begin({});
    await run(connection, "update account set amount = 8");
    await run(connection, text);
    expect(connection.txStatus).toBe("idle");
    await run(connection, "update account set amount = 9");
    expect(connection.txStatus).toBe("active");
    await expect(async () => connection.commit()).rejects.toThrow(words);
    expect(connection.txStatus).toBe("idle");
    expect(await amount(other)).toBe(left);
    await run(connection, "drop table made_within").catch(() => undefined);
  });

  it("is noticed before the first change too, whose mode it ends", async () => {
    await connection.begin({ readOnly: true });
    await run(connection, "commit");
    expect(connection.txStatus).toBe("idle");
    expect(await failureOf(async () => connection.commit())).toMatchObject({ kind: "transaction-aborted" });
  });

  it.each(["savepoint here", "rollback to savepoint here", "alter session set nls_date_format = 'YYYY'"])(
    "is not: %s",
    async (text) => {
      await connection.begin({});
      await run(connection, "savepoint here");
      await run(connection, "update account set amount = 8");
      await run(connection, text);
      expect(connection.txStatus).toBe("active");
      await connection.rollback();
      await connection.reset?.({ scope: "session" }, unlimited);
    },
  );

  it("in a block that commits and goes on is not told by the server", async () => {
    await connection.begin({});
    await run(connection, "begin update account set amount = 8; commit; update account set amount = 9; end;");
    expect(connection.txStatus).toBe("active");
    await connection.rollback();
    expect(await amount(other)).toBe(8);
  });
});

describe("isolation", () => {
  it("snapshot sees one state and refuses to overwrite a later one", async () => {
    await connection.begin({ isolation: "snapshot" });
    expect(await amount(connection)).toBe(100);
    await run(other, "update account set amount = 5");
    expect(await amount(connection)).toBe(100);
    const failure = await failureOf(() => run(connection, "update account set amount = 6"));
    expect(failure).toMatchObject({ kind: "serialization", code: "ORA-08177", retry: "transaction" });
    await connection.rollback();
  });

  it("ends with its transaction", async () => {
    for (const end of ["commit", "rollback"] as const) {
      await connection.begin({ isolation: "snapshot" });
      await amount(connection);
      await connection[end]();
      await connection.begin({});
      const before = await amount(connection);
      await run(other, "update account set amount = amount + 1");
      expect(await amount(connection)).toBe(before + 1);
      await connection.rollback();
    }
  });

  it("a read-only transaction reads one state and changes nothing", async () => {
    await connection.begin({ readOnly: true });
    expect(await amount(connection)).toBe(100);
    await run(other, "update account set amount = 7");
    expect(await amount(connection)).toBe(100);
    expect((await failureOf(() => run(connection, "delete from account"))).code).toBe("ORA-01456");
    await connection.rollback();
  });
});

describe("savepoints", () => {
  it("undo what came after them, and stay", async () => {
    await connection.begin({});
    await run(connection, "update account set amount = 8");
    await connection.savepoint?.("Mixed case");
    for (let round = 0; round < 2; round++) {
      await run(connection, "update account set amount = 9");
      await connection.rollbackTo?.("Mixed case");
    }
    await connection.commit();
    expect(await amount(other)).toBe(8);
  });

  it("before the first change leave a transaction that can be committed", async () => {
    await connection.begin({});
    await connection.savepoint?.("s");
    await run(connection, "update account set amount = 9");
    await connection.rollbackTo?.("s");
    expect(connection.txStatus).toBe("active");
    await connection.commit();
    expect(await amount(other)).toBe(100);
  });
});

describe("a commit", () => {
  it("that fails by a deferred constraint has rolled back, and says why", async () => {
    await run(connection, "create table late (id number(5) constraint u_late unique deferrable initially deferred)");
    await connection.begin({});
    for (let round = 0; round < 2; round++) await run(connection, "insert into late values (1)");
    expect(await failureOf(async () => connection.commit())).toMatchObject({
      kind: "unique",
      code: "ORA-02091",
      connection: "ok",
    });
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, "select id from late")).toEqual([]);
    await run(connection, "drop table late");
  });
});
