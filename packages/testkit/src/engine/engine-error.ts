/** Every way in which the small engine refuses something. The reference driver classifies by these words alone. */
export const engineErrorCodes = [
  "AUTH",
  "UNKNOWN_DATABASE",
  "TOO_MANY_CONNECTIONS",
  "UNIQUE",
  "FOREIGN_KEY",
  "NOT_NULL",
  "CHECK",
  "VALUE",
  "SERIALIZATION",
  "LOCK_TIMEOUT",
  "STATEMENT_TIMEOUT",
  "CANCELLED",
  "SYNTAX",
  "UNDEFINED",
  "READ_ONLY",
  "TRANSACTION_ABORTED",
  "RESOURCE",
  "UNSUPPORTED",
  "PARAMETER",
  "OTHER",
] as const;

/** See {@link engineErrorCodes}. */
export type EngineErrorCode = (typeof engineErrorCodes)[number];

/** What an error tells beside its code. */
export interface EngineErrorDetails {
  readonly table?: string;
  readonly columns?: readonly string[];
  /** 0-based index of the parameter set that failed. */
  readonly parameterSetIndex?: number;
}

/** An error of the small engine. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly details: EngineErrorDetails;

  constructor(code: EngineErrorCode, message: string, details: EngineErrorDetails = {}) {
    super(message);
    this.name = "EngineError";
    this.code = code;
    this.details = details;
    if (details.parameterSetIndex !== undefined) Object.assign(this, { parameterSetIndex: details.parameterSetIndex });
  }
}

/** SQLite's extended result codes, and what they are called here. Their names are in sqlite3.h. */
const byResultCode: Readonly<Record<number, EngineErrorCode>> = {
  5: "LOCK_TIMEOUT", // SQLITE_BUSY
  6: "LOCK_TIMEOUT", // SQLITE_LOCKED
  8: "READ_ONLY", // SQLITE_READONLY
  13: "RESOURCE", // SQLITE_FULL
  18: "VALUE", // SQLITE_TOOBIG
  20: "VALUE", // SQLITE_MISMATCH
  25: "PARAMETER", // SQLITE_RANGE
  275: "CHECK", // SQLITE_CONSTRAINT_CHECK
  517: "SERIALIZATION", // SQLITE_BUSY_SNAPSHOT
  787: "FOREIGN_KEY", // SQLITE_CONSTRAINT_FOREIGNKEY
  1299: "NOT_NULL", // SQLITE_CONSTRAINT_NOTNULL
  1555: "UNIQUE", // SQLITE_CONSTRAINT_PRIMARYKEY
  2067: "UNIQUE", // SQLITE_CONSTRAINT_UNIQUE
};

/** The engine's error for whatever `node:sqlite` threw. */
export function engineErrorOf(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const resultCode = (error as { readonly errcode?: unknown } | null)?.errcode;
  const code = (typeof resultCode === "number" ? byResultCode[resultCode] : undefined) ?? codeByMessage(message);
  return new EngineError(code, message, placeOf(message));
}

/** SQLite has one code for all that is wrong with a text; its English words are all there is, and they are never translated. */
function codeByMessage(message: string): EngineErrorCode {
  if (/syntax error|incomplete input|unrecognized token|contains no statements/.test(message)) return "SYNTAX";
  if (/no such|has no column/.test(message)) return "UNDEFINED";
  if (/too many SQL variables/.test(message)) return "PARAMETER";
  if (/overflow/.test(message)) return "VALUE";
  return "OTHER";
}

function placeOf(message: string): EngineErrorDetails {
  const list = /constraint failed: (.+)$/.exec(message)?.[1];
  if (list === undefined || !/^[\w$]+\.[\w$]+(, |$)/.test(list)) return {};
  const pairs = list.split(", ").map((it) => it.split("."));
  const table = pairs[0]?.[0];
  const columns = pairs.flatMap((it) => it.slice(1, 2));
  return table === undefined ? {} : { table, columns };
}
