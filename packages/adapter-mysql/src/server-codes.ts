import type { ErrorKind } from "@nsj/mdb-core";

/** What a number of the server means. */
export interface CodeFacts {
  readonly kind: ErrorKind;
  /** The same transaction, run again, may get through. */
  readonly again?: true;
  /** The server hangs up after saying so. */
  readonly fatal?: true;
  /** Said before a statement about rows has done anything. */
  readonly before?: true;
}

/**
 * The numbers of MySQL and MariaDB, which share them up to 1 899. What a number means at login is told by {@link loginKind}.
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
export const serverCodes: Readonly<Record<number, CodeFacts>> = {
  1020: { kind: "serialization", again: true }, // ER_CHECKREAD
  1021: { kind: "resource" }, // ER_DISK_FULL
  1022: { kind: "unique" }, // ER_DUP_KEY
  1030: { kind: "resource" }, // ER_GET_ERRNO
  1037: { kind: "resource" }, // ER_OUTOFMEMORY
  1038: { kind: "resource" }, // ER_OUT_OF_SORTMEMORY
  1040: { kind: "too-many-connections" }, // ER_CON_COUNT_ERROR
  1041: { kind: "resource" }, // ER_OUT_OF_RESOURCES
  1044: { kind: "permission" }, // ER_DBACCESS_DENIED_ERROR
  1045: { kind: "permission" }, // ER_ACCESS_DENIED_ERROR
  1048: { kind: "not-null" }, // ER_BAD_NULL_ERROR
  1049: { kind: "undefined-object" }, // ER_BAD_DB_ERROR
  1051: { kind: "undefined-object" }, // ER_BAD_TABLE_ERROR
  1052: { kind: "syntax" }, // ER_NON_UNIQ_ERROR
  1053: { kind: "lost", fatal: true }, // ER_SERVER_SHUTDOWN
  1054: { kind: "undefined-object" }, // ER_BAD_FIELD_ERROR
  1055: { kind: "syntax" }, // ER_WRONG_FIELD_WITH_GROUP
  1056: { kind: "syntax" }, // ER_WRONG_GROUP_FIELD
  1060: { kind: "syntax" }, // ER_DUP_FIELDNAME
  1061: { kind: "syntax" }, // ER_DUP_KEYNAME
  1062: { kind: "unique" }, // ER_DUP_ENTRY
  1064: { kind: "syntax" }, // ER_PARSE_ERROR
  1065: { kind: "syntax" }, // ER_EMPTY_QUERY
  1066: { kind: "syntax" }, // ER_NONUNIQ_TABLE
  1077: { kind: "lost", fatal: true }, // ER_NORMAL_SHUTDOWN
  1079: { kind: "lost", fatal: true }, // ER_SHUTDOWN_COMPLETE
  1080: { kind: "lost", fatal: true }, // ER_FORCING_CLOSE
  1091: { kind: "undefined-object" }, // ER_CANT_DROP_FIELD_OR_KEY
  1103: { kind: "syntax" }, // ER_WRONG_TABLE_NAME
  1106: { kind: "undefined-object" }, // ER_UNKNOWN_PROCEDURE
  1109: { kind: "undefined-object" }, // ER_UNKNOWN_TABLE
  1114: { kind: "resource" }, // ER_RECORD_FILE_FULL
  1118: { kind: "resource" }, // ER_TOO_BIG_ROWSIZE
  1128: { kind: "undefined-object" }, // ER_FUNCTION_NOT_DEFINED
  1129: { kind: "auth" }, // ER_HOST_IS_BLOCKED
  1130: { kind: "auth" }, // ER_HOST_NOT_PRIVILEGED
  1135: { kind: "resource" }, // ER_CANT_CREATE_THREAD
  1141: { kind: "permission" }, // ER_NONEXISTING_GRANT
  1142: { kind: "permission" }, // ER_TABLEACCESS_DENIED_ERROR
  1143: { kind: "permission" }, // ER_COLUMNACCESS_DENIED_ERROR
  1146: { kind: "undefined-object" }, // ER_NO_SUCH_TABLE
  1149: { kind: "syntax" }, // ER_SYNTAX_ERROR
  1152: { kind: "lost", fatal: true }, // ER_ABORTING_CONNECTION
  1153: { kind: "resource", fatal: true }, // ER_NET_PACKET_TOO_LARGE
  1158: { kind: "lost", fatal: true }, // ER_NET_READ_ERROR
  1159: { kind: "lost", fatal: true }, // ER_NET_READ_INTERRUPTED
  1160: { kind: "lost", fatal: true }, // ER_NET_ERROR_ON_WRITE
  1161: { kind: "lost", fatal: true }, // ER_NET_WRITE_INTERRUPTED
  1169: { kind: "unique" }, // ER_DUP_UNIQUE
  1176: { kind: "undefined-object" }, // ER_KEY_DOES_NOT_EXITS
  1178: { kind: "unsupported" }, // ER_CHECK_NOT_IMPLEMENTED
  1184: { kind: "lost", fatal: true }, // ER_NEW_ABORTING_CONNECTION
  1189: { kind: "lost", fatal: true }, // ER_SOURCE_NET_READ
  1193: { kind: "undefined-object" }, // ER_UNKNOWN_SYSTEM_VARIABLE
  1203: { kind: "too-many-connections" }, // ER_TOO_MANY_USER_CONNECTIONS
  1205: { kind: "lock-timeout", again: true }, // ER_LOCK_WAIT_TIMEOUT
  1206: { kind: "resource" }, // ER_LOCK_TABLE_FULL
  1210: { kind: "parameter" }, // ER_WRONG_ARGUMENTS
  1213: { kind: "deadlock", again: true }, // ER_LOCK_DEADLOCK
  1216: { kind: "foreign-key" }, // ER_NO_REFERENCED_ROW
  1217: { kind: "foreign-key" }, // ER_ROW_IS_REFERENCED
  1222: { kind: "syntax" }, // ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT
  1226: { kind: "too-many-connections" }, // ER_USER_LIMIT_REACHED
  1227: { kind: "permission" }, // ER_SPECIFIC_ACCESS_DENIED_ERROR
  1235: { kind: "unsupported" }, // ER_NOT_SUPPORTED_YET
  1241: { kind: "syntax" }, // ER_OPERAND_COLUMNS
  1243: { kind: "undefined-object" }, // ER_UNKNOWN_STMT_HANDLER
  1251: { kind: "auth" }, // ER_NOT_SUPPORTED_AUTH_MODE
  1263: { kind: "not-null" }, // ER_WARN_NULL_TO_NOTNULL
  1264: { kind: "value" }, // ER_WARN_DATA_OUT_OF_RANGE
  1265: { kind: "value" }, // WARN_DATA_TRUNCATED
  1275: { kind: "auth" }, // ER_SERVER_IS_IN_SECURE_AUTH_MODE
  1289: { kind: "unsupported" }, // ER_FEATURE_DISABLED
  1290: { kind: "read-only" }, // ER_OPTION_PREVENTS_STATEMENT
  1292: { kind: "value" }, // ER_TRUNCATED_WRONG_VALUE
  1295: { kind: "unsupported" }, // ER_UNSUPPORTED_PS
  1305: { kind: "undefined-object" }, // ER_SP_DOES_NOT_EXIST
  1317: { kind: "cancelled" }, // ER_QUERY_INTERRUPTED
  1318: { kind: "parameter" }, // ER_SP_WRONG_NO_OF_ARGS
  1360: { kind: "undefined-object" }, // ER_TRG_DOES_NOT_EXIST
  1364: { kind: "not-null" }, // ER_NO_DEFAULT_FOR_FIELD
  1365: { kind: "value" }, // ER_DIVISION_BY_ZERO
  1366: { kind: "value" }, // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  1367: { kind: "value" }, // ER_ILLEGAL_VALUE_FOR_TYPE
  1369: { kind: "check" }, // ER_VIEW_CHECK_FAILED
  1370: { kind: "permission" }, // ER_PROCACCESS_DENIED_ERROR
  1390: { kind: "resource" }, // ER_PS_MANY_PARAM
  1399: { kind: "unsupported" }, // ER_XAER_RMFAIL
  1402: { kind: "transaction-aborted" }, // ER_XA_RBROLLBACK
  1406: { kind: "value" }, // ER_DATA_TOO_LONG
  1410: { kind: "permission" }, // ER_CANT_CREATE_USER_WITH_GRANT
  1411: { kind: "value" }, // ER_WRONG_VALUE_FOR_TYPE
  1414: { kind: "parameter" }, // ER_SP_NOT_VAR_ARG
  1416: { kind: "value" }, // ER_CANT_CREATE_GEOMETRY_OBJECT
  1419: { kind: "permission" }, // ER_BINLOG_CREATE_ROUTINE_NEED_SUPER
  1425: { kind: "value" }, // ER_TOO_BIG_SCALE
  1426: { kind: "value" }, // ER_TOO_BIG_PRECISION
  1439: { kind: "value" }, // ER_TOO_BIG_DISPLAYWIDTH
  1441: { kind: "value" }, // ER_DATETIME_FUNCTION_OVERFLOW
  1451: { kind: "foreign-key" }, // ER_ROW_IS_REFERENCED_2
  1452: { kind: "foreign-key" }, // ER_NO_REFERENCED_ROW_2
  1461: { kind: "resource" }, // ER_MAX_PREPARED_STMT_COUNT_REACHED
  1508: { kind: "undefined-object" }, // ER_DROP_LAST_PARTITION
  1524: { kind: "auth" }, // ER_PLUGIN_IS_NOT_LOADED
  1525: { kind: "value" }, // ER_WRONG_VALUE
  1534: { kind: "resource" }, // ER_BINLOG_ROW_LOGGING_FAILED
  1582: { kind: "value" }, // ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT
  1586: { kind: "unique" }, // ER_DUP_ENTRY_WITH_KEY_NAME
  1614: { kind: "deadlock", again: true }, // ER_XA_RBDEADLOCK
  1615: { kind: "other", again: true, before: true }, // ER_NEED_REPREPARE
  1630: { kind: "undefined-object" }, // ER_FUNC_INEXISTENT_NAME_COLLISION
  1690: { kind: "value" }, // ER_DATA_OUT_OF_RANGE
  1698: { kind: "permission" }, // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  1701: { kind: "foreign-key" }, // ER_TRUNCATE_ILLEGAL_FK
  1712: { kind: "resource" }, // ER_INDEX_CORRUPT
  1792: { kind: "read-only" }, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1820: { kind: "auth" }, // ER_MUST_CHANGE_PASSWORD
  1834: { kind: "foreign-key" }, // ER_UNUSED5
  1836: { kind: "read-only" }, // ER_READ_ONLY_MODE
  1859: { kind: "unique" }, // ER_DUP_UNKNOWN_IN_INDEX
  1862: { kind: "auth" }, // ER_MUST_CHANGE_PASSWORD_LOGIN
  1927: { kind: "lost", fatal: true }, // ER_CONNECTION_KILLED
  1969: { kind: "statement-timeout" }, // ER_STATEMENT_TIMEOUT
  3024: { kind: "statement-timeout" }, // ER_QUERY_TIMEOUT
  3118: { kind: "auth" }, // ER_ACCOUNT_HAS_BEEN_LOCKED
  3140: { kind: "value" }, // ER_INVALID_JSON_TEXT
  3141: { kind: "value" }, // ER_INVALID_JSON_TEXT_IN_PARAM
  3156: { kind: "value" }, // ER_INVALID_JSON_VALUE_FOR_CAST
  3572: { kind: "lock-timeout", again: true }, // ER_LOCK_NOWAIT
  3819: { kind: "check" }, // ER_CHECK_CONSTRAINT_VIOLATED
  4025: { kind: "check" }, // ER_CONSTRAINT_FAILED
  4031: { kind: "lost", fatal: true }, // ER_CLIENT_INTERACTION_TIMEOUT
  4078: { kind: "value" }, // ER_ILLEGAL_PARAMETER_DATA_TYPES2_FOR_OPERATION
  4079: { kind: "value" }, // ER_ILLEGAL_PARAMETER_DATA_TYPE_FOR_OPERATION
  4091: { kind: "undefined-object" }, // ER_UNKNOWN_SEQUENCES
  4151: { kind: "auth" }, // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
};

/** By the first two characters of an SQLSTATE, for numbers that are not in the table. What is in neither is `other`. */
export const stateClasses: Readonly<Record<string, ErrorKind>> = {
  "08": "lost", // connection exception
  "22": "value", // data exception
  "40": "serialization", // transaction rollback
};

/** What a number means while the session is being opened; every other one is a refusal that may pass. */
export function loginKind(code: number): ErrorKind {
  if (code === 1049) return "unknown-database"; // ER_BAD_DB_ERROR
  // The same number says later that a statement lacks a privilege.
  if (code === 1044) return "auth"; // ER_DBACCESS_DENIED_ERROR
  const kind = serverCodes[code]?.kind;
  if (kind === "auth" || kind === "permission") return "auth";
  return kind === "too-many-connections" ? kind : "refused";
}

/** The words mysql2 has for a connection that could not be opened or was lost, beside those of Node.js. */
export const clientCodes: ReadonlySet<string> = new Set([
  "HANDSHAKE_NO_SSL_SUPPORT",
  "HANDSHAKE_SSL_ERROR",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_UNEXPECTED_PACKET",
]);
