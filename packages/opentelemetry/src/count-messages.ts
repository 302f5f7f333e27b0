import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { BacklogEvent, DeliveryEvent, TopicBacklog } from "@nsj/mdb-outbox";
import type { Attributes, BatchObservableResult, Meter } from "@opentelemetry/api";
import { errorTypeOf } from "./failures.ts";
import { follow } from "./follow.ts";
import type { Watching } from "./watch-queries.ts";

/** What outboxes have delivered, and what waits in them. */
export function countMessages({ isWatched, meter }: Watching): () => void {
  if (meter === undefined) return () => {};
  const stops = [countDeliveries(meter, isWatched), watchBacklogs(meter, isWatched)];
  return () => {
    for (const stop of stops) stop();
  };
}

function countDeliveries(meter: Meter, isWatched: Watching["isWatched"]): () => void {
  const counter = (name: string, description: string) =>
    meter.createCounter(`mdb.outbox.${name}`, { unit: "{message}", description });
  const delivered = counter("delivered", "Messages of outboxes that were handled.");
  const failed = counter("failed", "Attempts to handle a message of an outbox that failed, the last ones included.");
  const dead = counter("dead", "Messages of outboxes that were given up.");
  return follow<DeliveryEvent>("mdb:outbox:deliver", {
    start() {},
    ended(event) {
      if (!isWatched(event)) return;
      const { database, engine, error, messages, outcome } = event;
      for (const { topic } of messages) {
        const attributes = pointOf(database, topic);
        if (outcome === "delivered") delivered.add(1, attributes);
        if (outcome === "failed" || outcome === "dead") {
          failed.add(1, { ...attributes, "error.type": errorTypeOf(engine, error) });
        }
        if (outcome === "dead") dead.add(1, attributes);
      }
    },
  });
}

/**
 * What was told last counts. Of what is told no more nothing waits: a topic that is empty, or an outbox that another process tells of from now on. That has
 * to be said, since exporters go on with what they heard last.
 */
function watchBacklogs(meter: Meter, isWatched: Watching["isWatched"]): () => void {
  const told = new Map<string, BacklogEvent>();
  const listen = (message: unknown): void => {
    const event = message as BacklogEvent;
    if (!isWatched(event)) return;
    const key = JSON.stringify([event.manager, event.database, event.key, event.table]);
    const topics = new Map<string, TopicBacklog>();
    for (const { topic } of told.get(key)?.topics ?? []) topics.set(topic, { topic, waiting: 0, ageMs: 0 });
    for (const backlog of event.topics ?? []) topics.set(backlog.topic, backlog);
    told.set(key, { ...event, topics: [...topics.values()] });
  };
  subscribe("mdb:outbox:backlog", listen);
  const stop = observeBacklogs(meter, () => [...told.values()]);
  return () => {
    unsubscribe("mdb:outbox:backlog", listen);
    stop();
  };
}

function observeBacklogs(meter: Meter, told: () => readonly BacklogEvent[]): () => void {
  const pending = meter.createObservableUpDownCounter("mdb.outbox.pending", {
    unit: "{message}",
    description: "Messages of outboxes that wait, those included that are not due yet.",
  });
  const age = meter.createObservableGauge("mdb.outbox.age", {
    unit: "s",
    description: "How long the oldest message of an outbox has been waiting that is due.",
  });
  const callback = (result: BatchObservableResult): void => {
    const sums = new Map<string, { readonly attributes: Attributes; waiting: number; ageMs: number }>();
    for (const { database, topics = [] } of told()) {
      for (const { ageMs, topic, waiting } of topics) {
        const key = JSON.stringify([database, topic]);
        // Several outboxes, or tenants, behind one label are one to whoever looks.
        const sum = sums.get(key) ?? { attributes: pointOf(database, topic), waiting: 0, ageMs: 0 };
        sum.waiting += waiting;
        sum.ageMs = Math.max(sum.ageMs, ageMs);
        sums.set(key, sum);
      }
    }
    for (const { ageMs, attributes, waiting } of sums.values()) {
      result.observe(pending, waiting, attributes);
      result.observe(age, ageMs / 1_000, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, [pending, age]);
  return () => meter.removeBatchObservableCallback(callback, [pending, age]);
}

const pointOf = (database: string, topic: string): Attributes => ({
  "mdb.database": database,
  "messaging.destination.name": topic,
});
