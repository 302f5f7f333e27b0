import { classifier, type ErrorInfo, type ErrorKind } from "@nsj/mdb-core";
import { constraintFacts } from "./constraint-facts.ts";

type Meaning = Omit<ErrorInfo, "code">;

const meaning = (kind: ErrorKind, facts: Partial<Meaning> = {}): Meaning =>
  Object.freeze({ kind, connection: "ok", executed: "yes", retry: "never", ...facts });

/** Nothing of it stays, so all of it can be tried again. */
const locked: Partial<Meaning> = { retry: "transaction" };

/**
 * SQLite's result codes (https://sqlite.org/rescode.html). A code that is not here goes by the shorter one that it begins with:
 * `SQLITE_IOERR_READ` is an `SQLITE_IOERR`.
 */
const byCode: ReadonlyMap<string, Meaning> = new Map([
  ["SQLITE_ABORT", meaning("other")], // "an operation was aborted prior to completion"
  ["SQLITE_ABORT_ROLLBACK", meaning("transaction-aborted")], // "the transaction that was active when it started was rolled back"
  ["SQLITE_AUTH", meaning("permission")], // "the authorizer callback indicates that a statement is not authorized"
  ["SQLITE_BUSY", meaning("lock-timeout", locked)], // "concurrent activity by some other database connection, usually in a separate process"
  ["SQLITE_BUSY_SNAPSHOT", meaning("serialization", locked)], // "a read transaction cannot be upgraded, another connection has written"
  ["SQLITE_CANTOPEN", meaning("other")], // "unable to open a file", such as one that ATTACH names
  ["SQLITE_CONSTRAINT", meaning("other")], // virtual tables, functions, hooks, and RAISE() of a trigger (SQLITE_CONSTRAINT_TRIGGER)
  ["SQLITE_CONSTRAINT_CHECK", meaning("check")],
  ["SQLITE_CONSTRAINT_DATATYPE", meaning("value")], // "the type of a value is not what a STRICT table declares"
  ["SQLITE_CONSTRAINT_FOREIGNKEY", meaning("foreign-key")],
  ["SQLITE_CONSTRAINT_NOTNULL", meaning("not-null")],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", meaning("unique")],
  ["SQLITE_CONSTRAINT_ROWID", meaning("unique")], // "a rowid is not unique"
  ["SQLITE_CONSTRAINT_UNIQUE", meaning("unique")],
  ["SQLITE_CORRUPT", meaning("other", { connection: "dead" })], // "the database file has been corrupted"
  ["SQLITE_FULL", meaning("resource")], // "a write could not complete because the disk is full"
  ["SQLITE_INTERRUPT", meaning("cancelled")], // "interrupted by sqlite3_interrupt()"
  ["SQLITE_IOERR", meaning("resource", { connection: "dead" })], // "the operating system reported an I/O error"
  ["SQLITE_LOCKED", meaning("lock-timeout", locked)], // "a conflict within the same database connection"
  ["SQLITE_MISMATCH", meaning("value")], // "datatype mismatch", such as text for an INTEGER PRIMARY KEY
  ["SQLITE_NOLFS", meaning("resource")], // "the file would grow beyond what the file system supports"
  ["SQLITE_NOMEM", meaning("resource")], // "SQLite was unable to allocate all the memory it needed"
  ["SQLITE_NOTADB", meaning("unknown-database", { connection: "dead" })], // "the file being opened does not appear to be an SQLite database"
  ["SQLITE_PERM", meaning("permission")], // "the requested access mode for a newly created database could not be provided"
  ["SQLITE_PROTOCOL", meaning("lock-timeout", locked)], // "a problem with the file locking protocol", a race in starting WAL
  ["SQLITE_RANGE", meaning("parameter")], // "the parameter number is out of range"
  ["SQLITE_READONLY", meaning("read-only")], // "an attempt is made to alter data for which there is no write permission"
  ["SQLITE_READONLY_DBMOVED", meaning("read-only", { connection: "dead" })], // "the database file has been moved since it was opened"
  ["SQLITE_SCHEMA", meaning("other", { retry: "statement" })], // "the database schema has changed", again and again
  ["SQLITE_TOOBIG", meaning("value")], // "a string or BLOB was too large"
  ["SQLITE_ERROR_MISSING_COLLSEQ", meaning("undefined-object")], // "no such collation sequence"
]);

/** `SQLITE_ERROR` says what happened in its text only, which SQLite has in English and does not translate. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/syntax error$|^incomplete input$|^unrecognized token/, meaning("syntax")],
  [
    /^(?:no such (?:table|column|function|index|view|trigger|module|savepoint|database|window)|unknown database)/,
    meaning("undefined-object"),
  ],
  [
    / has no column named |^unable to identify the object|^no (?:query solution|tables specified)/,
    meaning("undefined-object"),
  ],
  [/^wrong number of arguments to function/, meaning("undefined-object")],
  [
    /^ambiguous column name|^misuse of |values for \d+ columns$|^too many terms in compound|do not have the same number of result columns/,
    meaning("syntax"),
  ],
  // As PostgreSQL has it: the clause names columns that no unique constraint covers.
  [/^ON CONFLICT clause does not match/, meaning("syntax")],
  [/^sub-select returns|^row value misused|^all VALUES must have/, meaning("syntax")],
  [/no transaction is active$/, meaning("transaction-aborted")],
  [/^too many SQL variables|^variable number must be/, meaning("parameter")],
  [/^integer overflow|^malformed JSON|^bad JSON path|^JSON path error|^string or blob too big/, meaning("value")],
  [/^Expression tree is too large|^too many columns|^parser stack overflow|^at most \d+ tables/, meaning("resource")],
  [/^not authorized|^unsafe use of/, meaning("permission")],
];

/** What better-sqlite3 itself refuses, in the words of its version 13; it has no codes for it. */
const byMisuse: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^(?:Too (?:few|many) parameter values were provided|Missing named parameter)/,
    meaning("parameter", { executed: "no" }),
  ],
  [/^SQLite3 can only bind /, meaning("parameter", { executed: "no" })],
  [/^The bound string, buffer, or bigint is too big/, meaning("value", { executed: "no" })],
  [/^The supplied SQL string contains /, meaning("syntax", { executed: "no" })],
  [/^The database connection is not open/, meaning("lost", { connection: "dead", executed: "no", retry: "connect" })],
  [/^This (?:database connection|statement) is busy/, meaning("other", { executed: "no" })],
];

/** Says what an error means. Pure and total. */
export const classify = classifier((error): ErrorInfo | undefined => {
  const code = codeOf(error);
  if (code === undefined) {
    if (!(error instanceof TypeError || error instanceof RangeError)) return undefined;
    return byMisuse.find(([pattern]) => pattern.test(error.message))?.[1];
  }
  if (code === "SQLITE_ERROR") {
    const known = byText.find(([pattern]) => pattern.test(error.message))?.[1];
    return { ...(known ?? meaning("other")), code };
  }
  for (let prefix = code; prefix.includes("_"); prefix = prefix.slice(0, prefix.lastIndexOf("_"))) {
    const known = byCode.get(prefix);
    if (known !== undefined) return { ...known, code, ...constraintFacts(code, error.message) };
  }
  return { ...meaning("other"), code };
});

/** Whether another connection holds the lock at this moment, and waiting may help. A lost snapshot does not come back. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SQLITE_BUSY" || code === "SQLITE_BUSY_RECOVERY";
}

/** SQLite's code of an error; `undefined` where it has none. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^SQLITE_[A-Z_]{1,40}$/.test(code) ? code : undefined;
}
