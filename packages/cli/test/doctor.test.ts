import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mariadb } from "@nsj/mdb-adapter-mysql";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { type DatabaseEntries, DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { tenants } from "@nsj/mdb-tenants";
import { mysqlNeeded, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { doctor, type Finding } from "../src/index.ts";

async function examine(entries: DatabaseEntries, processes = 1): Promise<readonly Finding[]> {
  await using manager = new DatabaseManager(entries);
  return await doctor(manager, { processes });
}

/** Makes a database with what settings of a server cannot make; gives its address. */
async function plant(server: string): Promise<string> {
  const url = new URL(server);
  url.pathname = "/planted";
  const writing = "-c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed";
  {
    await using admin = new DatabaseManager({ sick: postgres({ connectionString: server, options: writing }) });
    const database = admin.database("sick");
    await database.execute("select pg_create_physical_replication_slot('forgotten', true)");
    await database.execute("create database planted encoding 'SQL_ASCII' locale 'C' template template0");
  }
  await using admin = new DatabaseManager({ sick: postgres({ connectionString: url.href, options: writing }) });
  const database = admin.database("sick");
  await outbox(database).createTables();
  await database.execute(
    "insert into mdb_outbox_dead (lane, message_id, topic, message_key, body, dedupe_key, written_at, attempts, reason, died_at) values (1, '1', 'mail', 'a', '{}', '1', 0, 10, 'MDB_UNKNOWN', 0)",
  );
  await database.execute("create table held as select 1 as id");
  await database.withConnection(async (connection) => {
    const client = connection.raw() as { query(text: string): Promise<unknown> };
    for (const text of ["begin", "update held set id = 3", "prepare transaction 'somebody'"]) await client.query(text);
  });
  return url.href;
}

const worrying = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== "info").map(({ level, check }) => `${level} ${check}`);

describe("a PostgreSQL", () => {
  let healthy: Awaited<ReturnType<typeof startPostgres>>;
  let sick: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    healthy = await startPostgres(["fsync=on", "max_connections=50", "max_prepared_transactions=50"]);
    const troubles = [
      "fsync=off",
      "full_page_writes=off",
      "synchronous_commit=off",
      "default_transaction_isolation=serializable",
      "default_transaction_read_only=on",
      "standard_conforming_strings=off",
      "max_prepared_transactions=2",
    ];
    sick = await startPostgres([...troubles, "max_connections=20", "wal_level=replica", "autovacuum=off"]);
  }, 120_000);
  afterAll(async () => {
    await healthy.stop();
    await sick.stop();
  });

  it("that is well kept gives no worries", async () => {
    const findings = await examine({ orders: postgres({ connectionString: healthy.url, pool: { max: 10 } }) });
    expect(worrying(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain("version");
  });

  it("is found out in every one of twelve troubles that were planted, and in no other", async () => {
    const connectionString = await plant(sick.url);
    const pool = { max: 12 };
    const definition = () => postgres({ connectionString, pool });
    await using waiter = new DatabaseManager({ sick: definition() });
    const stop = new AbortController();
    const waiting = waiter
      .transaction("sick", (tx) => tx.execute("update held set id = 2"), { readOnly: false, signal: stop.signal })
      .catch(() => {});
    const isWaiting = "select count(*)::int from pg_stat_activity where 0 = any(pg_blocking_pids(pid))";
    await expect.poll(() => waiter.database("sick").queryScalar(isWaiting)).toBe(1);
    try {
      const findings = await examine({ one: definition(), two: definition() });
      const ofOne = findings.filter(({ database }) => database === "one");
      expect(worrying(ofOne).toSorted()).toEqual([
        "error fsync",
        "error full-page-writes",
        "error in-doubt",
        "warning encoding",
        "warning isolation",
        "warning outbox-dead",
        "warning prepared-transactions",
        "warning read-only",
        "warning replication-slot",
        "warning standard-strings",
        "warning synchronous-commit",
      ]);
      expect(findings.filter(({ check }) => check === "room")).toMatchObject([
        { level: "error", database: "one, two", seen: expect.stringContaining("24 connections") },
      ]);
      expect(findings.find(({ check }) => check === "in-doubt")?.seen).toContain("1 sessions wait");
    } finally {
      stop.abort();
      await waiting;
    }
  });

  it("that cannot be reached, or refuses the login, is one finding", async () => {
    const url = new URL(healthy.url);
    url.port = "1";
    const [finding, ...rest] = await examine({
      gone: postgres({ connectionString: url.href, pool: { connectTimeoutMs: 2_000 } }),
    });
    expect(finding).toMatchObject({ level: "error", database: "gone", check: "reach" });
    expect(rest).toEqual([]);
  });

  it("has its pools counted for every process", async () => {
    const findings = await examine({ orders: postgres({ connectionString: healthy.url, pool: { max: 10 } }) }, 4);
    expect(findings).toContainEqual(
      expect.objectContaining({
        level: "warning",
        check: "room",
        seen: expect.stringContaining("4 processes may open 40 connections"),
      }),
    );
  });
});

describe("a SQLite", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mdb-doctor-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("as it is by default gives no worries, and its troubles are found", async () => {
    const filename = join(folder, "orders.db");
    expect(worrying(await examine({ orders: sqlite({ filename }), memory: sqlite({ filename: ":memory:" }) }))).toEqual(
      [],
    );
    const found = await examine({
      orders: sqlite({
        filename: join(folder, "old.db"),
        journalMode: "delete",
        onConnect: (it) => void it.execute("pragma foreign_keys = off"),
      }),
    });
    expect(worrying(found)).toEqual(["warning journal", "warning foreign-keys"]);
  });
});

const mysqlUrl = inject("mysqlUrl");

describe("a MariaDB", () => {
  if (!mysqlUrl.startsWith("mariadb:")) {
    it.skip(`is examined (${mysqlUrl === "" ? mysqlNeeded : "this is a MySQL"})`);
    return;
  }

  it("as the tests start it, and its troubles, are told apart", async () => {
    const found = await examine({ shop: mariadb({ connectionString: mysqlUrl }) });
    expect(found.find(({ check }) => check === "version")?.seen).toContain("MariaDB");
    // A server of tests need not keep what it commits.
    expect(worrying(found).filter((it) => it !== "warning flush-log")).toEqual([]);
    const sick = await examine({
      shop: mariadb({
        connectionString: mysqlUrl,
        onConnect: async (it) => {
          await it.execute("set session tx_isolation = 'READ-UNCOMMITTED'");
          await it.execute("set session sql_mode = ''");
        },
        pool: { max: 10_000 },
      }),
    });
    expect(worrying(sick).filter((it) => it !== "warning flush-log")).toEqual([
      "error room",
      "warning isolation",
      "warning sql-mode",
    ]);
  });
});

it("a label of tenants is said not to be examined", async () => {
  await using manager = new DatabaseManager({
    shops: tenants({ driver: sqliteDriver, resolve: () => sqlite({ filename: ":memory:" }), connections: 2 }),
  });
  expect(await doctor(manager)).toMatchObject([{ level: "info", database: "shops", check: "tenants" }]);
});
