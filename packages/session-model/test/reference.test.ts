import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { onTestFinished } from "vitest";

sessionsUnderRandomUse("the reference engine", async () => {
  const server = await referenceServer();
  onTestFinished(() => server.close());
  const { host, port, user, password, database: name } = server;
  const clock = new FakeClock();
  const main = defineDatabase(referenceDriver, { host, port, user, password, database: name, pool: { max: 4 } });
  const manager = new DatabaseManager({ main }, { clock, random: () => 0.5 });
  onTestFinished(() => manager.close({ timeoutMs: 0 }));
  const database = manager.database("main");
  await database.execute("create table model (id integer primary key)");
  return { database, clock, manyWriters: false };
});
