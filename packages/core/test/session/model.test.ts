import { FakeClock } from "../pool/fake-clock.ts";
import { sessionsUnderRandomUse } from "./model/run-seeds.ts";
import { useTestServer } from "./test-database.ts";

const server = useTestServer();

sessionsUnderRandomUse("the reference engine", async () => {
  const clock = new FakeClock();
  const database = await server.open({ pool: { max: 4 } }, { clock, random: () => 0.5 });
  await clock.advance(0);
  await database.execute("drop table if exists model");
  await database.execute("create table model (id integer primary key)");
  return { database, clock, manyWriters: false };
});
