import { oracle } from "@nsj/mdb-adapter-oracle";
import { type TnsScriptedAnswer, TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

type Value = string | number | null;

const now = Math.floor(Date.now() / 1_000) * 1_000;

// What a real Oracle answers is not known here: the answers are as its documentation has them.
const rows = (...rows: readonly Readonly<Record<string, Value>>[]): TnsScriptedAnswer => ({
  kind: "rows",
  columns: Object.entries(rows[0] ?? {}).map(([name, value]) => ({
    name,
    type: typeof value === "number" ? ("NUMBER" as const) : ("VARCHAR2" as const),
  })),
  rows: rows.map((row) => Object.values(row)),
});

const facts = (different: Readonly<Record<string, Value>> = {}) =>
  rows({
    name: "ORCL/ORCLPDB1",
    role: "PRIMARY",
    protocol: "tcps",
    cloud: null,
    user: "SCOTT",
    clock_ms: now,
    ...different,
  });
const denied: TnsScriptedAnswer = { kind: "error", number: 942, words: "table or view does not exist" };

describe("an Oracle, as the documentation has it,", () => {
  let server: TnsServer;
  beforeAll(async () => {
    server = await TnsServer.start({ postgresUrl: inject("postgresUrl") });
  });
  afterAll(() => server.stop());
  // The scripted clock stands still, and so does the one that it is compared with.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
  afterEach(() => {
    vi.useRealTimers();
    server.script.clear();
  });

  function answer(different: Readonly<Record<string, TnsScriptedAnswer>> = {}): void {
    const answers: Readonly<Record<string, TnsScriptedAnswer>> = {
      userenv: facts(),
      product_component_version: rows({ product: "Oracle Database 19c", version: "19.0.0.0.0" }),
      nls_database_parameters: rows({ VALUE: "AL32UTF8" }),
      user_resource_limits: rows({ limit: "UNLIMITED" }),
      v$resource_limit: rows({ what: "processes", used: 80, most: "300" }, { what: "sessions", used: 90, most: "472" }),
      v$parameter: rows({ name: "commit_wait", value: "WAIT" }),
      ...different,
    };
    for (const [sign, told] of Object.entries(answers)) server.script.when((text) => text.includes(sign), told);
  }

  const examined = () =>
    examine({
      shop: oracle({ connectString: server.connectString, user: "scott", password: "tiger", pool: { max: 4 } }),
    });

  it("that is well kept gives no worries", async () => {
    answer();
    const found = await examined();
    expect(worrying(found)).toEqual([]);
    expect(finding(found, "version").seen).toBe("Oracle Database 19c 19.0.0.0.0");
  });

  const store = {
    "mdb_store where 1 = 0": rows({ one: 1 }),
    "mdb_store where slot = 1": rows({ id: "0123456789a" }),
    "mdb_decisions where 1 = 0": rows({ one: 1 }),
    "mdb_members where 1 = 0": rows({ one: 1 }),
    decided_at: rows({ kept: 0, oldest: null, now: "2026-05-04 10:12:30" }),
  };
  const parsed: TnsScriptedAnswer = { kind: "count", count: 0 };
  const noRight: TnsScriptedAnswer = { kind: "error", number: 1031, words: "insufficient privileges" };

  it("whose user may write decisions gives no worries", async () => {
    answer({ ...store, dbms_sql: parsed });
    expect(worrying(await examined())).toEqual([]);
  });

  it.each([
    ["decisions", "error", { "q'{insert into mdb_decisions": noRight }],
    ["decisions", "error", { "q'{delete from mdb_decisions": noRight }],
    ["decisions", "error", { "mdb_decisions where 1 = 0": denied, decided_at: denied }],
    ["members", "info", { "q'{delete from mdb_members": noRight }],
  ] as const)("is found out where the user lacks a right: %s (%s)", async (check, level, different) => {
    answer({ ...different, ...store, ...different, dbms_sql: parsed });
    const found = await examined();
    expect(finding(found, check).level).toBe(level);
    expect(worrying(found)).toEqual(level === "error" ? [`${level} ${check}`] : []);
  });

  it.each([
    ["standby", "warning", { userenv: facts({ role: "PHYSICAL STANDBY" }) }],
    ["tls", "warning", { userenv: facts({ protocol: "tcp" }) }],
    ["clock", "warning", { userenv: facts({ clock_ms: now - 3_600_000 }) }],
    ["encoding", "info", { nls_database_parameters: rows({ VALUE: "WE8MSWIN1252" }) }],
    ["room", "error", { user_resource_limits: rows({ limit: "3" }) }],
    ["room", "error", { v$resource_limit: rows({ what: "processes", used: 300, most: "300" }) }],
    ["room", "unknown", { v$resource_limit: denied }],
    ["commit-wait", "warning", { v$parameter: rows({ name: "commit_wait", value: "NOWAIT" }) }],
    ["commit-wait", "unknown", { v$parameter: denied }],
  ] as const)("is found out in %s (%s)", async (check, level, different) => {
    answer(different);
    const found = await examined();
    expect(finding(found, check).level).toBe(level);
    expect(worrying(found).filter((it) => it !== `${level} ${check}`)).toEqual([]);
  });
});
