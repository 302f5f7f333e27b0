import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, ConsoleSpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";

/** How long one export may take, the last one too. */
const timeoutMillis = 2_000;

async function exporters(wanted: "console" | "otlp") {
  if (wanted === "console") return { spans: new ConsoleSpanExporter(), metrics: new ConsoleMetricExporter() };
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-http");
  return { spans: new OTLPTraceExporter({ timeoutMillis }), metrics: new OTLPMetricExporter({ timeoutMillis }) };
}

/** OpenTelemetry's SDK as a service sets it up. One that has it already gives `instrument` nothing: the global providers are the default. */
export async function startSdk(wanted: "console" | "otlp") {
  const { spans, metrics } = await exporters(wanted);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracerProvider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: spans, exportTimeoutMillis: timeoutMillis })],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: metrics,
    exportIntervalMillis: 10_000,
    exportTimeoutMillis: timeoutMillis,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    providers: { tracerProvider, meterProvider },
    /** Sends what is left. Never rejects: a service has ended in good order whether or not a collector heard of it. */
    async shutdown(): Promise<void> {
      await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      context.disable();
    },
  };
}
