export type { LogProvider } from "./exceptions.ts";
export { type AnyManager, instrument, type Telemetry } from "./instrument.ts";
export { MdbInstrumentation, type MdbInstrumentationConfig } from "./instrumentation.ts";
export type { InstrumentOptions } from "./options.ts";
export { currentTraceparent } from "./traceparent.ts";
