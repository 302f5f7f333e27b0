import type { DriverConnection } from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

const server = ownServer();
let connection: DriverConnection;
let calls: readonly string[];

beforeAll(async () => {
  connection = await connected(server, { fetchArraySize: 10 });
  await run(connection, "create table account (id number(5) primary key, amount number(5))");
});
afterAll(() => connection.destroy());
beforeEach(() => {
  calls = server.own.record();
});

describe("a transaction", () => {
  it("costs nothing where nothing is done in it", async () => {
    await connection.begin({});
    await connection.commit();
    await connection.begin({});
    await connection.rollback();
    expect(calls).toEqual([]);
  });

  it("begins with its first statement, and is one call longer than what it does", async () => {
    await connection.begin({});
    await run(connection, "update account set amount = 1");
    await connection.commit();
    expect(calls).toEqual(["update account set amount = 1", "COMMIT"]);
  });

  it("is needed by no single statement: each commits in the same call", async () => {
    await run(connection, "insert into account values (1, 2)");
    expect(calls).toEqual(["insert into account values (1, 2)"]);
    expect(connection.txStatus).toBe("idle");
    const other = await connected(server);
    expect(await rows(other, "select amount from account")).toEqual([["2"]]);
    other.destroy();
  });

  it.each(["serializable", "repeatable read", "read uncommitted"] as const)(
    "that is %s is refused, and nothing is sent",
    async (isolation) => {
      const failure = await failureOf(async () => connection.begin({ isolation }));
      expect(failure).toMatchObject({ kind: "unsupported", executed: "no" });
      expect(calls).toEqual([]);
      expect(connection.txStatus).toBe("idle");
    },
  );
});

describe("what goes in one round trip", () => {
  it("is a query that fits into one fetch, also again", async () => {
    const text = "select level as n from dual connect by level <= 10";
    for (let round = 0; round < 2; round++) await rows(connection, text);
    expect(calls).toEqual([text, text]);
  });

  it("is an array of sets", async () => {
    const sets = Array.from({ length: 500 }, (_, index) => [index + 10, index]);
    await connection.begin({});
    await connection.executeMany?.("insert into account values (:1, :2)", sets, { deadline: Number.POSITIVE_INFINITY });
    await connection.rollback();
    expect(calls).toEqual(["insert into account values (:1, :2)", "ROLLBACK"]);
  });

  it("is refused where it has more parameters than the protocol counts", async () => {
    const values = Array.from({ length: 65_536 }, () => 1);
    const text = `select 1 from dual where 1 in (${values.map((_, index) => `:${index + 1}`).join(", ")})`;
    expect(await failureOf(() => run(connection, text, values))).toMatchObject({ kind: "parameter", executed: "no" });
    expect(calls).toEqual([]);
  });

  it("is never an array for a value", async () => {
    expect(await failureOf(() => run(connection, "select :1 from dual", [[1, 2]]))).toMatchObject({
      kind: "parameter",
      executed: "no",
    });
    expect(calls).toEqual([]);
  });
});
