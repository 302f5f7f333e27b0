import { type DriverConnection, type ErrorInfo, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { oracleDriver } from "../src/index.ts";
import { ownServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

const server = ownServer();
const soon = (milliseconds: number) => ({ deadline: performance.now() + milliseconds });
const connect = (milliseconds = 5000) => oracleDriver.connector(server.options()).connect(soon(milliseconds));

/** Runs a text that hangs on the server, and goes on once it is there. */
async function hang(connection: DriverConnection): Promise<{ readonly failure: Promise<ErrorInfo> }> {
  const text = "select 'hang' from dual";
  server.own.script.once(text, { kind: "hang" });
  const calls = server.own.record();
  const failure = failureOf(() => run(connection, text));
  await expect.poll(() => calls).toContain(text);
  return { failure };
}

describe("connecting", () => {
  it.each([
    [1017, "auth", "never"],
    [28000, "auth", "never"],
    [18, "too-many-connections", "connect"],
    [1033, "refused", "connect"],
  ])("fails with ORA-%i as %s", async (number, kind, retry) => {
    server.own.script.once("LOGIN", { kind: "error", number, words: "words" });
    const failure = await failureOf(() => connect());
    expect(failure).toMatchObject({ kind, retry, connection: "dead", executed: "no" });
    expect(server.own.script.unused).toEqual([]);
  });

  it.each([
    [12514, "unknown-database"],
    [12516, "too-many-connections"],
    [12528, "refused"],
  ])("is refused by the listener with ORA-%i as %s", async (number, kind) => {
    server.own.script.once("CONNECT", { kind: "error", number, words: "words" });
    expect(await failureOf(() => connect())).toMatchObject({ kind, executed: "no" });
  });

  it("gives up at its deadline where the listener says nothing, and leaves no socket", async () => {
    server.own.script.once("CONNECT", { kind: "hang" });
    expect(await failureOf(() => connect(200))).toMatchObject({ kind: "connect-timeout", retry: "connect" });
    await expect.poll(() => server.own.sessionCount).toBe(0);
  });

  it("fails at once where the session ends in the middle of the login", async () => {
    server.own.script.once("LOGIN", { kind: "cut", ending: "end" });
    const failure = await failureOf(() => connect(Number.POSITIVE_INFINITY));
    expect(failure).toMatchObject({ connection: "dead", executed: "no" });
  });

  it("puts the settings of a session right, whatever the server's own are", async () => {
    const connection = await connected(server, { schema: "adams" });
    expect(
      await rows(
        connection,
        "select sys_context('userenv', 'current_schema'), to_char(1.5), to_char(date '2026-01-02') from dual",
      ),
    ).toEqual([["ADAMS", "1.5", "2026-01-02 00:00:00"]]);
    connection.destroy();
  });

  it.each([undefined, "adams"])("has them again after a reset, the schema %s too", async (schema) => {
    const connection = await connected(server, schema === undefined ? {} : { schema });
    const state = () =>
      rows(connection, "select sys_context('userenv', 'current_schema'), to_char(date '2026-01-02') from dual");
    const before = await state();
    await run(connection, "alter session set nls_date_format = 'YY' current_schema = nobodys");
    expect(await state()).toEqual([["NOBODYS", "26"]]);
    await connection.reset?.({ scope: "session" }, unlimited);
    expect(await state()).toEqual(before);
    connection.destroy();
  });

  it("as a proxy user is a session of the user behind", async () => {
    const connection = await connected(server, { user: "scott[adams]" });
    expect(await rows(connection, "select user from dual")).toEqual([["ADAMS"]]);
    connection.destroy();
  });
});

describe("a statement", () => {
  it("that hangs is stopped by cancel, and the connection goes on", async () => {
    const connection = await connect();
    const { failure } = await hang(connection);
    await connection.cancel?.(soon(5000));
    expect(await failure).toMatchObject({ kind: "cancelled", code: "ORA-01013", connection: "ok" });
    expect(await rows(connection, "select 1 from dual")).toHaveLength(1);
    connection.destroy();
  });

  it.each(["end", "reset"] as const)("whose connection ends (%s) may have run", async (ending) => {
    const connection = await connect();
    const deaths: unknown[] = [];
    connection.onFatal = (error) => deaths.push(error);
    server.own.script.once("select 'cut' from dual", { kind: "cut", ending });
    expect(await failureOf(() => run(connection, "select 'cut' from dual"))).toMatchObject({
      kind: "lost",
      connection: "dead",
      executed: "maybe",
      retry: "transaction",
    });
    expect(connection.usable).toBe(false);
    expect(await failureOf(() => run(connection, "select 1 from dual"))).toMatchObject({
      kind: "lost",
      executed: "no",
    });
    await expect.poll(() => server.own.sessionCount).toBe(0);
    expect(deaths).toEqual([]);
  });

  it("that is given up ends the connection, and the server notices", async () => {
    const connection = await connect();
    const { failure } = await hang(connection);
    connection.destroy(new Error("given up"));
    expect(await failure).toMatchObject({ kind: "lost", connection: "dead" });
    await expect.poll(() => server.own.sessionCount).toBe(0);
  });

  it.each([
    ["ORA-00028", 28],
    ["ORA-03113", 3113],
    ["ORA-02396", 2396],
  ])("that gets %s leaves a dead connection", async (code, number) => {
    const connection = await connect();
    server.own.script.once("select 'dies' from dual", { kind: "error", number, words: "words" });
    expect(await failureOf(() => run(connection, "select 'dies' from dual"))).toMatchObject({
      kind: "lost",
      connection: "dead",
    });
    expect(code).toMatch(/^ORA/);
    expect(connection.usable).toBe(false);
    connection.destroy();
  });
});

describe("an idle connection", () => {
  it.each(["end", "reset"] as const)("that is cut (%s) says so once", async (ending) => {
    const connection: DriverConnection = await connect();
    const deaths: unknown[] = [];
    connection.onFatal = (error) => deaths.push([error, connection.usable]);
    server.own.cutAll(ending);
    await expect.poll(() => server.own.sessionCount).toBe(0);
    await expect.poll(() => deaths).toEqual([[expect.any(Error), false]]);
    expect((await failureOf(() => run(connection, "select 1 from dual"))).executed).toBe("no");
    expect(deaths).toHaveLength(1);
  });
});

describe("a commit", () => {
  it.each([
    [true, "9"],
    [false, "100"],
  ])("that is cut off may have happened (here: %s)", async (afterwards, left) => {
    const connection = await connect();
    const table = `cut_${afterwards}`;
    await run(connection, `create table ${table} (amount number(5))`);
    await run(connection, `insert into ${table} values (100)`);
    await connection.begin({});
    await run(connection, `update ${table} set amount = 9`);
    server.own.script.once("COMMIT", { kind: "cut", afterwards });
    expect(await failureOf(async () => connection.commit())).toMatchObject({
      kind: "lost",
      connection: "dead",
      executed: "maybe",
    });
    expect(connection.usable).toBe(false);
    const other = await connect();
    expect(await rows(other, `select amount from ${table}`)).toEqual([[left]]);
    other.destroy();
  });
});

describe("a long answer", () => {
  it("that breaks off in the middle fails, and gives no part of it", async () => {
    const connection = await connect();
    const series = "select level as n from dual connect by level <= 5000";
    server.own.script.once("FETCH", { kind: "cut" });
    expect(await failureOf(() => run(connection, series))).toMatchObject({ kind: "lost" });
  });
});
