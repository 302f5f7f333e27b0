import { checkOptions, type OptionRules } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** What every statement takes as its last argument. */
export interface StatementOptions<T = unknown> {
  /** Stops the statement on the server when it aborts. Counts from the call: also while it waits for its turn or for a connection. */
  readonly signal?: AbortSignal | undefined;
  /**
   * A limit in milliseconds, from the call on, for waiting for a turn and a connection and for the statement itself, which is stopped on the
   * server.
   */
  readonly timeoutMs?: number | undefined;
  /** A name for this statement in events. */
  readonly name?: string | undefined;
  /** Each row is checked by it and is what it gives. */
  readonly schema?: StandardSchema<T> | undefined;
  /** `"object"` by default; for `"array"` see {@link ArrayRows}. */
  readonly rowMode?: "object" | undefined;
}

/** Options of a statement whose rows are checked and typed by a schema. */
export interface WithSchema<T> extends StatementOptions<T> {
  readonly schema: StandardSchema<T>;
}

/**
 * Options of a statement that gives its rows as arrays, in the order of the columns: for code that builds on this library, and for columns whose
 * names repeat. Values are decoded as ever; `execute` tells the columns. For `execute`, `query` and `stream`, and not beside `schema`.
 */
export interface ArrayRows extends Omit<StatementOptions, "rowMode" | "schema"> {
  readonly rowMode: "array";
  readonly schema?: undefined;
}

/** How a stream fetches. */
export interface Fetching {
  /** Rows per round trip; 500 by default. */
  readonly fetchSize?: number | undefined;
}

/** Options of a stream. */
export interface StreamOptions<T = unknown> extends StatementOptions<T>, Fetching {}

/** Any of the options above, as the one place that checks them sees them. */
export interface AnyStatementOptions extends Omit<StreamOptions, "rowMode"> {
  readonly rowMode?: "object" | "array" | undefined;
}

/** What a statement has whose caller says nothing; the same object each time, so that the common case costs no check. */
export const noOptions: StatementOptions<never> = Object.freeze({});

const rules: OptionRules<AnyStatementOptions> = {
  signal: { type: "object" },
  timeoutMs: { type: "milliseconds" },
  name: { type: "string" },
  schema: { type: ["object", "function"] },
  rowMode: { type: "string", oneOf: ["object", "array"] },
  fetchSize: { type: "count" },
};

/**
 * @param place - how a message begins
 * @param arrays - whether the call can give rows as arrays
 * @throws ConfigurationError for an unknown option or a wrong value
 */
export function checkStatementOptions(place: string, options: AnyStatementOptions, arrays = false): void {
  if (options === noOptions) return;
  checkOptions<AnyStatementOptions>(place, options, rules);
  if (options.fetchSize === 0) {
    throw new ConfigurationError(`${place}: option "fetchSize" must be an integer of at least 1, not 0`, {
      key: "fetchSize",
    });
  }
  if (options.rowMode !== "array") return;
  const problem = !arrays
    ? "is for execute, query and stream"
    : options.schema === undefined
      ? undefined
      : 'and "schema" exclude each other: a schema checks objects';
  if (problem !== undefined) {
    throw new ConfigurationError(`${place}: option "rowMode" "array" ${problem}`, { key: "rowMode" });
  }
}
