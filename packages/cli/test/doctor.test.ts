import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { type DatabaseEntries, DatabaseManager } from "@nsj/mdb-core";
import { startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doctor, type Finding } from "../src/index.ts";

async function examine(entries: DatabaseEntries, processes = 1): Promise<readonly Finding[]> {
  await using manager = new DatabaseManager(entries);
  return await doctor(manager, { processes });
}

const worrying = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== "info").map(({ level, check }) => `${level} ${check}`);

describe("a PostgreSQL", () => {
  let healthy: Awaited<ReturnType<typeof startPostgres>>;
  let sick: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    healthy = await startPostgres(["fsync=on", "max_connections=50", "max_prepared_transactions=5"]);
    const troubles = [
      "fsync=off",
      "full_page_writes=off",
      "synchronous_commit=off",
      "default_transaction_isolation=serializable",
    ];
    sick = await startPostgres([
      ...troubles,
      "default_transaction_read_only=on",
      "standard_conforming_strings=off",
      "max_connections=20",
      "wal_level=replica",
    ]);
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

  it("is found out in every trouble that was planted, and in no other", async () => {
    const connectionString = sick.url;
    {
      await using manager = new DatabaseManager({ sick: postgres({ connectionString }) });
      await manager.database("sick").execute("select pg_create_physical_replication_slot('forgotten', true)");
    }
    const pool = { max: 12 };
    const findings = await examine({
      one: postgres({ connectionString, pool }),
      two: postgres({ connectionString, pool }),
    });
    const ofOne = findings.filter(({ database }) => database === "one");
    expect(worrying(ofOne).toSorted()).toEqual([
      "error fsync",
      "error full-page-writes",
      "warning isolation",
      "warning read-only",
      "warning replication-slot",
      "warning standard-strings",
      "warning synchronous-commit",
    ]);
    expect(findings.filter(({ check }) => check === "room")).toMatchObject([
      { level: "error", database: "one, two", seen: expect.stringContaining("24 connections") },
    ]);
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
