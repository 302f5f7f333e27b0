import type { DatabaseManager } from "@nsj/mdb-core";
import { openDatabases, type Service } from "./service.ts";

/**
 * Runs a service in a process of its own on the databases that its parent describes, and closes it at SIGTERM, unless it does so itself.
 * The process must then end.
 *
 * @param start - its service closes within `timeoutMs`
 */
export async function serveUntilTerminated(
  start: (databases: DatabaseManager, timeoutMs: number) => Promise<Service>,
): Promise<void> {
  const [orders, audit] = JSON.parse(process.env["SERVICE_DATABASES"] ?? "[]");
  const service = await start(openDatabases(orders, audit), Number(process.env["SERVICE_TIMEOUT_MS"]));
  if (service.handlesSignals !== true) process.once("SIGTERM", () => void service.close());
  process.stdout.write(`listening ${service.url}\n`);
}
