import type { DriverConnection, ResultSet } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";
import { turns } from "./wait.ts";

/** Has a statement sleep on the server, and gives it the time to get there. Its failure is for whoever waits for it. */
export async function asleep(
  bench: Bench,
  connection: DriverConnection,
  milliseconds: number,
): Promise<{ readonly sleeping: Promise<ResultSet> }> {
  const sleeping = bench.run(connection, bench.subject.sql.sleep?.(milliseconds) ?? "");
  sleeping.catch(() => undefined);
  await turns(20);
  return { sleeping };
}
