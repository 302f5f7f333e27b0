import type { SpanningEvent, TransactionEvent } from "@nsj/mdb-core";
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { errorTypeOf } from "./failures.ts";
import { follow } from "./follow.ts";
import { durationSeconds } from "./instruments.ts";
import { bindContext } from "./span-context.ts";
import type { Watching } from "./watch-queries.ts";

/** A span for each transaction, which is the parent of its statements and of what else its callback does; and how long they take. */
export function watchTransactions({ settings, isWatched, tracer, meter }: Watching): () => void {
  const spans = new WeakMap<object, Span>();
  const startedAt = new WeakMap<object, number>();
  const duration = meter && durationSeconds(meter, "mdb.client.transaction.duration", "How long transactions take.");
  const retries = meter?.createCounter("mdb.client.transaction.retries", {
    description: "Transactions that were run again after a failure.",
    unit: "{retry}",
  });
  const spanOf = (event: TransactionEvent): Span | undefined => {
    const { kind } = event;
    // A joined callback is part of a transaction that has a span, and a spanning one has one for all its databases.
    const isWanted = kind === "transaction" || kind === "session" || (kind === "savepoint" && settings.savepoints);
    if (tracer === undefined || !isWanted || !isWatched(event)) return undefined;
    let span = spans.get(event);
    if (span === undefined) {
      const name = `${kind === "savepoint" ? "savepoint" : "transaction"} ${event.database}`;
      span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: attributesOf(event) });
      spans.set(event, span);
    }
    return span;
  };
  const unbind = bindContext<TransactionEvent>("mdb:transaction", (event) => {
    const span = spanOf(event);
    return span === undefined ? context.active() : trace.setSpan(context.active(), span);
  });
  const unfollow = follow<TransactionEvent>("mdb:transaction", {
    start(event) {
      if (!isWatched(event)) return;
      spanOf(event);
      startedAt.set(event, performance.now());
      if (event.attempt > 1) {
        retries?.add(1, {
          "mdb.database": event.database,
          "error.type": errorTypeOf(event.engine, event.retriedAfter),
        });
      }
    },
    ended(event) {
      const begunAt = startedAt.get(event);
      if (begunAt === undefined) return;
      const { database, engine, error, heldMs, kind, outcome, statements } = event;
      const span = spans.get(event);
      if (span?.isRecording() === true) {
        if (outcome !== undefined) span.setAttribute("mdb.transaction.outcome", outcome);
        if (statements !== undefined) span.setAttribute("mdb.transaction.statements", statements);
        if (heldMs !== undefined) span.setAttribute("mdb.transaction.held_ms", heldMs);
        failed(span, engine, error);
      }
      span?.end();
      const attributes: Attributes = { "mdb.database": database, "mdb.transaction.kind": kind };
      if (outcome !== undefined) attributes["mdb.transaction.outcome"] = outcome;
      duration?.record((performance.now() - begunAt) / 1_000, attributes);
    },
  });
  return () => {
    unbind();
    unfollow();
  };
}

/** A span for each transaction over several databases; what each of them prepares, decides and finishes is inside of it. */
export function watchSpanning({ isWatched, tracer }: Watching): () => void {
  if (tracer === undefined) return () => {};
  const spans = new WeakMap<object, Span>();
  const unbind = bindContext<SpanningEvent>("mdb:spanning", (event) => {
    if (!isWatched(event)) return context.active();
    const { decider, labels, mode } = event;
    const attributes: Attributes = { "mdb.databases": [...labels], "mdb.mode": mode };
    if (decider !== undefined) attributes["mdb.decider"] = decider;
    const span = tracer.startSpan(`transaction ${labels.join(" ")}`, { kind: SpanKind.INTERNAL, attributes });
    spans.set(event, span);
    return trace.setSpan(context.active(), span);
  });
  const unfollow = follow<SpanningEvent>("mdb:spanning", {
    start() {},
    ended(event) {
      const span = spans.get(event);
      if (span?.isRecording() === true) {
        const { error, id, outcome, states } = event;
        if (id !== undefined) span.setAttribute("mdb.spanning.id", id);
        if (outcome !== undefined) span.setAttribute("mdb.outcome", outcome);
        if (states !== undefined)
          span.setAttribute(
            "mdb.votes",
            Object.entries(states).map((it) => it.join("=")),
          );
        failed(span, "", error);
      }
      span?.end();
    },
  });
  return () => {
    unbind();
    unfollow();
  };
}

function attributesOf({ attempt, database, id, isolation, key, propagation, readOnly }: TransactionEvent): Attributes {
  const attributes: Attributes = {
    "mdb.database": database,
    "mdb.transaction.id": id,
    "mdb.transaction.attempt": attempt,
    "mdb.transaction.propagation": propagation,
  };
  if (key !== undefined) attributes["mdb.database.key"] = key;
  if (isolation !== undefined) attributes["mdb.transaction.isolation"] = isolation;
  if (readOnly !== undefined) attributes["mdb.transaction.read_only"] = readOnly;
  return attributes;
}

function failed(span: Span, engine: string, error: unknown): void {
  if (error === undefined) return;
  const type = errorTypeOf(engine, error);
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}
