import { isSpanContextValid, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";

const form = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The W3C trace context of the span that is active: for the option `traceparent` of an outbox, so that whoever handles a message later is linked to
 * whoever wrote it. `undefined` where no span is active.
 */
export function currentTraceparent(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return undefined;
  const { spanId, traceFlags, traceId } = active;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** The span that a W3C trace context names; `undefined` for what is none. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] = form.exec(traceparent ?? "") ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}
