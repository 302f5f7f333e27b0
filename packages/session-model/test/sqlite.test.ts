import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock } from "@nsj/mdb-testkit";
import { onTestFinished } from "vitest";

sessionsUnderRandomUse("SQLite", async () => {
  const directory = mkdtempSync(join(tmpdir(), "mdb-model-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const filename = join(directory, "model.db");
  await using setUp = new DatabaseManager({ main: sqlite({ filename }) });
  await setUp.database("main").execute("create table model (id integer primary key)");
  return {
    clock: new FakeClock(),
    definition: (pool) => sqlite({ filename, pool, synchronous: "off" }),
    manyWriters: false,
    remote: false,
    leftovers: [
      { what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" },
      {
        what: "a temporary table",
        leave: "create temp table if not exists left_behind (id integer)",
        ask: "select count(*) from sqlite_temp_schema",
      },
    ],
  };
});
