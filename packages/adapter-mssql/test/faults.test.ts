import { performance } from "node:perf_hooks";
import { type DriverConnection, type ErrorInfo, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

// What a real server does by itself only in bad times, our own does by script.
const server = useServer({ wireOnly: true });
const connect = useConnection(() => mssqlDriver.connector(server.options()));
const wire = () => {
  if (server.wire === undefined) throw new Error("the server is ours");
  return server.wire;
};

async function failure(work: Promise<unknown>): Promise<ErrorInfo> {
  try {
    await work;
  } catch (error) {
    return mssqlDriver.classify(error);
  }
  throw new Error("it did not fail");
}

const run = (connection: DriverConnection, text: string) =>
  Promise.resolve(connection.query({ text, values: [] }, unlimited));

describe("errors that the server sends", () => {
  it.each([
    [1205, "deadlock", "transaction"],
    [1222, "lock-timeout", "transaction"],
    [3960, "serialization", "transaction"],
    [2601, "unique", "never"],
    [40501, "resource", "transaction"],
    [9002, "resource", "never"],
    [229, "permission", "never"],
  ])("%i is %s", async (number, kind, retry) => {
    wire().script.once("select a", { error: { number } });
    const connection = await connect();
    expect(await failure(run(connection, "select a"))).toMatchObject({ kind, retry, code: number, connection: "ok" });
    expect((await run(connection, "select 1")).rows).toEqual([[1]]);
  });

  it("end the connection where they are severe, and say so", async () => {
    wire().script.once("select a", { error: { number: 40197, severity: 20 } });
    const connection = await connect();
    expect(await failure(run(connection, "select a"))).toMatchObject({
      kind: "lost",
      connection: "dead",
      executed: "maybe",
    });
    expect(connection.usable).toBe(false);
  });
});

describe("a transaction that the server has ended", () => {
  it("after a deadlock can be neither used nor committed", async () => {
    const connection = await connect();
    await run(connection, "create table victims (id int)");
    await connection.begin({});
    await run(connection, "insert into victims (id) values (1)");
    wire().script.once("update victims set id = 2", { error: { number: 1205, severity: 13, rollback: true } });
    expect((await failure(run(connection, "update victims set id = 2"))).kind).toBe("deadlock");
    expect(connection.txStatus).toBe("idle");
    expect(await failure(Promise.resolve(connection.commit()))).toMatchObject({
      kind: "transaction-aborted",
      executed: "no",
    });
    await connection.rollback();
    expect((await run(connection, "select count(*) from victims")).rows).toEqual([[0]]);
  });

  it("by XACT_ABORT is noticed from the server's own word", async () => {
    const connection = await connect();
    await run(connection, "create table strict_ones (id int primary key)");
    await run(connection, "set xact_abort on");
    await connection.begin({});
    await run(connection, "insert into strict_ones (id) values (1)");
    expect((await failure(run(connection, "insert into strict_ones (id) values (1)"))).kind).toBe("unique");
    expect(connection.txStatus).toBe("idle");
    expect((await failure(Promise.resolve(connection.commit()))).kind).toBe("transaction-aborted");
    expect((await run(connection, "select count(*) from strict_ones")).rows).toEqual([[0]]);
  });
});

describe("a connection that is lost", () => {
  it("while idle tells the pool once, and harms nobody", async () => {
    const connection = await connect();
    const told: unknown[] = [];
    const lost = new Promise<void>((resolve) => {
      connection.onFatal = (error) => {
        told.push(error);
        resolve();
      };
    });
    wire().cutAll();
    await lost;
    expect(told.map((error) => mssqlDriver.classify(error))).toMatchObject([{ kind: "lost", connection: "dead" }]);
    expect(connection.usable).toBe(false);
    expect(await failure(run(connection, "select 1"))).toMatchObject({ kind: "lost", executed: "no" });
  });

  it.each(["before", "after"] as const)("in a request, %s it ran, may have run", async (disconnect) => {
    const connection = await connect();
    let told = 0;
    connection.onFatal = () => {
      told += 1;
    };
    wire().script.once("select 1 as lost", { disconnect });
    expect(await failure(run(connection, "select 1 as lost"))).toMatchObject({
      kind: "lost",
      executed: "maybe",
      connection: "dead",
    });
    expect(told).toBe(0);
  });

  it("in a transaction takes the transaction with it", async () => {
    const connection = await connect();
    await run(connection, "create table gone (id int)");
    await connection.begin({});
    await run(connection, "insert into gone (id) values (1)");
    wire().cutAll();
    expect((await failure(run(connection, "insert into gone (id) values (2)"))).kind).toBe("lost");
    expect(connection.txStatus).toBe("idle");
    const other = await connect();
    expect((await run(other, "select count(*) from gone")).rows).toEqual([[0]]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("during a commit, %s the server did it, leaves the outcome open", async (disconnect, rows) => {
    const connection = await connect();
    await run(connection, `create table open_${disconnect} (id int)`);
    await connection.begin({});
    await run(connection, `insert into open_${disconnect} (id) values (1)`);
    wire().script.once("COMMIT TRANSACTION", { disconnect });
    expect(await failure(Promise.resolve(connection.commit()))).toMatchObject({ kind: "lost", executed: "maybe" });
    const other = await connect();
    expect((await run(other, `select count(*) from open_${disconnect}`)).rows).toEqual([[rows]]);
  });
});

describe("cancellation", () => {
  it("frees a statement that hangs, and the connection lives", async () => {
    wire().script.once("select hanging", { hang: true });
    const connection = await connect();
    const hanging = failure(run(connection, "select hanging"));
    const seen = new Promise<void>((resolve) => {
      const stop = wire().record(() => {
        stop();
        resolve();
      });
    });
    await seen;
    await connection.cancel?.(unlimited);
    expect(await hanging).toMatchObject({ kind: "cancelled", connection: "ok" });
    expect((await run(connection, "select 1")).rows).toEqual([[1]]);
  });

  it("of a login that hangs is the deadline's", async () => {
    wire().script.once("LOGIN", { hang: true });
    const connecting = mssqlDriver.connector(server.options()).connect({ deadline: performance.now() + 200 });
    expect(await failure(connecting)).toMatchObject({ kind: "connect-timeout", executed: "no" });
  });
});
