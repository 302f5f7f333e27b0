import { mssql } from "@nsj/mdb-adapter-mssql";
import { startTdsServer, type TdsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { outboxSuite } from "./outbox-suite.ts";

const realUrl = process.env["MDB_MSSQL_URL"] || undefined;
let wire: TdsServer | undefined;
beforeAll(async () => {
  if (realUrl === undefined) wire = await startTdsServer({ postgresUrl: inject("postgresUrl"), encryption: "on" });
});
afterAll(async () => {
  await wire?.close();
  expect(wire?.refusals ?? [], "what the server did not understand").toEqual([]);
});

outboxSuite("SQL Server", () => {
  if (wire === undefined) return mssql({ connectionString: realUrl ?? "" });
  const { host: server, port, user, password, database } = wire;
  return mssql({ server, port, user, password, database, encrypt: false });
});
