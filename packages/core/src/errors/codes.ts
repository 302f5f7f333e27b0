/** What the library promises about one code. */
export interface ErrorCodeFacts {
  /** One sentence for the documentation. */
  readonly when: string;
  /**
   * Whether it is safe, and may help, to make the same call again; for a transaction: to run it again from its start. The usual answer; an error of an
   * adapter may say otherwise.
   */
  readonly retryable: boolean;
  /** Why it is safe, or when an error of this code says otherwise. */
  readonly because?: string;
  /** Whether the option `retry` runs a transaction again after it; never where this is absent. */
  readonly retried?: "always" | "where retryable";
}

const nothingSent = "nothing was sent";
const stale = "yes where only what was prepared for it had become stale: nothing ran";
const asCause = "yes where its `cause` is: nothing was kept";

/**
 * Every error code of the library: the one table behind the classes and the documentation. Codes are API and never change their
 * meaning; messages are not.
 */
export const errorCodes = {
  MDB_NOT_CONFIGURED: { when: "A session was asked for before the configuration was given.", retryable: false },
  MDB_UNKNOWN_DATABASE: { when: "No database has this label.", retryable: false },
  MDB_CONFIGURATION: { when: "The configuration cannot be right; found before anything connects.", retryable: false },
  MDB_PARAMETER: { when: "Parameters do not fit the statement; found before anything is sent.", retryable: false },
  MDB_INVALID_CURSOR: { when: "A page was asked for behind a text that is no cursor of it.", retryable: false },
  MDB_AUTHENTICATION: { when: "The server refused the user, password or certificate.", retryable: false },
  MDB_CONNECT: {
    when: "No connection could be opened.",
    retryable: true,
    because: `${nothingSent}; no where another attempt cannot help: no such database, a certificate that is not trusted`,
  },
  MDB_CONNECT_TIMEOUT: { when: "The server did not finish the login in time.", retryable: true, because: nothingSent },
  MDB_CONNECTION_LOST: {
    when: "The connection died during or before the statement.",
    retryable: true,
    because:
      "COMMIT had not been sent, so that nothing was kept; no for a statement on its own that was on its way, which may have done its work",
    retried: "where retryable",
  },
  MDB_POOL_TIMEOUT: { when: "No connection came free in time.", retryable: true, because: nothingSent },
  MDB_POOL_CLOSED: { when: "The pool or its manager is closed.", retryable: false },
  MDB_POOL_QUEUE_FULL: { when: "Too many callers are waiting already.", retryable: true, because: nothingSent },
  MDB_POOL_DEADLOCK: {
    when: "Every connection is held, and no holder has done anything for `pool.deadlockPatienceMs`: they seem to wait for each other.",
    retryable: true,
    because: nothingSent,
  },
  MDB_POOL_OVERLOADED: {
    when: "The pool cannot serve this caller before its deadline.",
    retryable: true,
    because: nothingSent,
  },
  MDB_UNIQUE_VIOLATION: { when: "A row with this key exists already.", retryable: false },
  MDB_FOREIGN_KEY_VIOLATION: { when: "A referenced row is missing, or a row is still referenced.", retryable: false },
  MDB_NOT_NULL_VIOLATION: { when: "A column that must have a value got NULL.", retryable: false },
  MDB_CHECK_VIOLATION: { when: "A check constraint said no.", retryable: false },
  MDB_VALUE: {
    when: "A value does not fit the column or type it was meant for.",
    retryable: false,
    because: stale,
    retried: "where retryable",
  },
  MDB_SERIALIZATION: {
    when: "The isolation level could not be kept beside concurrent transactions.",
    retryable: true,
    because: "everything was undone",
    retried: "always",
  },
  MDB_DEADLOCK: {
    when: "The server chose this transaction as the victim of a deadlock.",
    retryable: true,
    because: "everything was undone",
    retried: "always",
  },
  MDB_LOCK_TIMEOUT: { when: "A lock was not granted in time.", retryable: true, because: "the statement did not run" },
  MDB_STATEMENT_TIMEOUT: { when: "The statement ran out of time and was stopped on the server.", retryable: false },
  MDB_CANCELLED: { when: "The caller's signal, or an administrator, stopped the statement.", retryable: false },
  MDB_SQL_SYNTAX: {
    when: "The server could not parse the statement.",
    retryable: false,
    because: stale,
    retried: "where retryable",
  },
  MDB_UNDEFINED_OBJECT: {
    when: "A table, column, function or other object does not exist.",
    retryable: false,
    because: stale,
    retried: "where retryable",
  },
  MDB_PERMISSION: { when: "The user lacks a privilege.", retryable: false },
  MDB_READ_ONLY: {
    when: "A write in a read-only transaction, database or standby.",
    retryable: false,
    because: "yes where the server has just become a standby: the next connection goes to another one",
  },
  MDB_RESOURCE: {
    when: "The server ran out of disk, memory or another resource.",
    retryable: false,
    because: "yes where the server says that it is only busy",
  },
  MDB_STATEMENT: {
    when: "The server refused the statement for a reason without a class of its own.",
    retryable: false,
    because: stale,
    retried: "where retryable",
  },
  MDB_CONVERSION: {
    when: "A value of the database cannot be represented as the configuration asks.",
    retryable: false,
  },
  MDB_NO_ROWS: { when: "Exactly one row was asked for and none came.", retryable: false },
  MDB_TOO_MANY_ROWS: { when: "At most one row was asked for and more came.", retryable: false },
  MDB_STALE_ENTITY: { when: "Somebody else changed the entity since it was read.", retryable: false },
  MDB_ROW_VALIDATION: { when: "A row does not satisfy the schema it was asked for with.", retryable: false },
  MDB_TRANSACTION_ABORTED: {
    when: "A statement of the transaction failed, so nothing more can be done in it.",
    retryable: false,
    because: asCause,
  },
  MDB_UNEXPECTED_ROLLBACK: {
    when: "The callback returned, but the transaction had to be rolled back.",
    retryable: false,
    because: asCause,
  },
  MDB_COMMIT_OUTCOME_UNKNOWN: { when: "The connection was lost while COMMIT was under way.", retryable: false },
  MDB_PARTIAL_COMMIT: {
    when: 'Of several databases some have committed and others have not: with `mode: "best-effort"`, or where somebody has decided by hand.',
    retryable: false,
  },
  MDB_BRANCH_PENDING: {
    when: "The transaction over several databases is committed, but one of them could not be told yet; recovery will.",
    retryable: false,
  },
  MDB_HEURISTIC: {
    when: "Somebody has finished a prepared transaction by hand, against what was decided.",
    retryable: false,
  },
  MDB_TRANSACTION_CLOSED: { when: "The transaction behind this handle has ended.", retryable: false },
  MDB_TRANSACTION_STATE: {
    when: "The propagation or options do not fit the transaction that is, or is not, running.",
    retryable: false,
  },
  MDB_SESSION_CLOSED: { when: "The session was closed.", retryable: false },
  MDB_HOOK: { when: "A hook threw after the transaction had ended; its outcome stands.", retryable: false },
  MDB_UNSUPPORTED: { when: "The engine cannot do what was asked for.", retryable: false },
} as const satisfies Record<string, ErrorCodeFacts>;

type CoreErrorCodes = typeof errorCodes;

/**
 * Every code that an error can have, by declaration: core's own, and those that packages on top of it add.
 *
 * ```ts
 * declare module "@nsj/mdb-core" {
 *   interface ErrorCodes {
 *     readonly MDB_NO_TENANT: ErrorCodeFacts;
 *   }
 * }
 * ```
 */
export interface ErrorCodes extends CoreErrorCodes {}

/** The stable `code` of every error of the library. */
export type ErrorCode = keyof ErrorCodes;

/** What the table says of a code; nothing of an extension's, whose errors say it themselves. */
export function factsOf(code: ErrorCode): ErrorCodeFacts | undefined {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as keyof CoreErrorCodes] : undefined;
}
