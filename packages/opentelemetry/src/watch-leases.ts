import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { PoolEvent } from "@nsj/mdb-core";
import type { Attributes } from "@opentelemetry/api";
import { groupAttribute } from "./group-attribute.ts";
import { durationSeconds } from "./instruments.ts";
import type { Watching } from "./watch-queries.ts";

/** How long connections were waited for and used: told when they come back, so that taking one costs nothing more. Two points for each lease. */
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
  const names = new Map<string, Attributes>();
  const listen = (message: unknown): void => {
    const event = message as PoolEvent;
    if (event.type !== "released" || !isWatched(event)) return;
    const { database, group } = event;
    const key = group === undefined ? database : JSON.stringify([database, group]);
    let attributes = names.get(key);
    if (attributes === undefined) {
      attributes = { "db.client.connection.pool.name": settings.poolName(database), ...groupAttribute(group) };
      names.set(key, attributes);
    }
    waitTime.record(event.waitedMs / 1_000, attributes);
    useTime.record(event.heldMs / 1_000, attributes);
  };
  subscribe("mdb:pool:event", listen);
  return () => void unsubscribe("mdb:pool:event", listen);
}
