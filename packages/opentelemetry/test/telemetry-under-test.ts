import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll } from "vitest";

/** The real SDK with exporters that keep everything in memory. */
export class InMemoryTelemetry {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.#spans })],
  });
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 3_600_000 });
  readonly meterProvider = new MeterProvider({ readers: [this.#reader] });

  async shutdown(): Promise<void> {
    await this.meterProvider.shutdown();
    await this.tracerProvider.shutdown();
  }

  get providers(): Pick<this, "tracerProvider" | "meterProvider"> {
    return { tracerProvider: this.tracerProvider, meterProvider: this.meterProvider };
  }

  /** The spans that have ended since this was last asked. */
  takeSpans(): ReadableSpan[] {
    const spans = this.#spans.getFinishedSpans();
    this.#spans.reset();
    return [...spans];
  }

  /** The metrics as they are now, by name. */
  async collect(): Promise<ReadonlyMap<string, MetricData>> {
    this.#metrics.reset();
    await this.#reader.forceFlush();
    const all = this.#metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }
}

/** For the tests of a file, which have a context manager meanwhile. */
export class TelemetryUnderTest extends InMemoryTelemetry {
  constructor() {
    super();
    const manager = new AsyncLocalStorageContextManager();
    beforeAll(() => {
      context.setGlobalContextManager(manager.enable());
    });
    afterAll(async () => {
      context.disable();
      trace.disable();
      await this.shutdown();
    });
  }
}

/** The points of a metric, each with its attributes. */
export function points(metric: MetricData | undefined): readonly DataPoint<number | Histogram>[] {
  return (metric?.dataPoints ?? []) as readonly DataPoint<number | Histogram>[];
}

/** The names of the spans above a span, from the root. */
export function pathOf(span: ReadableSpan, all: readonly ReadableSpan[]): readonly string[] {
  const parent = all.find((it) => it.spanContext().spanId === span.parentSpanContext?.spanId);
  return [...(parent === undefined ? [] : pathOf(parent, all)), span.name];
}
