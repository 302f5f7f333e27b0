import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examine, worrying } from "../support/examine.ts";

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
