import { type Database, DatabaseManager } from "@nsj/mdb-core";
import { afterEach } from "vitest";
import { FakeClock } from "../../core/test/pool/fake-clock.ts";
import { sessionsUnderRandomUse } from "../../core/test/session/model/run-seeds.ts";
import type { Ground } from "../../core/test/session/model/session-model.ts";
import { postgres } from "../src/index.ts";
import { serverOptions } from "./support/server.ts";

const open: DatabaseManager[] = [];

afterEach(async () => {
  for (const manager of open.splice(0)) await manager.close({ timeoutMs: 0 });
});

sessionsUnderRandomUse("PostgreSQL", async (): Promise<Ground> => {
  const clock = new FakeClock();
  const manager = new DatabaseManager(
    {
      main: postgres({
        ...serverOptions(),
        pool: { max: 4, acquireTimeoutMs: 1_000_000, connectTimeoutMs: 1_000_000 },
      }),
    },
    { clock },
  );
  open.push(manager);
  const database: Database = manager.database("main");
  await database.execute("drop table if exists model");
  await database.execute("create table model (id integer primary key)");
  return { database, clock, manyWriters: true, remote: true };
});
