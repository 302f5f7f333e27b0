import type { QueryEvent } from "@nsj/mdb-core";
import { type Context, context, type Meter, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { exceptionLog, type LogProvider } from "./exceptions.ts";
import { errorTypeOf, failureAttributes } from "./failures.ts";
import { follow } from "./follow.ts";
import { groupAttribute } from "./group-attribute.ts";
import { durationSeconds, rowCounts } from "./instruments.ts";
import type { Settings } from "./options.ts";
import { warnOfSecondInstrumentation } from "./second-instrumentation.ts";
import { type Described, Statements } from "./statements.ts";

/** A wait for a connection that is worth an event of its own, in milliseconds. */
const longWaitMs = 10;

/** What is kept of an event until it ends. */
interface UnderWay {
  readonly span: Span;
  readonly parent: Context;
  readonly described: Described;
}

/** An event at its end. */
type Ended = QueryEvent & { readonly error?: unknown };

/** What watching one kind of event needs. */
export interface Watching {
  readonly settings: Settings;
  /** Whether an event's manager is one of those that are watched. */
  readonly isWatched: (event: { readonly manager: number }) => boolean;
  readonly tracer: Tracer | undefined;
  readonly meter: Meter | undefined;
  readonly loggerProvider: LogProvider | undefined;
}

/** A span and a point of the histograms for each statement. @returns to be called to end that */
export function watchQueries({ settings, isWatched, tracer, meter, loggerProvider }: Watching): () => void {
  const statements = new Statements(settings);
  const duration =
    meter && durationSeconds(meter, "db.client.operation.duration", "Duration of database client operations.");
  const rows = meter && rowCounts(meter);
  const logException = exceptionLog(loggerProvider);
  const underWay = new WeakMap<object, UnderWay>();
  const start = (event: QueryEvent): void => {
    if (event.kind === "internal" || !isWatched(event)) return;
    warnOfSecondInstrumentation(event.engine);
    const parent = context.active();
    const described = statements.describe(event);
    const span = (tracer as Tracer).startSpan(described.name, described.span, parent);
    // Most are not sampled in a large service: there is nothing to end, then.
    if (span.isRecording() || logException !== undefined) underWay.set(event, { span, parent, described });
  };
  const endSpan = (event: Ended, described: Described, begun: UnderWay): void => {
    // What is left in it is looked at by each collection of garbage.
    underWay.delete(event);
    const { span } = begun;
    if (span.isRecording()) {
      // By now it is known which database behind a router it was, and how many sets of parameters there were.
      if (described !== begun.described) span.updateName(described.name).setAttributes(described.span.attributes);
      tell(span, event, settings);
    }
    span.end();
  };
  return follow<QueryEvent>("mdb:query", {
    ...(tracer !== undefined && { start }),
    ended(event) {
      if (event.kind === "internal" || !isWatched(event)) return;
      const described = statements.describe(event);
      const begun = tracer === undefined ? undefined : underWay.get(event);
      if (begun !== undefined) endSpan(event, described, begun);
      if (duration === undefined && logException === undefined) return;
      const { durationMs, engine, error, group, returnedRows } = event;
      const { metric } = described;
      const ofTenant = group === undefined ? metric : { ...metric, ...groupAttribute(group) };
      const attributes = error === undefined ? ofTenant : { ...ofTenant, ...failureAttributes(engine, error) };
      if (durationMs !== undefined) duration?.record(durationMs / 1_000, attributes);
      if (returnedRows !== undefined) rows?.record(returnedRows, attributes);
      if (error === undefined || logException === undefined) return;
      logException(error, attributes, begun === undefined ? context.active() : trace.setSpan(begun.parent, begun.span));
    },
  });
}

/** What is known at the end only. */
function tell(span: Span, event: Ended, { returnedRows }: Settings): void {
  const { batchSize, connection, engine, error, key, leftEarly, transaction, waitedMs } = event;
  if (key !== undefined) span.setAttribute("mdb.database.key", key);
  if (connection !== undefined) span.setAttribute("mdb.connection.number", connection);
  if (transaction !== undefined) span.setAttribute("mdb.transaction.id", transaction);
  if (batchSize !== undefined && batchSize !== 1) span.setAttribute("db.operation.batch.size", batchSize);
  if (leftEarly === true) span.setAttribute("mdb.stream.left_early", true);
  if (returnedRows && event.returnedRows !== undefined) {
    span.setAttribute("db.response.returned_rows", event.returnedRows);
  }
  if (waitedMs !== undefined) {
    span.setAttribute("mdb.pool.wait_ms", waitedMs);
    if (waitedMs > longWaitMs) span.addEvent("mdb.pool.wait", { "mdb.pool.wait_ms": waitedMs });
  }
  if (error === undefined) return;
  span.setAttributes(failureAttributes(engine, error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorTypeOf(engine, error) });
}
