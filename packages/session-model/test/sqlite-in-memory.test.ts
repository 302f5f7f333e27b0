import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock } from "@nsj/mdb-testkit";

sessionsUnderRandomUse("SQLite in memory", async () => ({
  clock: new FakeClock(),
  definition: (pool) => sqlite({ filename: ":memory:", pool }),
  setUp: "create table model (id integer primary key)",
  max: 1,
  manyWriters: false,
  remote: false,
  leftovers: [{ what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" }],
}));
