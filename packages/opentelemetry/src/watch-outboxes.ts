import type { AddEvent, DeliveryEvent } from "@nsj/mdb-outbox";
import { type Attributes, context, type Link, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { errorTypeOf } from "./failures.ts";
import { follow } from "./follow.ts";
import { bindContext } from "./span-context.ts";
import { spanContextOf } from "./traceparent.ts";
import type { Watching } from "./watch-queries.ts";

type Ended<Event> = Event & { readonly error?: unknown };

/** A span for what is written into an outbox, and one for each call of a handler, linked to it. */
export function watchOutboxes({ isWatched, tracer }: Watching): () => void {
  if (tracer === undefined) return () => {};
  const spans = new WeakMap<object, Span>();
  const end = ({ engine, error }: Ended<AddEvent | DeliveryEvent>, span: Span, outcome?: string): void => {
    if (outcome !== undefined) span.setAttribute("mdb.outbox.outcome", outcome);
    if (error !== undefined && outcome !== "interrupted") {
      const type = errorTypeOf(engine, error);
      span.setAttribute("error.type", type);
      span.setStatus({ code: SpanStatusCode.ERROR, message: type });
    }
    span.end();
  };
  const unbindAdd = bindContext<AddEvent>("mdb:outbox:add", (event) => {
    if (!isWatched(event)) return context.active();
    const { count, topics } = event;
    const attributes = { ...attributesOf(event, topics, count), ...operation("add", "create") };
    const span = tracer.startSpan(nameOf(topics), { kind: SpanKind.PRODUCER, attributes });
    spans.set(event, span);
    return trace.setSpan(context.active(), span);
  });
  const unbindDelivery = bindContext<DeliveryEvent>("mdb:outbox:deliver", (event) => {
    const [first, ...others] = event.messages;
    if (!isWatched(event) || first === undefined) return context.active();
    const topics = [...new Set(event.messages.map(({ topic }) => topic))];
    const attributes: Attributes = {
      ...attributesOf(event, topics, event.messages.length),
      ...operation("deliver", "process"),
      "mdb.attempt": first.attempt,
    };
    if (others.length === 0) attributes["messaging.message.id"] = first.id;
    const links = event.messages.flatMap(({ traceparent }): Link[] => {
      const writer = spanContextOf(traceparent);
      return writer === undefined ? [] : [{ context: writer }];
    });
    const span = tracer.startSpan(nameOf(topics), { kind: SpanKind.CONSUMER, attributes, links });
    spans.set(event, span);
    return trace.setSpan(context.active(), span);
  });
  const unfollowAdd = follow<AddEvent>("mdb:outbox:add", {
    start() {},
    ended(event) {
      const span = spans.get(event);
      if (span === undefined) return;
      const [id, ...others] = event.ids ?? [];
      if (id !== undefined && others.length === 0) span.setAttribute("messaging.message.id", id);
      end(event, span);
    },
  });
  const unfollowDelivery = follow<DeliveryEvent>("mdb:outbox:deliver", {
    start() {},
    ended(event) {
      const span = spans.get(event);
      if (span !== undefined) end(event, span, event.outcome);
    },
  });
  return () => {
    for (const stop of [unbindAdd, unbindDelivery, unfollowAdd, unfollowDelivery]) stop();
  };
}

const nameOf = (topics: readonly string[]): string => (topics.length === 1 ? `outbox ${topics[0]}` : "outbox");

const operation = (name: string, type: "create" | "process"): Attributes => ({
  "messaging.operation.name": name,
  "messaging.operation.type": type,
});

function attributesOf(
  { database, key }: AddEvent | DeliveryEvent,
  topics: readonly string[],
  count: number,
): Attributes {
  const attributes: Attributes = { "messaging.system": "mdb", "mdb.database": database };
  if (key !== undefined) attributes["mdb.database.key"] = key;
  if (topics.length === 1) attributes["messaging.destination.name"] = topics[0];
  if (count > 1) attributes["messaging.batch.message_count"] = count;
  return attributes;
}
