import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock } from "@nsj/mdb-testkit";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

sessionsUnderRandomUse("PostgreSQL", async () => {
  const url = inject("postgresUrl");
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  onTestFinished(() => admin.end());
  const schema = `model_${process.pid}`;
  await admin.query(`create schema if not exists ${schema}`);
  onTestFinished(async () => void (await admin.query(`drop schema ${schema} cascade`)));
  await admin.query(`create table ${schema}.model (id integer primary key)`);
  const clock = new FakeClock();
  const main = postgres({
    ...postgresDriver.parseUrl(url),
    options: `-c search_path=${schema}`,
    pool: { max: 4, acquireTimeoutMs: 1_000_000, connectTimeoutMs: 1_000_000 },
  });
  const manager = new DatabaseManager({ main }, { clock, random: () => 0.5 });
  onTestFinished(() => manager.close({ timeoutMs: 0 }));
  return { database: manager.database("main"), clock, manyWriters: true, remote: true };
});
