import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { afterAll } from "vitest";
import { outboxSuite } from "./outbox-suite.ts";

const directory = mkdtempSync(join(tmpdir(), "mdb-outbox-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

outboxSuite("SQLite", () => sqlite({ filename: join(directory, "outbox.db") }));
