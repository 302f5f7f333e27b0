import { type DatabaseManager, openManagers } from "@nsj/mdb-core";
import { metrics, trace } from "@opentelemetry/api";
import { countMessages } from "./count-messages.ts";
import { observeDoubts } from "./observe-doubts.ts";
import { type Managers, observePools } from "./observe-pools.ts";
import { type InstrumentOptions, settingsOf } from "./options.ts";
import { schemaUrl, scopeName } from "./scope.ts";
import { watchConnects } from "./watch-connects.ts";
import { watchLeases } from "./watch-leases.ts";
import { watchOutboxes } from "./watch-outboxes.ts";
import { type Watching, watchQueries } from "./watch-queries.ts";
import { watchSpanning, watchTransactions } from "./watch-transactions.ts";

/** What {@link instrument} gives. */
export interface Telemetry extends Disposable {
  /** Ends it: nothing is subscribed to any more, and spans under way are not ended by it. Idempotent. */
  stop(): void;
}

/** The managers to be watched, of whatever labels. */
export type AnyManager = Pick<DatabaseManager, "number" | "stats">;

/**
 * Makes OpenTelemetry spans and metrics of what a manager does, or every manager of the process, now and later. Call it once the SDK has started; it
 * may be called again for other managers.
 * @throws ConfigurationError for an option that is wrong
 */
export function instrument(databases: AnyManager, options?: InstrumentOptions): Telemetry;
export function instrument(options?: InstrumentOptions): Telemetry;
export function instrument(first: AnyManager | InstrumentOptions = {}, second: InstrumentOptions = {}): Telemetry {
  const databases = isManager(first) ? first : undefined;
  const options = databases === undefined ? (first as InstrumentOptions) : second;
  const settings = settingsOf(options);
  const { tracerProvider = trace, meterProvider = metrics, loggerProvider } = options;
  const version = undefined;
  const tracer = settings.spans ? tracerProvider.getTracer(scopeName, version, { schemaUrl }) : undefined;
  const meter = settings.metrics ? meterProvider.getMeter(scopeName, version, { schemaUrl }) : undefined;
  const managers: Managers = databases === undefined ? openManagers : () => [databases];
  const isWatched =
    databases === undefined ? () => true : (event: { readonly manager: number }) => event.manager === databases.number;
  const watching: Watching = { settings, isWatched, tracer, meter, loggerProvider };
  const stops = [
    watchQueries(watching),
    watchTransactions(watching),
    watchSpanning(watching),
    watchConnects(watching),
    watchLeases(watching),
    watchOutboxes(watching),
    countMessages(watching),
  ];
  if (meter !== undefined) stops.push(observePools(meter, managers, settings), observeDoubts(meter, managers));
  const stop = (): void => {
    for (const end of stops.splice(0)) end();
  };
  return { stop, [Symbol.dispose]: stop };
}

function isManager(given: AnyManager | InstrumentOptions): given is AnyManager {
  return "stats" in given && typeof given.stats === "function";
}
