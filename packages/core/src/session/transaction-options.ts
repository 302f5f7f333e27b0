import { checkOptions, type Isolation, isolationLevels, type OptionRules } from "../driver/index.ts";
import { ConfigurationError, type HookError } from "../errors/index.ts";

/** How `transaction()` relates to a transaction that is already running on the same label; Spring's seven. */
export const propagations = [
  "required", // join it, or begin one
  "requires_new", // begin one of its own, on a connection of its own
  "nested", // a savepoint in it, or begin one
  "supports", // join it, or run without one
  "mandatory", // join it, or fail
  "not_supported", // run without one; the outer one waits
  "never", // run without one, or fail when there is one
] as const;

/** See {@link propagations}. */
export type Propagation = (typeof propagations)[number];

/** What a session's or transaction's transactions are begun with. Options that the engine lacks are refused, never ignored. */
export interface SessionOptions {
  /** The engine's default when absent. */
  readonly isolation?: Isolation | undefined;
  /** `true`: the server refuses writes. */
  readonly readOnly?: boolean | undefined;
  /** PostgreSQL: a serializable read-only transaction waits for a snapshot that can never fail. */
  readonly deferrable?: boolean | undefined;
  /** Ends it with a rollback when it aborts; a running statement is stopped on the server. */
  readonly signal?: AbortSignal | undefined;
  /** A limit in milliseconds from beginning to commit; then it is rolled back. For a session: for each statement. */
  readonly timeoutMs?: number | undefined;
  /**
   * `true`: where the connection is lost while COMMIT is under way, the server is asked on another connection what became of the transaction, for
   * the database's `outcomeTimeoutMs` at most; `timeoutMs` and `signal` do not end that. Committed: it resolves. Rolled back, or nothing was written: it rejects with a
   * `ConnectionLostError` that is `retryable`. Still not known: `CommitOutcomeUnknownError`, as without this. Costs nothing as long as nothing is lost. Only where the
   * engine has `capabilities.fates`, else an `UnsupportedError`. A transaction that joins another one leaves it to that. Default `false`.
   */
  readonly verifyOutcome?: boolean | undefined;
}

/**
 * Running a callback again after a serialization failure, a deadlock, a stale plan, or a connection that was lost before COMMIT was sent: what the table of
 * codes calls `retried`.
 */
export interface RetryOptions {
  /** Attempts altogether, the first included. */
  readonly attempts: number;
  /** The upper bound of the first pause in milliseconds, doubled each time; the pause is random below it. 20 by default. */
  readonly backoffMs?: number | undefined;
  /** The largest upper bound in milliseconds; 2 000 by default. */
  readonly maxBackoffMs?: number | undefined;
}

/** Options of `transaction()`. */
export interface TransactionOptions extends SessionOptions {
  /** `"required"` by default; `"nested"` for `transaction()` of a session or transaction. */
  readonly propagation?: Propagation | undefined;
  /** Off by default. A transaction that joins another leaves retrying to that one. Never after an unknown commit outcome. */
  readonly retry?: RetryOptions | undefined;
  /**
   * Told of each hook that threw or did not finish in time; the outcome of the transaction stands. They are on the channel `mdb:hook-error` as
   * well; where nobody asks for them at all, they are warnings of the process.
   */
  readonly onHookError?: ((error: HookError) => void) | undefined;
}

/** Options of `begin()`: a transaction that its holder ends is always its own, and cannot be run again. */
export type HeldTransactionOptions = Omit<TransactionOptions, "propagation" | "retry">;

/** What a transaction has whose caller says nothing; the same object each time, so that the common case costs no check. */
export const noSessionOptions: Readonly<Record<string, never>> = Object.freeze({});

const sessionRules: OptionRules<SessionOptions> = {
  isolation: { type: "string", oneOf: isolationLevels },
  readOnly: { type: "boolean" },
  deferrable: { type: "boolean" },
  signal: { type: "object" },
  timeoutMs: { type: "milliseconds" },
  verifyOutcome: { type: "boolean" },
};

const transactionRules: OptionRules<TransactionOptions> = {
  ...sessionRules,
  propagation: { type: "string", oneOf: propagations },
  retry: { type: "object" },
  onHookError: { type: "function" },
};

const retryRules: OptionRules<RetryOptions> = {
  attempts: { type: "count", required: true },
  backoffMs: { type: "milliseconds" },
  maxBackoffMs: { type: "milliseconds" },
};

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkSessionOptions(place: string, options: SessionOptions): void {
  checkOptions<SessionOptions>(place, options, sessionRules);
}

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkTransactionOptions(place: string, options: TransactionOptions): void {
  checkOptions<TransactionOptions>(place, options, transactionRules);
  if (options.retry !== undefined) checkOptions<RetryOptions>(place, options.retry, retryRules, "retry.");
}

/** @throws ConfigurationError for an unknown option or a wrong value, and for those that need a callback */
export function checkHeldOptions(place: string, options: HeldTransactionOptions): void {
  for (const key of ["propagation", "retry"] as const) {
    if ((options as TransactionOptions)[key] === undefined) continue;
    const why =
      key === "retry" ? "there is no callback to run again" : "a transaction that is begun by hand is always its own";
    throw new ConfigurationError(`${place}: option "${key}" is not for begin(): ${why}`, { key });
  }
  checkOptions<TransactionOptions>(place, options, transactionRules);
}
