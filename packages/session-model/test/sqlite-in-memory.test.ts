import { sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { defineDatabase } from "@nsj/mdb-core";
import { sessionsUnderRandomUse, slowDriver } from "@nsj/mdb-session-model";
import { FakeClock } from "@nsj/mdb-testkit";

// A database that is gone with its connection, behind a driver that cannot be stopped: whatever it takes, nobody may cut it.
sessionsUnderRandomUse("SQLite in memory, slow at times", async () => {
  const clock = new FakeClock();
  const driver = slowDriver(sqliteDriver, clock);
  return {
    clock,
    definition: (pool) => defineDatabase(driver, { filename: ":memory:", pool }),
    setUp: "create table model (id integer primary key)",
    max: 1,
    manyWriters: false,
    remote: false,
    leftovers: [{ what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" }],
  };
});
