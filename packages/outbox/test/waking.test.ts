import { tracingChannel } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { newTable, tablesMade, until } from "./outbox-bed.ts";
import { swallowingNotifications } from "./swallowing-proxy.ts";

/** An application of its own, as another process would be one. */
function application(connectionString = inject("postgresUrl")) {
  const databases = new DatabaseManager({ main: postgres({ connectionString }) });
  onTestFinished(() => databases.close());
  return databases.database("main");
}

/** How often relays of an outbox have looked where there is something, from now on. */
function looksOf(table: string): () => number {
  let looks = 0;
  const channel = tracingChannel("mdb:query");
  const watch = (event: unknown): void => {
    const { statement = "" } = event as { readonly statement?: string };
    if (statement.includes(`from ${table}_lanes l where`)) looks++;
  };
  channel.start.subscribe(watch);
  onTestFinished(() => void channel.start.unsubscribe(watch));
  return () => looks;
}

/** Looks by itself less often than any test lasts. */
const hardlyEver = { idleMs: 3_600_000, leaseMs: 3_600_000 };

async function newOutbox(): Promise<string> {
  const table = newTable();
  const events = outbox(application(), { table });
  await events.createTables();
  const owner = application();
  onTestFinished(async () => {
    for (const name of events.ddl().flatMap(tablesMade)) await owner.execute(`drop table ${name}`);
  });
  return table;
}

describe("a relay on PostgreSQL", () => {
  it("is woken by what another process commits, in one NOTIFY after the commit", async () => {
    const table = await newOutbox();
    const here = application();
    const seen: unknown[] = [];
    const relay = outbox(here, { table }).relay({ did: async ({ body }) => void seen.push(body) }, hardlyEver);
    await using running = relay.start();
    await until(() => running.isListening && running.lanes === 16);
    const there = application();
    const events = outbox(there, { table });
    for (let n = 0; n < 3; n++) {
      await there.transaction(() => events.add({ topic: "did", key: "k", body: n }));
      await until(() => seen.length === n + 1);
    }
    expect(seen).toEqual([0, 1, 2]);
    await running.stop();
    // The connection comes back, and does not listen any more.
    await until(() => here.stats().busy === 0);
    expect(await here.query("select pg_listening_channels() as channel")).toEqual([]);
  });

  it("does not look once more for what its own process has told it by a call", async () => {
    const table = await newOutbox();
    const here = application();
    const events = outbox(here, { table });
    const seen: unknown[] = [];
    await using running = events.relay({ did: async ({ body }) => void seen.push(body) }, hardlyEver).start();
    await until(() => running.isListening && running.lanes === 16);
    const there = application();
    await there.withConnection(async (connection) => {
      const payloads: string[] = [];
      const native = connection.raw() as EventEmitter;
      native.on("notification", ({ payload }: { readonly payload: string }) => payloads.push(payload));
      await connection.execute(`listen ${table}`);
      const looks = looksOf(table);
      await here.transaction(() => events.add({ topic: "did", key: "k", body: 1 }));
      await until(() => seen.length === 1 && payloads.length === 1);
      // Each of its pauses is twice as long as the one before: now it is quiet for some seconds.
      await until(() => looks() >= 10);
      const before = looks();
      const notify = (payload = "") =>
        there.query("select pg_notify(:table, :payload) is null as told", { table, payload });
      await notify(payloads[0]);
      await until(() => payloads.length === 2);
      await here.query("select 1 as one");
      expect(looks()).toBe(before);
      await notify("of another process");
      await until(() => looks() === before + 1);
    });
  }, 60_000);

  it("gives the connection on which it listens back before its pool reports or ends it", async () => {
    const table = await newOutbox();
    const connectionString = inject("postgresUrl");
    for (const pool of [{ leakDetectionMs: 800 }, { holdLimitMs: 800 }]) {
      await using databases = new DatabaseManager({ main: postgres({ connectionString, pool }) });
      const main = databases.database("main");
      const events = outbox(main, { table });
      await using running = events.relay({ did: async () => {} }, hardlyEver).start();
      await until(() => running.isListening);
      // Cleaned, because it has listened.
      await until(() => main.stats().resets >= 2);
      expect(running.isListening).toBe(true);
      expect(main.stats()).toMatchObject({ leaks: 0, destroyed: { "hold-limit": 0 } });
    }
  }, 30_000);

  it("may be a branch of a transaction over several databases: no NOTIFY is sent inside", async () => {
    const table = await newOutbox();
    const folder = mkdtempSync(join(tmpdir(), "mdb-outbox-branch-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await using databases = new DatabaseManager({
      main: postgres({ connectionString: inject("postgresUrl") }),
      audit: sqlite({ filename: join(folder, "audit.db") }),
    });
    await databases.prepareStore("audit");
    await databases.database("audit").execute("create table did (n integer)");
    const events = outbox(databases.database("main"), { table });
    await databases.transaction(["main", "audit"], async ({ audit }) => {
      await audit.execute("insert into did values (1)");
      await events.add({ topic: "did", body: 1 });
    });
    expect(await events.size()).toBe(1);
    const failing = databases.transaction(["main", "audit"], async ({ audit }) => {
      await events.add({ topic: "did", body: 2 });
      await audit.execute("insert into nowhere values (1)");
    });
    await expect(failing).rejects.toThrow();
    expect(await events.size()).toBe(1);
  });

  it("gives its connection back where no notification comes through, and looks by itself", async () => {
    const table = await newOutbox();
    const here = application(await swallowingNotifications(inject("postgresUrl")));
    const events = outbox(here, { table });
    const seen: unknown[] = [];
    const relay = events.relay({ did: async ({ body }) => void seen.push(body) }, { idleMs: 50, listen: true });
    await using running = relay.start();
    // What it listened on was cleaned for the next one.
    await until(() => here.stats().resets > 0);
    expect(running.isListening).toBe(false);
    await here.transaction(() => events.add({ topic: "did", body: 1 }));
    await until(() => seen.length === 1);
  });

  it("does not listen where the pool is small, unless it is told to", async () => {
    const table = await newOutbox();
    const databases = new DatabaseManager({
      main: postgres({ connectionString: inject("postgresUrl"), pool: { max: 2 } }),
    });
    onTestFinished(() => databases.close());
    const events = outbox(databases.database("main"), { table });
    await using running = events.relay({ did: async () => {} }, { idleMs: 20 }).start();
    await databases.transaction("main", () => events.add({ topic: "did", body: 1 }));
    await until(async () => (await events.size()) === 0);
    expect(running.isListening).toBe(false);
  });

  it("shows the connection on which it listens in the pool's figures, and needs a second one", async () => {
    const table = await newOutbox();
    const connectionString = inject("postgresUrl");
    await using databases = new DatabaseManager({
      main: postgres({ connectionString, pool: { max: 2 } }),
      alone: postgres({ connectionString, pool: { max: 1 } }),
    });
    const main = databases.database("main");
    const handlers = { did: async () => {} };
    const running = outbox(main, { table })
      .relay(handlers, { ...hardlyEver, listen: true })
      .start();
    await until(() => running.isListening && running.lanes === 16);
    await until(() => main.stats().busy === 1);
    expect(main.stats()).toMatchObject({ waiting: 0, leaks: 0 });
    await running.stop();
    await until(() => main.stats().busy === 0);
    const alone = () => outbox(databases.database("alone"), { table }).relay(handlers, { listen: true });
    expect(alone).toThrow(/"listen" needs a pool of 2 connections or more/);
  });

  it("ends with its database, and gives the connection on which it listens back", async () => {
    const table = await newOutbox();
    const databases = new DatabaseManager({ main: postgres({ connectionString: inject("postgresUrl") }) });
    const main = databases.database("main");
    const errors: unknown[] = [];
    const options = { idleMs: 5, leaseMs: 400, onError: (error: unknown) => void errors.push(error) };
    const running = outbox(main, { table })
      .relay({ did: async () => {} }, options)
      .start();
    await until(() => running.isListening && running.lanes === 16);
    // Longer than any test: it has to give it back by itself.
    await databases.close({ timeoutMs: 3_600_000 });
    await running.stop();
    expect(running.isListening).toBe(false);
    expect(main.stats()).toMatchObject({ total: 0, busy: 0 });
    expect(errors).toEqual([]);
  });
});
