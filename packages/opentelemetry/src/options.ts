import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { LogProvider } from "./exceptions.ts";

/** What {@link instrument} takes. */
export interface InstrumentOptions {
  /**
   * `"parameterized"` (default): spans have the text as it is where its values were given apart from it, else with every literal as `?`. `false`: no
   * text.
   */
  readonly queryText?: "parameterized" | false;
  /** Always `false`: values of parameters never reach events, so they cannot reach spans. */
  readonly parameters?: false;
  /** Whether there are metrics. Default `true`. */
  readonly metrics?: boolean;
  /** Whether there are spans. Default `true`. */
  readonly spans?: boolean;
  /** Whether savepoints have spans of their own. Default `false`. */
  readonly savepoints?: boolean;
  /** Whether spans tell how many rows came back, as the conventions' opt-in attribute. Default `false`. */
  readonly returnedRows?: boolean;
  /**
   * Whether there are histograms of how long connections were waited for and used, `db.client.connection.wait_time` and `.use_time`. Two points for each
   * statement outside of a transaction cost about a microsecond and a half. Default `true`; without them there are still the totals `mdb.client.connection.acquired`,
   * `.waited`, `.wait_time` and `.use_time`, which cost nothing.
   */
  readonly leaseTimes?: boolean;
  /** The pool's name in metrics: by default the label. Labels that come and go can share one, so that each is no time series of its own. */
  readonly poolName?: (label: string) => string;
  /** How many different summaries of statements there may be for each label; what comes later has only its operation. Default 500. */
  readonly summaryLimit?: number;
  /** Default: the global one, as it is when spans are made. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, as it is when `instrument` is called: so call that after the SDK has started. */
  readonly meterProvider?: MeterProvider;
  /** Where failed statements go as log events, beside their spans. Default: nowhere. */
  readonly loggerProvider?: LogProvider;
}

/** Options with every default filled in. */
export type Settings = Required<
  Pick<
    InstrumentOptions,
    "leaseTimes" | "metrics" | "poolName" | "queryText" | "returnedRows" | "savepoints" | "spans" | "summaryLimit"
  >
>;

const rules: OptionRules<InstrumentOptions> = {
  queryText: { type: ["string", "boolean"] },
  parameters: { type: "boolean" },
  metrics: { type: "boolean" },
  spans: { type: "boolean" },
  savepoints: { type: "boolean" },
  returnedRows: { type: "boolean" },
  leaseTimes: { type: "boolean" },
  poolName: { type: "function" },
  summaryLimit: { type: "count" },
  tracerProvider: { type: "object" },
  meterProvider: { type: "object" },
  loggerProvider: { type: "object" },
};

/** @throws ConfigurationError naming the option that is wrong, and what would be right */
export function settingsOf(options: InstrumentOptions): Settings {
  checkOptions<InstrumentOptions>("@nsj/mdb-opentelemetry", options, rules);
  const { queryText = "parameterized", metrics = true, spans = true, savepoints = false } = options;
  const { returnedRows = false, leaseTimes = true, poolName = (label: string) => label, summaryLimit = 500 } = options;
  if (queryText !== "parameterized" && queryText !== false)
    throw wrong("queryText", 'must be "parameterized" or false');
  if (options.parameters !== undefined && (options.parameters as boolean)) {
    throw wrong("parameters", "can only be false: values of parameters never reach events");
  }
  return { queryText, metrics, spans, savepoints, returnedRows, leaseTimes, poolName, summaryLimit };
}

function wrong(key: string, problem: string): ConfigurationError {
  return new ConfigurationError(`@nsj/mdb-opentelemetry: option "${key}" ${problem}`, { key });
}
