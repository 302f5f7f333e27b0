import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { LogProvider } from "./exceptions.ts";
import { instrument, type Telemetry } from "./instrument.ts";
import type { InstrumentOptions } from "./options.ts";

/** Options of {@link MdbInstrumentation}: those of `instrument`, and whether it is on. */
export interface MdbInstrumentationConfig extends InstrumentOptions {
  /** Default `true`. */
  readonly enabled?: boolean;
}

/**
 * {@link instrument} for every manager of the process, as the SDK takes it: `new NodeSDK({ instrumentations: [new MdbInstrumentation()] })`. Patches
 * nothing, so that it does not matter when it is loaded.
 */
export class MdbInstrumentation {
  readonly instrumentationName = "@nsj/mdb-opentelemetry";
  readonly instrumentationVersion = "0.0.0";
  #config: MdbInstrumentationConfig;
  #telemetry: Telemetry | undefined;

  /** @throws ConfigurationError, once it is enabled, for an option that is wrong */
  constructor(config: MdbInstrumentationConfig = {}) {
    this.#config = config;
    if (config.enabled !== false) this.enable();
  }

  /** Begins to watch. Does nothing where it does already. */
  enable(): void {
    const { enabled: _enabled, ...options } = this.#config;
    this.#telemetry ??= instrument(options);
  }

  /** Ends watching. */
  disable(): void {
    this.#telemetry?.stop();
    this.#telemetry = undefined;
  }

  /** Where spans go from now on; called by the SDK. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#change({ tracerProvider });
  }

  /** Where metrics go from now on; called by the SDK. */
  setMeterProvider(meterProvider: MeterProvider): void {
    this.#change({ meterProvider });
  }

  /** Where failed statements go as log events from now on; called by the SDK. */
  setLoggerProvider(loggerProvider: LogProvider): void {
    this.#change({ loggerProvider });
  }

  /** Changes options; the others stay as they are. @throws ConfigurationError for one that is wrong */
  setConfig(config: MdbInstrumentationConfig): void {
    this.#change(config);
  }

  /** The options, and whether it is enabled now. */
  getConfig(): MdbInstrumentationConfig {
    return { ...this.#config, enabled: this.#telemetry !== undefined };
  }

  #change(change: MdbInstrumentationConfig): void {
    this.#config = { ...this.#config, ...change };
    if (this.#telemetry === undefined) return;
    this.disable();
    this.enable();
  }
}
