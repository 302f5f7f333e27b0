import { mssql } from "@nsj/mdb-adapter-mssql";
import { startTdsServer, type TdsServer } from "@nsj/mdb-wire-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

// What a real SQL Server answers to the question is not known here: the answers are as its documentation has them.
const columns = {
  version: "nvarchar(128)",
  edition: "int",
  babelfish: "nvarchar(128)",
  server: "nvarchar(128)",
  name: "nvarchar(128)",
  snapshot_reads: "bit",
  snapshot: "nvarchar(60)",
  read_only: "bit",
  updateability: "nvarchar(128)",
  delayed: "nvarchar(60)",
  verify: "nvarchar(60)",
  auto_close: "bit",
  most: "int",
  others: "int",
  login: "nvarchar(128)",
  clock_ms: "bigint",
} as const;

const well = {
  version: "16.0.4245.2",
  edition: 3,
  babelfish: null,
  server: "DB1",
  name: "mdb",
  snapshot_reads: true,
  snapshot: "ON",
  read_only: false,
  updateability: "READ_WRITE",
  delayed: "DISABLED",
  verify: "CHECKSUM",
  auto_close: false,
  most: 32_767,
  others: 3,
  login: "sa",
} as const;

type Facts = { readonly [Key in keyof typeof well]: string | number | boolean | null };

describe("a SQL Server, as the documentation has it,", () => {
  let server: TdsServer;
  beforeAll(async () => {
    server = await startTdsServer({ postgresUrl: inject("postgresUrl") });
  });
  afterAll(() => server.close());
  // The scripted clock stands still, and so does the one that it is compared with.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
  afterEach(() => {
    vi.useRealTimers();
    server.script.clear();
  });

  const definition = (more: { readonly encrypt?: boolean; readonly trustServerCertificate?: boolean } = {}) => {
    const { host, port, user, password, database } = server;
    const options = { encrypt: false, trustServerCertificate: false, ...more };
    return mssql({ server: host, port, user, password, database, options, pool: { max: 4 } });
  };

  function answer({ late = 0, ...different }: Partial<Facts> & { readonly late?: number } = {}): void {
    const facts: Facts & { readonly clock_ms: number } = { ...well, ...different, clock_ms: Date.now() - late };
    const row = Object.keys(columns).map((name) => facts[name as keyof typeof facts]);
    server.script.when(/DelayedDurability|delayed_durability_desc/, { rows: { columns, rows: [row] } });
  }

  it("that is well kept gives no worries", async () => {
    answer();
    const found = await examine({ shop: definition({ encrypt: true, trustServerCertificate: true }) });
    expect(worrying(found)).toEqual(["warning tls"]);
    expect(finding(found, "version").seen).toBe("SQL Server 16.0.4245.2, with fixes until 2033-01-11");
  });

  it.each([
    ["isolation", "warning", { snapshot_reads: false }],
    ["snapshot-isolation", "info", { snapshot: "OFF" }],
    ["read-only", "warning", { updateability: "READ_ONLY" }],
    ["delayed-durability", "warning", { delayed: "FORCED" }],
    ["page-verify", "warning", { verify: "NONE" }],
    ["auto-close", "warning", { auto_close: true }],
    ["clock", "warning", { late: 3_600_000 }],
    ["room", "unknown", { others: null }],
    ["room", "error", { others: 32_764 }],
    ["version", "warning", { version: "13.0.6480.4" }],
    ["version", "info", { version: "12.0.2000.8", edition: 5 }],
    ["host", "warning", { babelfish: "3.2.0" }],
  ] as const)("is found out in %s (%s)", async (check, level, facts) => {
    answer(facts);
    const found = await examine({ shop: definition() });
    expect(finding(found, check).level).toBe(level);
    const others = worrying(found).filter((it) => it !== "warning tls" && it !== `${level} ${check}`);
    expect(others).toEqual([]);
  });

  it("that does not answer is said to be unknown", async () => {
    server.script.when(/delayed_durability_desc/, { error: { number: 229, message: "denied" } });
    expect(worrying(await examine({ shop: definition() }))).toEqual(["warning tls", "unknown examination"]);
  });
});
