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
  const clock = new FakeClock();
  const filename = join(directory, "model.db");
  const main = sqlite({ filename, pool: { max: 4 } });
  const manager = new DatabaseManager({ main }, { clock, random: () => 0.5 });
  onTestFinished(() => manager.close({ timeoutMs: 0 }));
  const database = manager.database("main");
  await database.execute("create table model (id integer primary key)");
  return { database, clock, manyWriters: false };
});
