import { checkOptions, type Isolation, isolationLevels, type OptionRules } from "../../driver/index.ts";
import { ConfigurationError, type HookError, ParameterError } from "../../errors/index.ts";
import { checkTransactionOptions, type RetryOptions } from "../transaction-options.ts";

/**
 * `"atomic"`: all databases commit or none. `"best-effort"`: they commit one after the other; what fails behind the first one is a
 * `PartialCommitError`.
 */
export const spanningModes = ["atomic", "best-effort"] as const;

/** See {@link spanningModes}. */
export type SpanningMode = (typeof spanningModes)[number];

/** Options of a transaction over several databases. */
export interface SpanningOptions<Label extends string = string> {
  /** `"atomic"` by default. */
  readonly mode?: SpanningMode | undefined;
  /**
   * The database whose commit decides, and where the row of it is written. The label that cannot prepare, where there is one; else the first by
   * default.
   */
  readonly decider?: Label | undefined;
  /**
   * A limit in milliseconds from beginning to decision; then everything is rolled back. 30 000 by default, 86 400 000 at most. There is always one: two
   * that wait for each other over two servers are a deadlock that neither server can see.
   */
  readonly timeoutMs?: number | undefined;
  /** One level for all, or one by label. The engine's default when absent. */
  readonly isolation?: Isolation | Readonly<Partial<Record<Label, Isolation>>> | undefined;
  /** Rolls everything back when it aborts before the decision; a running statement is stopped on the server. */
  readonly signal?: AbortSignal | undefined;
  /** Off by default. Only before the decision, and never after an unknown outcome. */
  readonly retry?: RetryOptions | undefined;
  /**
   * What to do once it is committed while a database could not be told yet. `"resolve"`, the default: it is committed, and the channel `mdb:in-doubt`
   * tells; `"reject"`: `BranchPendingError`, for a caller who reads there at once what was written.
   */
  readonly onPending?: "resolve" | "reject" | undefined;
  /** As for one database: told of each hook that threw or did not finish in time. */
  readonly onHookError?: ((error: HookError) => void) | undefined;
}

const rules: OptionRules<SpanningOptions> = {
  mode: { type: "string", oneOf: spanningModes },
  decider: { type: "string" },
  timeoutMs: { type: "milliseconds" },
  isolation: { type: ["string", "object"] },
  signal: { type: "object" },
  retry: { type: "object" },
  onPending: { type: "string", oneOf: ["resolve", "reject"] },
  onHookError: { type: "function" },
};

const defaultTimeoutMs = 30_000;

/** Far below the time for which the opposite of a decision is kept: nobody can decide against one that was swept. */
const longestTimeoutMs = 86_400_000;

/** Options with nothing left open. */
export type CheckedSpanningOptions = SpanningOptions & { readonly mode: SpanningMode; readonly timeoutMs: number };

/** No options; the same object each time, so that there is nothing to check. */
export const noSpanningOptions: SpanningOptions = Object.freeze({});
const usual: CheckedSpanningOptions = Object.freeze({ mode: "atomic", timeoutMs: defaultTimeoutMs });

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkSpanningOptions(options: SpanningOptions): CheckedSpanningOptions {
  if (options === noSpanningOptions) return usual;
  const place = "transaction over several databases";
  checkOptions<SpanningOptions>(place, options, rules);
  const { mode = "atomic", timeoutMs = defaultTimeoutMs, retry, isolation } = options;
  if (retry !== undefined) checkTransactionOptions(place, { retry });
  if (timeoutMs > longestTimeoutMs) throw wrong("timeoutMs", `must be at most ${longestTimeoutMs}, not ${timeoutMs}`);
  const levels = typeof isolation === "object" ? Object.values(isolation) : [isolation];
  for (const level of levels) {
    if (level === undefined || isolationLevels.includes(level)) continue;
    throw wrong("isolation", `must be one of ${isolationLevels.join(", ")}, for all or by label`);
  }
  if (mode === "best-effort" && options.decider !== undefined) throw wrong("decider", 'is for mode "atomic" only');
  return { ...options, mode, timeoutMs };
}

/** @throws ParameterError where a level is asked for a label that is not in the transaction: the one that was meant would run with less */
export function checkIsolationLabels({ isolation }: CheckedSpanningOptions, labels: readonly string[]): void {
  if (typeof isolation !== "object") return;
  const other = Object.keys(isolation).find((label) => !labels.includes(label));
  if (other === undefined) return;
  throw new ParameterError(`option "isolation": ${JSON.stringify(other)} is not among the labels of the transaction`);
}

function wrong(key: string, what: string): ConfigurationError {
  return new ConfigurationError(`transaction over several databases: option "${key}" ${what}`, { key });
}
