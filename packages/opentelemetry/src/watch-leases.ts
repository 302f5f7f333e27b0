import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { PoolEvent } from "@nsj/mdb-core";
import { durationSeconds } from "./instruments.ts";
import type { Watching } from "./watch-queries.ts";

/** How long connections were waited for and used: told when they come back, so that taking one costs nothing more. Two points for each lease, so only for whoever asks. */
export function watchLeases({ settings, isWatched, meter }: Watching): () => void {
  if (meter === undefined || !settings.leaseTimes) return () => {};
  const waitTime = durationSeconds(
    meter,
    "db.client.connection.wait_time",
    "The time it took to obtain an open connection from the pool.",
  );
  const useTime = durationSeconds(
    meter,
    "db.client.connection.use_time",
    "The time between borrowing a connection and returning it to the pool.",
  );
  const names = new Map<string, { readonly "db.client.connection.pool.name": string }>();
  const listen = (message: unknown): void => {
    const event = message as PoolEvent;
    if (event.type !== "released" || !isWatched(event)) return;
    let attributes = names.get(event.database);
    if (attributes === undefined) {
      attributes = { "db.client.connection.pool.name": settings.poolName(event.database) };
      names.set(event.database, attributes);
    }
    waitTime.record(event.waitedMs / 1_000, attributes);
    useTime.record(event.heldMs / 1_000, attributes);
  };
  subscribe("mdb:pool:event", listen);
  return () => void unsubscribe("mdb:pool:event", listen);
}
