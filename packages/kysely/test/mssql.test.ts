import { mssql } from "@nsj/mdb-adapter-mssql";
import { startTdsServer, type TdsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { kyselySuite } from "./support/suite.ts";

let server: TdsServer;
beforeAll(async () => {
  server = await startTdsServer({ postgresUrl: inject("postgresUrl"), encryption: "on" });
});
afterAll(async () => {
  await server.close();
  expect(server.refusals, "what the server did not understand").toEqual([]);
});

kyselySuite({
  name: "SQL Server (our own test server)",
  definition: () =>
    mssql({
      server: server.host,
      port: server.port,
      user: server.user,
      password: server.password,
      database: server.database,
      encrypt: false,
    }),
  remember: "create table #kysely_mark (n int)",
  recall: "select n from #kysely_mark",
});
