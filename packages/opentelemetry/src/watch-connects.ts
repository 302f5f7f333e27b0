import type { ConnectTrace } from "@nsj/mdb-core";
import { type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { errorTypeOf } from "./failures.ts";
import { follow } from "./follow.ts";
import { groupAttribute } from "./group-attribute.ts";
import { durationSeconds } from "./instruments.ts";
import { isInMemory, targetAttributes } from "./target-attributes.ts";
import type { Watching } from "./watch-queries.ts";

/** A span for each attempt to open a connection, and how long they take. */
export function watchConnects({ settings, isWatched, tracer, meter }: Watching): () => void {
  const createTime =
    meter && durationSeconds(meter, "db.client.connection.create_time", "The time it took to create a new connection.");
  const begun = new WeakMap<object, { readonly at: number; readonly span: Span | undefined }>();
  return follow<ConnectTrace>("mdb:connect", {
    start(event) {
      if (!isWatched(event)) return;
      const { database, engine, target } = event;
      const kind = isInMemory(engine, target.address) ? SpanKind.INTERNAL : SpanKind.CLIENT;
      const attributes = { ...targetAttributes(engine, target), "mdb.database": database };
      const span = tracer?.startSpan(`connect ${database}`, { kind, attributes });
      begun.set(event, { at: performance.now(), span });
    },
    ended(event) {
      const found = begun.get(event);
      if (found === undefined) return;
      const { database, engine, error, group } = event;
      const type = error === undefined ? undefined : errorTypeOf(engine, error);
      if (type !== undefined) {
        found.span?.setAttribute("error.type", type);
        found.span?.setStatus({ code: SpanStatusCode.ERROR, message: type });
      }
      found.span?.end();
      createTime?.record((performance.now() - found.at) / 1_000, {
        "db.client.connection.pool.name": settings.poolName(database),
        ...groupAttribute(group),
        ...(type !== undefined && { "error.type": type }),
      });
    },
  });
}
