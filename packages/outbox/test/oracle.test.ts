import { oracle, oracleDriver } from "@nsj/mdb-adapter-oracle";
import { defineDatabase } from "@nsj/mdb-core";
import { TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { outboxSuite } from "./outbox-suite.ts";

const realUrl = process.env["MDB_ORACLE_URL"] || undefined;
let wire: TnsServer | undefined;
beforeAll(async () => {
  if (realUrl !== undefined) return;
  wire = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users: { scott: "tiger" } });
});
afterAll(async () => {
  await wire?.stop();
  expect(wire?.faults ?? []).toEqual([]);
  expect(wire?.refusals ?? [], "what the server did not understand").toEqual([]);
});

outboxSuite("Oracle", () => {
  if (wire === undefined) return defineDatabase(oracleDriver, oracleDriver.parseUrl(realUrl ?? ""));
  return oracle({ user: "scott", password: "tiger", connectString: wire.connectString });
});
