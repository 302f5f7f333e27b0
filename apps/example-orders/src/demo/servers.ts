import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Places } from "../databases.ts";
import type { Settings } from "../settings.ts";

/** The databases of the settings, or those of our own where the settings name none: gone with the program. */
export async function startServers({ ORDERS_URL, AUDIT_FILE }: Settings): Promise<Places & AsyncDisposable> {
  await using started = new AsyncDisposableStack();
  const ordersUrl = ORDERS_URL ?? (await ownPostgres(started));
  const auditFile = AUDIT_FILE ?? join(await ownFolder(started), "audit.db");
  const kept = started.move();
  return { ordersUrl, auditFile, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function ownPostgres(started: AsyncDisposableStack): Promise<string> {
  // Detached: Ctrl+C would reach it too, and stop it before the service has answered what it accepted.
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, "postgres-process.ts")], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    windowsHide: true,
  });
  const ended = once(child, "exit");
  started.defer(async () => {
    child.stdin.end();
    await ended;
  });
  for await (const url of createInterface(child.stdout)) return url;
  throw new Error("PostgreSQL did not start");
}

async function ownFolder(started: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-example-orders-"));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
