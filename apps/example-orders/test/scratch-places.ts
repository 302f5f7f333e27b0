import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { inject } from "vitest";
import type { Places } from "../src/databases.ts";

/** An empty PostgreSQL database and a folder for the audit, of this test alone. */
export async function scratchPlaces(): Promise<Places & AsyncDisposable> {
  const name = `orders_${randomBytes(6).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "mdb-orders-test-"));
  await administer(`create database ${name}`);
  const own = new URL(inject("postgresUrl"));
  own.pathname = `/${name}`;
  return {
    ordersUrl: own.href,
    auditFile: join(folder, "audit.db"),
    async [Symbol.asyncDispose]() {
      await administer(`drop database ${name} with (force)`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function administer(text: string): Promise<void> {
  await using server = new DatabaseManager({ server: postgres({ connectionString: inject("postgresUrl") }) });
  await server.database("server").execute(text);
}
