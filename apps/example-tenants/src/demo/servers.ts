import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ServerUrls } from "../databases.ts";

/** Two PostgreSQL servers of our own, gone with the program. */
export async function startServers(): Promise<{ readonly urls: ServerUrls } & AsyncDisposable> {
  await using started = new AsyncDisposableStack();
  const [north, south] = await Promise.all([ownPostgres(started), ownPostgres(started)]);
  const kept = started.move();
  return { urls: { north, south }, [Symbol.asyncDispose]: () => kept.disposeAsync() };
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
