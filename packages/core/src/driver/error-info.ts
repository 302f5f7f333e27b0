/** Every kind of failure that a driver can name; core maps each to one error class. A closed list. */
export const errorKinds = [
  "refused", // nobody listens there, the name does not resolve, TLS failed, the server is starting up or shutting down
  "unknown-database", // the server is there, the database, service or file is not
  "connect-timeout",
  "auth", // wrong user, password, certificate or right to connect
  "too-many-connections",
  "lost", // the connection died
  "unique",
  "foreign-key",
  "not-null",
  "check",
  "value", // a value does not fit: too long, out of range, not a number, bad syntax for its type
  "serialization",
  "deadlock",
  "lock-timeout",
  "statement-timeout",
  "cancelled",
  "syntax",
  "undefined-object", // no such table, column, function, procedure
  "permission",
  "read-only", // a write in a read-only transaction, database or standby
  "transaction-aborted", // the server has already ended or doomed the transaction
  "resource", // disk full, out of memory, a limit of the server
  "unsupported",
  "parameter", // the driver itself could not encode or bind a value
  "other",
] as const;

/** What went wrong, engine-neutral. */
export type ErrorKind = (typeof errorKinds)[number];

/**
 * What `classify` says about an error. The four answers are orthogonal: what happened (`kind`), what is left of the connection,
 * whether the statement ran, and what repeating could help.
 */
export interface ErrorInfo {
  readonly kind: ErrorKind;
  /** Drives the pool: `ok` keep it, `suspect` validate before the next use, `dead` destroy. */
  readonly connection: "ok" | "suspect" | "dead";
  /**
   * Drives replay. `no` may be said only when no byte of the statement was sent or the server refused it before parsing; `undone` only when
   * the server ran it and has taken back all of it, with the transaction that it was part of: whoever loses a deadlock on InnoDB. A
   * text that commits on its way (several statements, a procedure) is never certain to be undone. Core sends a statement that stands alone
   * again after both.
   */
  readonly executed: "no" | "undone" | "maybe" | "yes";
  /** What may help: nothing, another connection attempt, the statement again, the whole transaction again. */
  readonly retry: "never" | "connect" | "statement" | "transaction";
  /** SQLSTATE, five characters, where the engine has one. */
  readonly sqlState?: string;
  /** The engine's own code: `1205`, `"ORA-00060"`, `"SQLITE_BUSY"`. */
  readonly code?: string | number;
  readonly constraint?: string;
  readonly table?: string;
  readonly columns?: readonly string[];
  /** Where in the statement's text, 1-based, counted in UTF-16 code units. */
  readonly position?: number;
}
