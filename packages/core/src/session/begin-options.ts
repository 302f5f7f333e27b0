import type { BeginOptions } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { noSessionOptions, type SessionOptions } from "./transaction-options.ts";

/** What the driver is told beside the caller's options. */
export type BeginDetails = Pick<BeginOptions, "writeLock" | "traceable" | "branch" | "decides"> & {
  /** When its time is over, on the database's clock in milliseconds, where the server is to have a limit as well; `Infinity` for never. */
  readonly until?: number;
};

/** What the driver is asked to begin with, but for what is reckoned in that moment. */
export type PlannedBegin = BeginOptions & Pick<BeginDetails, "until">;

const plain: PlannedBegin = Object.freeze({});

/**
 * What the driver is asked to begin with.
 * @param more - what it is told beside the options
 * @throws UnsupportedError for an option that the engine lacks: none is ignored
 */
export function beginOptions(context: DatabaseContext, options: SessionOptions, more?: BeginDetails): PlannedBegin {
  if (options === noSessionOptions && more === undefined) return plain;
  const { isolation, readOnly, deferrable } = options;
  refuseWhatIsLacking(context, options);
  if (options.verifyOutcome === true) refuseWithoutFates(context);
  const begin: { -readonly [Member in keyof PlannedBegin]: PlannedBegin[Member] } = { ...more };
  if (options.verifyOutcome === true) begin.traceable ??= true;
  if (isolation !== undefined) begin.isolation = isolation;
  if (readOnly !== undefined) begin.readOnly = readOnly;
  if (deferrable !== undefined) begin.deferrable = deferrable;
  return begin;
}

/** @throws UnsupportedError */
function refuseWhatIsLacking(context: DatabaseContext, options: SessionOptions & Pick<BeginOptions, "branch">): void {
  const { isolation, readOnly, deferrable, branch } = options;
  const { capabilities } = context;
  if (isolation !== undefined && !capabilities.isolation.includes(isolation)) {
    const levels = capabilities.isolation.join(", ") || "none to choose from";
    throw lacking(context, `isolation level "${isolation}"; it has ${levels}`);
  }
  if (readOnly === true && !capabilities.readOnlyTransactions) throw lacking(context, "read-only transactions");
  if (deferrable === true && !capabilities.deferrableTransactions) throw lacking(context, "deferrable transactions");
  if (branch !== undefined && (capabilities.branches ?? "none") === "none") {
    throw lacking(context, "transactions that can be prepared; it can be the one that decides");
  }
}

/** For how long a server keeps a transaction that has outlived its time, in milliseconds: whoever works ends it within this. */
const serverGraceMs = 15_000;

/**
 * What the driver is asked to begin with, on the connection that it was given: the first one may have told that its server lacks something. The server's
 * limit is later than any that is kept here.
 * @throws UnsupportedError
 */
export function beginNow(context: DatabaseContext, planned: PlannedBegin): BeginOptions {
  if (planned === plain) return planned;
  refuseWhatIsLacking(context, planned);
  if (planned.until === undefined) return planned;
  const { until, ...begin } = planned;
  return until === Number.POSITIVE_INFINITY
    ? begin
    : { ...begin, limitMs: until - context.clock.now() + serverGraceMs };
}

/** @throws UnsupportedError where nobody could tell what became of a lost COMMIT */
export function refuseWithoutFates(context: DatabaseContext): void {
  if (context.capabilities.fates === true) return;
  const { database, engine } = context;
  const message = `${nameOf(context)}: "verifyOutcome" cannot be kept: the engine does not tell what became of a transaction (capabilities.fates)`;
  throw new UnsupportedError(message, { database, engine });
}

function lacking(context: DatabaseContext, what: string): UnsupportedError {
  const { database, engine } = context;
  return new UnsupportedError(`${nameOf(context)}: the engine has no ${what}`, { database, engine });
}
