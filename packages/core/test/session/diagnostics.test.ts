import { subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import { setImmediate as turn } from "node:timers/promises";
import { sql } from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { useTestServer } from "./test-database.ts";

const server = useTestServer();
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** What a tracing channel says: one line for each start and end. */
function listen(name: string): { readonly phase: string; readonly event: Record<string, unknown> }[] {
  const seen: { phase: string; event: Record<string, unknown> }[] = [];
  const record = (phase: string) => (event: object) =>
    void seen.push({ phase, event: event as Record<string, unknown> });
  const subscribers = {
    start: record("start"),
    end: () => {},
    asyncStart: () => {},
    asyncEnd: record("asyncEnd"),
    error: record("error"),
  };
  const channel = tracingChannel(name);
  channel.subscribe(subscribers);
  stops.push(() => channel.unsubscribe(subscribers));
  return seen;
}

describe("diagnostics channels", () => {
  it("trace each statement with its text and name, never with its values", async () => {
    const database = await server.open();
    const seen = listen("mdb:query");
    await database.query(sql`select ${"the secret value"} as x`, { name: "greeting" });
    await database.query("select * from nowhere").catch(() => {});
    expect(seen.map(({ phase }) => phase)).toEqual(["start", "asyncEnd", "start", "error", "asyncEnd"]);
    expect(seen[0]?.event).toMatchObject({
      database: "main",
      engine: "reference",
      statement: "select ? as x",
      name: "greeting",
    });
    expect(JSON.stringify(seen[0])).not.toContain("the secret value");
    expect(seen[3]?.event).toMatchObject({ error: { code: "MDB_UNDEFINED_OBJECT" } });
  });

  it("trace each transaction, each acquire and each connect", async () => {
    const database = await server.open();
    const transactions = listen("mdb:transaction");
    const acquires = listen("mdb:pool:acquire");
    const connects = listen("mdb:connect");
    await database.transaction((tx) => tx.query("select 1"));
    expect(transactions.map(({ phase }) => phase)).toEqual(["start", "asyncEnd"]);
    expect(transactions[0]?.event).toMatchObject({ database: "main", propagation: "required" });
    expect(acquires.length).toBeGreaterThan(0);
    expect(connects.length).toBeGreaterThan(0);
    expect(JSON.stringify([acquires, connects])).not.toContain("password");
  });

  it("tell of a hook that threw", async () => {
    const database = await server.open();
    const seen: unknown[] = [];
    const listener = (message: unknown) => void seen.push(message);
    subscribe("mdb:hook-error", listener);
    stops.push(() => unsubscribe("mdb:hook-error", listener));
    await database.transaction(async (tx) => {
      tx.onCommit(() => Promise.reject(new Error("no mail")));
      await tx.query("select 1");
    });
    expect(seen).toEqual([
      expect.objectContaining({ database: "main", error: expect.objectContaining({ code: "MDB_HOOK" }) }),
    ]);
  });
});

it("rolls back a session that nobody can reach any more, and says so", async () => {
  const database = await server.open({ pool: { max: 1 } });
  const leaked = Promise.withResolvers<unknown>();
  subscribe("mdb:session-leak", leaked.resolve);
  stops.push(() => unsubscribe("mdb:session-leak", leaked.resolve));
  await (async () => {
    const session = await database.getSession();
    await session.execute("insert into items values (1, 'lost')");
  })();
  let found = false;
  void leaked.promise.then(() => {
    found = true;
  });
  // The collector decides when; each turn gives it a chance.
  for (let round = 0; round < 200 && !found; round++) {
    globalThis.gc?.();
    await turn();
  }
  expect(found).toBe(true);
  expect(await database.queryScalar("select count(*) from items")).toBe(0);
});
