import { type DriverConnection, type SessionContext, unlimited } from "@nsj/mdb-core";
import native from "mssql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MssqlOptions, mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

// What goes over the wire: by records and scripts, and so on our own server only.
const server = useServer({ wireOnly: true });
const open = useConnection<MssqlOptions>((more) => mssqlDriver.connector(server.options(more)));
const wire = () => {
  if (server.wire === undefined) throw new Error("the server is ours");
  return server.wire;
};

const acme: SessionContext = Object.freeze({ settings: { "app.tenant": "acme", "app.plan": "large" } });
const bolt: SessionContext = Object.freeze({ settings: { "app.tenant": "bolt" } });
const ask = "select cast(session_context(N'app.tenant') as nvarchar(100))";

interface Sent {
  readonly text: string;
  readonly parameters: readonly (string | null)[];
  readonly reset: boolean;
}
let sent: Sent[] = [];
let stop = () => {};
let connection: DriverConnection;

beforeEach(async () => {
  connection = await open();
  sent = [];
  stop = wire().record(({ text, parameters, reset }) => {
    // The first two of sp_executesql are the text and the types.
    sent.push({ text, parameters: parameters.slice(2).map(({ value }) => value), reset });
  });
});
afterEach(() => {
  stop();
  expect(wire().script.unused).toEqual([]);
  wire().script.clear();
});

const run = (text: string, values: readonly string[] = []) =>
  connection.query({ text, values: [...values] }, unlimited);
const answer = async (text = ask) => (await run(text)).rows[0]?.[0];
const texts = () => sent.map(({ text }) => (text.startsWith("EXEC sys.sp_set_session_context") ? "CONTEXT" : text));
const isContext = (text: string) => text.startsWith("EXEC sys.sp_set_session_context");

describe("a context", () => {
  it("goes in a request of its own ahead of what needs it first, as parameters, and once", async () => {
    connection.setContext?.(acme);
    expect(sent).toEqual([]);
    await run(ask);
    await run(ask);
    expect(texts()).toEqual(["CONTEXT", ask, ask]);
    expect(sent[0]?.parameters).toEqual(["app.tenant", "acme", "app.plan", "large"]);
    expect(sent[0]?.text).not.toContain("acme");
    expect(sent[0]?.text).not.toMatch(/read_only/i);
  });

  it("that differs sends what differs, and takes away what is not in it", async () => {
    connection.setContext?.(acme);
    await run(ask);
    connection.setContext?.(bolt);
    expect(await answer()).toBe("bolt");
    expect(sent.at(-2)?.parameters).toEqual(["app.plan", null, "app.tenant", "bolt"]);
    expect(await answer("select cast(session_context(N'app.plan') as nvarchar(100))")).toBeNull();
    connection.setContext?.(bolt);
    sent.length = 0;
    await run(ask);
    expect(texts()).toEqual([ask]);
  });

  it.each([
    ["a transaction", "BEGIN TRANSACTION", async () => connection.begin({})],
    [
      "a bulk load",
      /./,
      async () => connection.bulkLoad?.({ table: ["loaded"], columns: ["id"] } as never, batches([[1]]), unlimited),
    ],
    [
      "a procedure",
      /shout/,
      async () => connection.call?.({ procedure: ["dbo", "shout"], parameters: [] } as never, unlimited),
    ],
    [
      "a stream",
      ask,
      async () => connection.stream?.({ text: ask, values: [] }, { fetchSize: 1, ...unlimited }).read(),
    ],
    [
      "mssql's own request",
      ask,
      async () => new native.Request(connection.raw?.() as native.ConnectionPool).batch(ask),
    ],
  ])("goes ahead of %s", async (_what, next, work) => {
    await run("drop table if exists loaded; create table loaded (id int)");
    await run("drop procedure if exists dbo.shout");
    await run("create procedure dbo.shout as select cast(session_context(N'app.tenant') as nvarchar(100)) as tenant");
    connection.dirty = false;
    sent.length = 0;
    connection.setContext?.(acme);
    await work();
    expect(texts()[0]).toBe("CONTEXT");
    expect(sent[1]?.text).toEqual(typeof next === "string" ? next : expect.stringMatching(next));
  });

  it("is left on the session when it ends, and the session says so until it is reset or used", async () => {
    connection.setContext?.(acme);
    await run(ask);
    expect(connection.dirty).toBe(false);
    connection.setContext?.(undefined);
    expect(connection.dirty).toBe(true);
    await connection.reset?.({ scope: "session" }, unlimited);
    connection.dirty = false;
    expect(connection.dirty).toBe(false);
    sent.length = 0;
    expect(await answer()).toBeNull();
    expect(texts(), "the reset took it away").toEqual([ask]);
    connection.setContext?.(bolt);
    expect(await answer(), "what was reset is set again").toBe("bolt");
    connection.setContext?.(undefined);
    expect(await answer(), "without a reset, it is taken away ahead of the next statement").toBeNull();
    expect(connection.dirty).toBe(false);
  });

  it("that the server refuses lets nothing run, and is sent again with the next statement", async () => {
    await run("drop table if exists written; create table written (id int)");
    await run("exec sp_set_session_context N'app.tenant', N'thief', @read_only = 1");
    connection.setContext?.(acme);
    sent.length = 0;
    const insert = "insert into written (id) values (1)";
    for (let round = 0; round < 2; round++) {
      await expect(run(insert)).rejects.toMatchObject({ number: 15664 });
      await expect((async () => connection.begin({}))()).rejects.toMatchObject({ number: 15664 });
      const rows = connection.stream?.({ text: insert, values: [] }, { fetchSize: 1, ...unlimited });
      await expect((async () => rows?.read())()).rejects.toMatchObject({ number: 15664 });
      await rows?.close();
      const raw = new native.Request(connection.raw?.() as native.ConnectionPool);
      await expect(raw.batch(insert)).rejects.toMatchObject({ number: 15664 });
    }
    expect(texts().filter((text) => text !== "CONTEXT")).toEqual([]);
    expect(connection.txStatus).toBe("idle");
    await connection.reset?.({ scope: "session" }, unlimited);
    expect(await answer()).toBe("acme");
    connection.setContext?.(undefined);
    expect(await answer("select count(*) from written")).toBe(0);
  });

  it.each([
    ["a name of 129 characters", { ["k".repeat(129)]: "1" }],
    ["an empty name", { "": "1" }],
    ["a value of 4 001 characters", { "app.tenant": "x".repeat(4_001) }],
  ])("is refused before anything is sent: %s", async (_what, settings) => {
    connection.setContext?.({ settings });
    await expect(run(ask)).rejects.toMatchObject({ info: { kind: "parameter" } });
    expect(sent).toEqual([]);
    connection.setContext?.(acme);
    expect(await answer()).toBe("acme");
  });

  it("that is cancelled while it is set lets nothing run, and is sent again, all of it", async () => {
    connection.setContext?.(acme);
    await run(ask);
    connection.setContext?.(bolt);
    wire().script.once(isContext, { hang: true });
    const running = run("select 1");
    await heard(() => sent.length === 3);
    await connection.cancel?.(unlimited);
    await expect(running).rejects.toThrow();
    expect(texts().at(-1)).toBe("CONTEXT");
    expect(await answer()).toBe("bolt");
    expect(sent.at(-2)?.parameters).toEqual(["app.plan", null, "app.tenant", "bolt"]);
    connection.setContext?.(undefined);
    expect(await answer()).toBeNull();
  });

  it("holds for a statement that is sent again for its NULLs", async () => {
    await run("drop table if exists papers; create table papers (body varbinary(10), tenant nvarchar(100))");
    connection.setContext?.(acme);
    const insert =
      "insert into papers (body, tenant) values (@p1, cast(session_context(N'app.tenant') as nvarchar(100)))";
    await connection.query({ text: insert, values: [null] }, unlimited);
    expect(await answer("select tenant from papers")).toBe("acme");
  });
});

async function* batches(...all: readonly (readonly unknown[])[][]) {
  for (const batch of all) yield batch as never;
}

/** Settles once it is so. */
async function heard(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
