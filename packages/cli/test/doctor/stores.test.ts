import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { tenants } from "@nsj/mdb-tenants";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

let server: RunningPostgres;
let admin: DatabaseManager<{ server: ReturnType<typeof postgres> }>;
beforeAll(async () => {
  server = await startPostgres(["fsync=on", "max_connections=100", "max_prepared_transactions=50"]);
  admin = new DatabaseManager({ server: postgres({ connectionString: server.url }) });
}, 60_000);
afterAll(async () => {
  await admin.close();
  await server.stop();
});

const definition = (database: string) => {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return postgres({ connectionString: url.href, pool: { max: 2 } });
};

/** A database with a store of decisions. */
async function withStore(name: string): Promise<string> {
  await admin.database("server").execute(`create database ${name}`);
  await using databases = new DatabaseManager({ it: definition(name) });
  return await databases.prepareStore("it");
}

it("decisions that nobody forgets, and those that cannot be written, are found", async () => {
  await withStore("orders");
  expect(worrying(await examine({ orders: definition("orders") }))).toEqual([]);
  await using databases = new DatabaseManager({ orders: definition("orders") });
  const orders = databases.database("orders");
  await orders.execute(
    "insert into mdb_decisions (id, outcome, branches, decided_at) values ('a', 'C', '[]', now() - interval '20 days')",
  );
  const old = await examine({ orders: definition("orders") });
  expect(worrying(old)).toEqual(["warning decisions"]);
  expect(finding(old, "decisions").seen).toBe("mdb_decisions has 1 rows, the oldest 20 days old");
  await orders.execute("delete from mdb_decisions");

  await orders.execute("create role reader login password 'p' in role pg_read_all_stats");
  await orders.execute("grant select on mdb_store, mdb_decisions to reader");
  const { hostname: host, port } = new URL(server.url);
  const reader = postgres({ host, port: Number(port), user: "reader", password: "p", database: "orders" });
  const refused = await examine({ orders: reader });
  expect(worrying(refused)).toEqual(["error decisions"]);
  expect(finding(refused, "decisions").seen).toContain("may not write");
  await orders.execute("grant insert, delete on mdb_decisions to reader");
  const granted = await examine({ orders: reader });
  expect(worrying(granted)).toEqual([]);
  expect(finding(granted, "members")).toMatchObject({ level: "info", seen: expect.stringContaining("may not write") });

  await orders.execute("delete from mdb_store");
  expect(finding(await examine({ orders: definition("orders") }), "decisions")).toMatchObject({
    level: "error",
    seen: "mdb_store has no row",
  });
});

it("where a label stands for many databases, the table of who takes part has to be there, and to be written", async () => {
  await withStore("parts");
  await using databases = new DatabaseManager({ orders: definition("parts") });
  const orders = databases.database("orders");
  await orders.execute("create role taker login password 'p' in role pg_read_all_stats");
  await orders.execute("grant select on mdb_store to taker");
  await orders.execute("grant select, insert, delete on mdb_decisions to taker");
  await orders.execute("grant select, insert on mdb_members to taker");
  const { hostname: host, port } = new URL(server.url);
  const taker = postgres({ host, port: Number(port), user: "taker", password: "p", database: "parts" });
  const shops = () => tenants({ driver: postgresDriver, resolve: () => definition("parts") });
  const refused = await examine({ orders: taker, shops: shops() });
  expect(worrying(refused)).toEqual(["error members", "unknown tenants"]);
  await orders.execute("grant delete on mdb_members to taker");
  expect(worrying(await examine({ orders: taker, shops: shops() }))).toEqual(["unknown tenants"]);
  await orders.execute("drop table mdb_members");
  expect(finding(await examine({ orders: taker, shops: shops() }), "members").seen).toBe(
    "the table mdb_members is not there",
  );
  await orders.execute("revoke select on mdb_decisions from taker");
  expect(worrying(await examine({ orders: taker }))).toEqual(["error decisions"]);
  await orders.execute("drop table mdb_decisions");
  expect(finding(await examine({ orders: taker }), "decisions").seen).toContain("is not there");
});

it("a database that was copied with its store is found, and two labels of one database are none", async () => {
  await withStore("real");
  expect(worrying(await examine({ one: definition("real"), two: definition("real") }))).toEqual([]);
  await admin.database("server").execute("create database copy template real");
  const found = await examine({ one: definition("real"), two: definition("copy") });
  expect(worrying(found)).toEqual(["error decisions"]);
  expect(finding(found, "decisions")).toMatchObject({
    database: "one, two",
    seen: expect.stringContaining("one was copied from the other"),
  });
});

it("messages that are late are found, also where a relay has their lane", async () => {
  await admin.database("server").execute("create database letters");
  await using databases = new DatabaseManager({ letters: definition("letters") });
  const letters = databases.database("letters");
  const events = outbox(letters);
  await events.createTables();
  expect(worrying(await examine({ letters: definition("letters") }))).toEqual([]);
  await databases.transaction("letters", () => events.add({ topic: "mail", key: "1", body: {} }));
  await letters.execute("update mdb_outbox_lanes set owner = 'somebody'");
  expect(worrying(await examine({ letters: definition("letters") }))).toEqual([]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 700_000 });
  try {
    const late = await examine({ letters: definition("letters") });
    expect(worrying(late)).toEqual(["warning clock", "warning outbox-backlog"]);
    expect(finding(late, "outbox-backlog").seen).toMatch(
      /^1 messages of the outbox wait, the oldest has been due for 70\d s, and 0 of their lanes have no relay$/,
    );
  } finally {
    vi.useRealTimers();
  }
  await letters.execute("alter table mdb_outbox rename column attempts to tries");
  expect(worrying(await examine({ letters: definition("letters") }))).toEqual(["unknown outbox"]);
});
