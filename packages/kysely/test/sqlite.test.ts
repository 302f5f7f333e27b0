import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { afterAll } from "vitest";
import { kyselySuite } from "./support/suite.ts";

const folder = await mkdtemp(join(tmpdir(), "mdb-kysely-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

kyselySuite({
  name: "SQLite",
  definition: () => sqlite({ filename: join(folder, "orders.db") }),
  remember: "create temporary table kysely_mark (n integer)",
  recall: "select n from kysely_mark",
});
