import type { DatabaseManager } from "@nsj/mdb-core";
import { openDatabases, type Service } from "./service.ts";

/**
 * Runs a service in a process of its own on the databases that its parent describes, and closes it at SIGTERM. The process must then end
 * by itself.
 *
 * @param start - its service closes within `timeoutMs`
 */
export async function serveUntilTerminated(
  start: (databases: DatabaseManager, timeoutMs: number) => Promise<Service>,
): Promise<void> {
  const [orders, audit] = JSON.parse(process.env["SERVICE_DATABASES"] ?? "[]");
  const service = await start(openDatabases(orders, audit), Number(process.env["SERVICE_TIMEOUT_MS"]));
  process.once("SIGTERM", () => void service.close());
  process.stdout.write(`listening ${service.url}\n`);
}
