import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { AlwaysOffSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** How much OpenTelemetry is told, with the real SDK; nothing leaves the process. */
export const watchings = ["nobody", "metrics", "spans, not sampled", "spans, sampled", "all"] as const;
/** Ours alone can leave these out: how long each connection was waited for and used. */
export const withoutLeaseTimes = "metrics without leaseTimes";
export type Watching = (typeof watchings)[number] | typeof withoutLeaseTimes;

/** What an instrumentation is given; `undefined` for what it is not to make. */
export interface Providers {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly leaseTimes: boolean;
}

/** @returns `undefined` where nobody watches */
export function providersFor(watching: Watching): Providers | undefined {
  if (watching === "nobody") return undefined;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const sampled = watching === "spans, sampled" || watching === "all";
  const tracerProvider = sampled ? exporting() : new TracerProvider({ sampler: new AlwaysOffSampler() });
  const measured = watching === "metrics" || watching === withoutLeaseTimes;
  return {
    tracerProvider: measured ? undefined : tracerProvider,
    meterProvider: measured || watching === "all" ? metering() : undefined,
    leaseTimes: watching !== withoutLeaseTimes,
  };
}

/** Spans in batches, to somebody who throws them away. */
function exporting(): TracerProvider {
  const exporter = {
    export: (_spans: unknown, done: (result: { code: number }) => void): void => done({ code: 0 }),
    shutdown: async () => {},
  };
  return new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
}

function metering(): MeterProvider {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  return new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
  });
}
