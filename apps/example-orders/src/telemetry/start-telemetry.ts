import type { Databases } from "../databases.ts";
import type { Settings } from "../settings.ts";

/**
 * Spans and metrics of the databases by OpenTelemetry, until it is disposed of: then what is left is sent. The SDK is loaded only where it is wanted. A collector that does
 * not answer loses what it was to get, and holds up nothing but the end, for two seconds.
 */
export async function startTelemetry(databases: Databases, wanted: Settings["TELEMETRY"]): Promise<AsyncDisposable> {
  if (wanted === "off") return { async [Symbol.asyncDispose]() {} };
  const { instrument } = await import("@nsj/mdb-opentelemetry");
  const { startSdk } = await import("./sdk.ts");
  const sdk = await startSdk(wanted);
  const telemetry = instrument(databases, sdk.providers);
  return {
    async [Symbol.asyncDispose]() {
      telemetry.stop();
      await sdk.shutdown();
    },
  };
}
