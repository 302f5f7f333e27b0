import type { ErrorKind } from "@nsj/mdb-core";

/** What one SQLSTATE, or one class of them, means. */
export interface StateFacts {
  readonly kind: ErrorKind;
  /** The server ends the session with it. */
  readonly fatal?: true;
  /** Running the transaction again may help. */
  readonly again?: true;
}

/**
 * Single states that mean something else than the rest of their class. The words behind each are the server's own.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const states: Readonly<Record<string, StateFacts>> = {
  "08001": { kind: "refused" }, // sqlclient_unable_to_establish_sqlconnection
  "08004": { kind: "refused" }, // sqlserver_rejected_establishment_of_sqlconnection
  "08P01": { kind: "lost", fatal: true }, // protocol_violation; see classify for a Bind with the wrong number of parameters
  "0A000": { kind: "unsupported" }, // feature_not_supported; see classify for a plan that went stale
  "23000": { kind: "check" }, // integrity_constraint_violation
  "23001": { kind: "foreign-key" }, // restrict_violation
  "23502": { kind: "not-null" }, // not_null_violation
  "23503": { kind: "foreign-key" }, // foreign_key_violation
  "23505": { kind: "unique" }, // unique_violation
  "23514": { kind: "check" }, // check_violation
  "23P01": { kind: "unique" }, // exclusion_violation: a row that conflicts with this one exists already
  "25006": { kind: "read-only" }, // read_only_sql_transaction
  "25P02": { kind: "transaction-aborted" }, // in_failed_sql_transaction
  "25P03": { kind: "lost", fatal: true }, // idle_in_transaction_session_timeout
  "25P04": { kind: "lost", fatal: true }, // transaction_timeout
  "3D000": { kind: "undefined-object" }, // invalid_catalog_name; at login the database is unknown, see classify
  "3F000": { kind: "undefined-object" }, // invalid_schema_name
  "40001": { kind: "serialization", again: true }, // serialization_failure
  "40002": { kind: "check" }, // transaction_integrity_constraint_violation
  "40003": { kind: "lost" }, // statement_completion_unknown
  "40P01": { kind: "deadlock", again: true }, // deadlock_detected
  "42501": { kind: "permission" }, // insufficient_privilege
  "42601": { kind: "syntax" }, // syntax_error
  "42602": { kind: "syntax" }, // invalid_name
  "42611": { kind: "syntax" }, // invalid_column_definition
  "42622": { kind: "syntax" }, // name_too_long
  "42701": { kind: "syntax" }, // duplicate_column
  "42702": { kind: "syntax" }, // ambiguous_column
  "42703": { kind: "undefined-object" }, // undefined_column
  "42704": { kind: "undefined-object" }, // undefined_object
  "42712": { kind: "syntax" }, // duplicate_alias
  "42725": { kind: "syntax" }, // ambiguous_function
  "42803": { kind: "syntax" }, // grouping_error
  "42804": { kind: "syntax" }, // datatype_mismatch
  "42846": { kind: "syntax" }, // cannot_coerce
  "42883": { kind: "undefined-object" }, // undefined_function
  "42939": { kind: "syntax" }, // reserved_name
  "42P01": { kind: "undefined-object" }, // undefined_table
  "42P02": { kind: "parameter" }, // undefined_parameter
  "42P08": { kind: "syntax" }, // ambiguous_parameter
  "42P09": { kind: "syntax" }, // ambiguous_alias
  "42P10": { kind: "syntax" }, // invalid_column_reference
  "42P18": { kind: "syntax" }, // indeterminate_datatype: a parameter needs a cast
  "42P19": { kind: "syntax" }, // invalid_recursion
  "42P20": { kind: "syntax" }, // windowing_error
  "53300": { kind: "too-many-connections" }, // too_many_connections
  "55P03": { kind: "lock-timeout", again: true }, // lock_not_available
  "57014": { kind: "statement-timeout" }, // query_canceled; see classify for a cancellation of ours
  "57P01": { kind: "lost", fatal: true }, // admin_shutdown
  "57P02": { kind: "lost", fatal: true }, // crash_shutdown
  "57P03": { kind: "refused", fatal: true }, // cannot_connect_now
  "57P04": { kind: "lost", fatal: true }, // database_dropped
  "57P05": { kind: "lost", fatal: true }, // idle_session_timeout
  "58000": { kind: "resource" }, // system_error
  "58030": { kind: "resource" }, // io_error
  "72000": { kind: "serialization", again: true }, // snapshot_too_old
};

/** Classes, by the first two characters of a state. What is in neither table is `other`. */
export const stateClasses: Readonly<Record<string, StateFacts>> = {
  "08": { kind: "lost" }, // connection exception
  "22": { kind: "value" }, // data exception
  "23": { kind: "check" }, // integrity constraint violation
  "28": { kind: "auth" }, // invalid authorization specification
  "40": { kind: "transaction-aborted" }, // transaction rollback
  "44": { kind: "check" }, // with check option violation
  "53": { kind: "resource" }, // insufficient resources
  "54": { kind: "resource" }, // program limit exceeded
};
