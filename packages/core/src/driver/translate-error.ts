import {
  AuthenticationError,
  CancelledError,
  CheckViolationError,
  ConnectError,
  ConnectionLostError,
  ConnectTimeoutError,
  DeadlockError,
  ForeignKeyViolationError,
  isMdbError,
  LockTimeoutError,
  type MdbError,
  type MdbErrorOptions,
  NotNullViolationError,
  ParameterError,
  PermissionError,
  ReadOnlyError,
  ResourceError,
  SerializationError,
  SqlSyntaxError,
  StatementError,
  StatementTimeoutError,
  TransactionAbortedError,
  UndefinedObjectError,
  UniqueViolationError,
  UnsupportedError,
  ValueError,
} from "../errors/index.ts";
import type { ConnectionTarget } from "./connection-target.ts";
import type { ErrorInfo, ErrorKind } from "./error-info.ts";

/** Where an error happened, for its message and fields. */
export interface ErrorPlace {
  readonly database: string;
  readonly engine: string;
  readonly target: ConnectionTarget;
  /** The statement's text, when there was one. */
  readonly statement?: string | undefined;
}

/**
 * Turns a driver's error into the library's class for it. An error of the library passes through unchanged. The native text is quoted
 * only where it cannot hold values (`quoted`); it is always there as `cause`.
 */
export function translateError(error: unknown, info: ErrorInfo, place: ErrorPlace): MdbError {
  if (isMdbError(error)) return error;
  const options: ErrorFacts = {
    database: place.database,
    engine: place.engine,
    cause: error,
    sqlState: info.sqlState,
    vendorCode: info.code,
    statement: place.statement,
    constraint: info.constraint,
    table: info.table,
    columns: info.columns,
    position: info.position,
    retryable: info.retry !== "never",
  };
  const { say, quoted, make } = translations[info.kind];
  const code = info.sqlState ?? info.code;
  const said = `${place.database} (${place.engine}): ${say(info, place)}`;
  return make(`${said}${quoted ? nativeText(error) : ""}${code === undefined ? "" : ` [${code}]`}`, options);
}

interface ErrorFacts extends MdbErrorOptions {
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly columns: readonly string[] | undefined;
  readonly position: number | undefined;
}

interface Translation {
  readonly say: (info: ErrorInfo, place: ErrorPlace) => string;
  readonly quoted?: boolean;
  readonly make: (message: string, facts: ErrorFacts) => MdbError;
}

const translations: Readonly<Record<ErrorKind, Translation>> = {
  refused: {
    say: (_, place) => `no connection to ${where(place)}; check that the server runs there and can be reached`,
    quoted: true,
    make: (m, f) => new ConnectError(m, f),
  },
  "unknown-database": {
    say: (_, place) => `${where(place)} has no such database; check its name`,
    quoted: true,
    make: (m, f) => new ConnectError(m, f),
  },
  "connect-timeout": {
    say: (_, place) =>
      `${where(place)} did not answer in time; check the address and the network, or raise connectTimeoutMs`,
    make: (m, f) => new ConnectTimeoutError(m, f),
  },
  auth: {
    say: (_, place) => `${where(place)} refused the login; check the user and the password`,
    quoted: true,
    make: (m, f) => new AuthenticationError(m, f),
  },
  "too-many-connections": {
    say: (_, place) => `${where(place)} accepts no more connections; lower pool.max or raise the server's limit`,
    quoted: true,
    make: (m, f) => new ConnectError(m, f),
  },
  lost: {
    say: (_, place) => `the connection to ${where(place)} was lost`,
    quoted: true,
    make: (m, f) => new ConnectionLostError(m, f),
  },
  unique: {
    say: (info) => `a row with this key exists already${constraintOf(info)}`,
    make: (m, f) => new UniqueViolationError(m, f),
  },
  "foreign-key": {
    say: (info) => `a referenced row is missing or still referenced${constraintOf(info)}`,
    make: (m, f) => new ForeignKeyViolationError(m, f),
  },
  "not-null": {
    say: (info) => `a column that needs a value got NULL${constraintOf(info)}`,
    make: (m, f) => new NotNullViolationError(m, f),
  },
  check: {
    say: (info) => `a check constraint was violated${constraintOf(info)}`,
    make: (m, f) => new CheckViolationError(m, f),
  },
  value: {
    say: (info) => `a value does not fit its column or type${constraintOf(info)}`,
    make: (m, f) => new ValueError(m, f),
  },
  serialization: {
    say: () => "the isolation level could not be kept beside concurrent transactions; run the transaction again",
    make: (m, f) => new SerializationError(m, f),
  },
  deadlock: {
    say: () => "the server ended this transaction to resolve a deadlock; run the transaction again",
    make: (m, f) => new DeadlockError(m, f),
  },
  "lock-timeout": { say: () => "a lock was not granted in time", make: (m, f) => new LockTimeoutError(m, f) },
  "statement-timeout": {
    say: () => "the statement ran out of time and was stopped on the server",
    make: (m, f) => new StatementTimeoutError(m, f),
  },
  cancelled: { say: () => "the statement was cancelled", make: (m, f) => new CancelledError(m, f) },
  syntax: { say: () => "the statement has a syntax error", quoted: true, make: (m, f) => new SqlSyntaxError(m, f) },
  "undefined-object": {
    say: () => "the statement names something that does not exist",
    quoted: true,
    make: (m, f) => new UndefinedObjectError(m, f),
  },
  permission: { say: () => "a privilege is missing", quoted: true, make: (m, f) => new PermissionError(m, f) },
  "read-only": {
    say: () => "a write in a read-only transaction or database",
    quoted: true,
    make: (m, f) => new ReadOnlyError(m, f),
  },
  "transaction-aborted": {
    say: () => "the transaction was ended by an earlier failure",
    make: (m, f) => new TransactionAbortedError(m, f),
  },
  resource: { say: () => "the server ran out of a resource", quoted: true, make: (m, f) => new ResourceError(m, f) },
  unsupported: { say: () => "the engine cannot do this", quoted: true, make: (m, f) => new UnsupportedError(m, f) },
  parameter: { say: () => "the driver could not take a parameter", make: (m, f) => new ParameterError(m, f) },
  // What an application raises itself, or what nobody knows, may hold anything.
  other: {
    say: () => "the statement failed; the cause has the server's own words",
    make: (m, f) => new StatementError(m, f),
  },
};

function where({ target }: ErrorPlace): string {
  const database = target.database === undefined ? "" : `, database "${target.database}"`;
  const user = target.user === undefined ? "" : `, user "${target.user}"`;
  return `${target.address}${database}${user}`;
}

function constraintOf(info: ErrorInfo): string {
  const parts: string[] = [];
  if (info.constraint !== undefined) parts.push(`constraint "${info.constraint}"`);
  if (info.table !== undefined) parts.push(`table "${info.table}"`);
  if (info.columns !== undefined && info.columns.length > 0) parts.push(`column ${info.columns.join(", ")}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function nativeText(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === "string" ? error : "";
  const firstLine = text.split("\n", 1)[0]?.trim();
  return firstLine ? `: ${firstLine}` : "";
}
