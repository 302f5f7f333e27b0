import { defineDatabase } from "@nsj/mdb-core";
import type { Ground } from "@nsj/mdb-session-model";
import { FakeClock, faultProxy, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { onTestFinished } from "vitest";

/** The reference engine, behind a network that may be slow. @param latencyMs - how much later each chunk arrives, in each direction */
export async function referenceGround(latencyMs = 0): Promise<Ground> {
  const server = await referenceServer();
  onTestFinished(() => server.close());
  const proxy = await faultProxy(server);
  onTestFinished(() => proxy.close());
  if (latencyMs > 0) await proxy.set({ kind: "latency", milliseconds: latencyMs });
  const { user, password, database } = server;
  const options = { ...proxy.address, user, password, database };
  const setUp = referenceDriver.connector(options);
  const connection = await setUp.connect({ deadline: Number.POSITIVE_INFINITY });
  await connection.query(
    { text: "create table model (id integer primary key)", values: [] },
    { deadline: Number.POSITIVE_INFINITY },
  );
  connection.destroy();
  return {
    clock: new FakeClock(),
    definition: (pool) => defineDatabase(referenceDriver, { ...options, pool }),
    manyWriters: false,
    remote: true,
    kill: async () => proxy.endAll("reset"),
    leftovers: [
      {
        what: "a setting",
        leave: "select set_setting('application', 'changed')",
        query: "select set_setting('application', 'changed')",
        ask: "select setting('application')",
      },
      {
        what: "a temporary table",
        leave: "create temp table if not exists left_behind (id integer)",
        ask: "select count(*) from sqlite_temp_schema",
      },
      { what: "a listener", leave: "select listen('suite')", ask: "select listening('suite')" },
    ],
  };
}
