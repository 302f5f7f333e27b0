import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

let server: RunningPostgres;
let admin: DatabaseManager<{ server: ReturnType<typeof postgres> }>;
beforeAll(async () => {
  server = await startPostgres(["fsync=on", "max_connections=50", "max_prepared_transactions=50"]);
  admin = new DatabaseManager({ server: postgres({ connectionString: server.url, pool: { max: 8 } }) });
}, 60_000);
afterAll(async () => {
  await admin.close();
  await server.stop();
});

const ask = (text: string) => admin.database("server").execute(text);

/** A role without any rights, and how to log in as it. */
async function roleCalled(
  name: string,
  more = "",
): Promise<(max?: number, database?: string) => ReturnType<typeof postgres>> {
  await ask(`create role ${name} login password 'p' ${more}`);
  const { host, port } = { host: new URL(server.url).hostname, port: Number(new URL(server.url).port) };
  return (max = 2, database = "postgres") =>
    postgres({ host, port, user: name, password: "p", database, pool: { max } });
}

describe("a role without rights", () => {
  it("is told what it does not see, and nothing is called good that it cannot see", async () => {
    const login = await roleCalled("plain");
    const findings = await examine({ orders: login() });
    expect(worrying(findings)).toEqual(["unknown vacuum"]);
    await ask("grant pg_read_all_stats to plain");
    expect(worrying(await examine({ orders: login() }))).toEqual([]);
  });

  it("has the connections of others counted, though it sees little of them", async () => {
    const login = await roleCalled("counted");
    const others = Array.from({ length: 8 }, () => admin.database("server").getSession());
    const open = await Promise.all(others);
    for (const session of open) await session.query("select 1 as one");
    try {
      // 50, three of them reserved, eight in use by the superuser, and one of the pool that holds them.
      const findings = await examine({ orders: login(39) });
      expect(finding(findings, "room").seen).toMatch(/may open 39 connections; the server has room for 39 of 50/);
      expect(worrying(await examine({ orders: login(40) }))).toContain("error room");
    } finally {
      for (const session of open) await session.close();
    }
  });

  it("has a limit of its own, which others take nothing of, and the database has one", async () => {
    const login = await roleCalled("few", "connection limit 5");
    const neighbour = await roleCalled("many");
    const found = await examine({ one: login(3), two: login(3), three: neighbour(5) });
    expect(finding(found, "room")).toMatchObject({
      level: "error",
      database: "one, two",
      seen: expect.stringContaining('6 connections; the role "few" has room for 5 of 5'),
    });
    await ask("create database small connection limit 4");
    const small = await examine({ one: login(2, "small"), two: neighbour(3, "small") });
    expect(finding(small, "room")).toMatchObject({
      level: "error",
      database: "one, two",
      seen: expect.stringContaining('the database "small" has room for 4 of 4'),
    });
  });

  it("is told that it does not read the tables of an outbox", async () => {
    await ask("create database hidden");
    const url = new URL(server.url);
    url.pathname = "/hidden";
    await using hidden = new DatabaseManager({ it: postgres({ connectionString: url.href }) });
    for (const table of ["mdb_outbox", "mdb_outbox_lanes", "mdb_outbox_dead", "mdb_store"])
      await hidden.database("it").execute(`create table ${table} (slot integer, id text)`);
    const login = await roleCalled("blind", "in role pg_read_all_stats");
    const found = await examine({ hidden: login(2, "hidden") });
    expect(worrying(found)).toEqual(["unknown decisions", "unknown outbox"]);
    expect(finding(found, "outbox").seen).toContain("permission denied");
  });
});

describe("time", () => {
  it("that is another one on the server, and a release that is too old, are found", async () => {
    const definition = () => postgres({ connectionString: server.url, pool: { max: 2 } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    try {
      const ahead = await examine({ orders: definition() });
      expect(worrying(ahead)).toEqual(["warning clock"]);
      expect(finding(ahead, "clock").seen).toMatch(/is (?:59\.\d|60) s behind this machine's/);
      vi.setSystemTime(new Date("2035-01-01T00:00:00Z"));
      const late = await examine({ orders: definition() });
      expect(worrying(late)).toEqual(["warning version", "warning clock"]);
      expect(finding(late, "version").seen).toMatch(/^PostgreSQL \d+\.\d+ has had no fixes since \d{4}-/);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a service", () => {
  const here = () => examine({ orders: postgres({ connectionString: server.url, pool: { max: 2 } }) });

  it.each([
    ["Amazon RDS", "rds_superuser"],
    ["Azure Database for PostgreSQL", "azure_pg_admin"],
    ["Google Cloud SQL", "cloudsqlsuperuser"],
    ["Neon", "neon_superuser"],
    ["Supabase", "supabase_admin"],
  ])("is known by what its servers have and no other has: %s", async (name, role) => {
    await ask(`create role ${role}`);
    const found = await here();
    await ask(`drop role ${role}`);
    expect(finding(found, "host")).toMatchObject({ level: "info", seen: `this is ${name}` });
    expect((await here()).map(({ check }) => check)).not.toContain("host");
  });

  it("is the one that says most: Aurora is one of RDS", async () => {
    await ask("create role rds_superuser");
    await ask("create function aurora_version() returns integer language sql as 'select 16'");
    const found = await here();
    await ask("drop function aurora_version");
    await ask("drop role rds_superuser");
    expect(finding(found, "host").seen).toBe("this is Amazon Aurora");
  });
});

describe("what this machine does not have is planted in a schema that comes before the catalogue", () => {
  let planted: () => ReturnType<typeof postgres>;
  beforeAll(async () => {
    planted = await roleCalled("misled", "in role pg_read_all_stats");
    await ask("alter role misled set search_path = planted, pg_catalog");
  });
  beforeEach(async () => {
    await ask("create schema planted");
    await ask("grant usage on schema planted to misled");
    await ask("alter default privileges in schema planted grant select on tables to misled");
  });
  afterEach(async () => void (await ask("drop schema planted cascade")));

  it.each([
    ["CockroachDB", "CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)"],
    ["YugabyteDB", "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu"],
    ["Amazon Redshift", "PostgreSQL 8.0.2 on i686-pc-linux-gnu, Redshift 1.0.12103"],
  ])("a server that is no PostgreSQL: %s", async (name, version) => {
    await ask(`create function planted.version() returns text language sql as $$ select '${version}' $$`);
    const found = await examine({ orders: planted() });
    expect(worrying(found)).toEqual(["warning host"]);
    expect(finding(found, "host").seen).toBe(`this is ${name}, and no PostgreSQL`);
  });

  // Twenty million transactions ago, by the arithmetic of their numbers.
  const old = "'4274967296'::xid";
  it.each([
    [
      "the oldest snapshot of a session",
      `pg_stat_activity as select datid, datname, pid, usesysid, usename, backend_type, wait_event_type, ${old} as backend_xmin from pg_catalog.pg_stat_activity`,
    ],
    [
      "the oldest prepared transaction",
      `pg_prepared_xacts as select ${old} as transaction, 'theirs'::text as gid, now() as prepared, 'elsewhere'::name as database`,
    ],
    [
      "what a replication slot holds back",
      `pg_replication_slots as select 'slow'::name as slot_name, true as active, null::xid as xmin, ${old} as catalog_xmin`,
    ],
  ])("vacuum is held back by %s", async (what, view) => {
    await ask(`create view planted.${view}`);
    const found = await examine({ orders: planted() });
    expect(worrying(found)).toEqual(["warning vacuum"]);
    expect(finding(found, "vacuum").seen).toMatch(new RegExp(`^${what} is 2\\d{7} transactions old$`));
  });
});
