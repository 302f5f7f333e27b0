import { type Database, DatabaseManager } from "@nsj/mdb-core";
import { afterEach } from "vitest";
import { FakeClock } from "../../core/test/pool/fake-clock.ts";
import { sessionsUnderRandomUse } from "../../core/test/session/model/run-seeds.ts";
import type { Ground } from "../../core/test/session/model/session-model.ts";
import { sqlite } from "../src/index.ts";
import { temporaryFile } from "./support/database.ts";

const open: DatabaseManager[] = [];

afterEach(async () => {
  for (const manager of open.splice(0)) await manager.close({ timeoutMs: 0 });
});

sessionsUnderRandomUse("SQLite", async (): Promise<Ground> => {
  const clock = new FakeClock();
  const manager = new DatabaseManager({ main: sqlite({ filename: temporaryFile(), pool: { max: 4 } }) }, { clock });
  open.push(manager);
  const database: Database = manager.database("main");
  await database.execute("create table model (id integer primary key)");
  return { database, clock, manyWriters: false };
});
