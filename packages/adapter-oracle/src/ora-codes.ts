import type { CodeFacts } from "./code-facts.ts";

/**
 * Errors of the server by their ORA number, with Oracle's own words. A number that is not here is `other`.
 *
 * @see https://docs.oracle.com/en/error-help/db/ora-index.html
 */
export const oraCodes: Readonly<Record<number, CodeFacts>> = {
  1: { kind: "unique" }, // unique constraint violated
  18: { kind: "too-many-connections", fatal: true }, // maximum number of sessions exceeded
  20: { kind: "too-many-connections", fatal: true }, // maximum number of processes exceeded
  22: { kind: "lost", fatal: true }, // invalid session ID; access denied
  28: { kind: "lost", fatal: true }, // your session has been killed
  30: { kind: "undefined-object" }, // User session ID does not exist
  31: { kind: "lost", fatal: true }, // session marked for kill
  40: { kind: "statement-timeout" }, // active time limit exceeded - call aborted
  41: { kind: "lost", fatal: true }, // active time limit exceeded - session terminated
  45: { kind: "lost", fatal: true }, // session was terminated
  51: { kind: "lock-timeout", again: true }, // timeout occurred while waiting for a resource
  54: { kind: "lock-timeout", again: true }, // resource busy and acquire with NOWAIT specified or timeout expired
  60: { kind: "deadlock", again: true }, // deadlock detected while waiting for resource
  376: { kind: "resource" }, // file cannot be read at this time
  600: { kind: "other", fatal: true }, // internal error code
  602: { kind: "lost", fatal: true }, // internal programming exception
  603: { kind: "lost", fatal: true }, // ORACLE server session terminated by fatal error
  609: { kind: "lost", fatal: true }, // could not attach to incoming connection
  900: { kind: "syntax" }, // invalid SQL statement
  902: { kind: "syntax" }, // invalid datatype
  903: { kind: "syntax" }, // invalid table name
  904: { kind: "undefined-object" }, // invalid identifier
  905: { kind: "syntax" }, // missing keyword
  906: { kind: "syntax" }, // missing left parenthesis
  907: { kind: "syntax" }, // missing right parenthesis
  908: { kind: "syntax" }, // missing NULL keyword
  909: { kind: "syntax" }, // invalid number of arguments
  911: { kind: "syntax" }, // invalid character
  913: { kind: "syntax" }, // too many values
  917: { kind: "syntax" }, // missing comma
  918: { kind: "syntax" }, // column ambiguously defined
  920: { kind: "syntax" }, // invalid relational operator
  921: { kind: "syntax" }, // unexpected end of SQL command
  922: { kind: "syntax" }, // missing or invalid option
  923: { kind: "syntax" }, // FROM keyword not found where expected
  924: { kind: "syntax" }, // missing BY keyword
  925: { kind: "syntax" }, // missing INTO keyword
  926: { kind: "syntax" }, // missing VALUES keyword
  927: { kind: "syntax" }, // missing equal sign
  928: { kind: "syntax" }, // missing SELECT keyword
  932: { kind: "syntax" }, // inconsistent datatypes
  933: { kind: "syntax" }, // SQL command not properly ended
  934: { kind: "syntax" }, // group function is not allowed here
  936: { kind: "syntax" }, // missing expression
  937: { kind: "syntax" }, // not a single-group group function
  938: { kind: "syntax" }, // not enough arguments for function
  939: { kind: "syntax" }, // too many arguments for function
  942: { kind: "undefined-object" }, // table or view does not exist
  947: { kind: "syntax" }, // not enough values
  955: { kind: "other" }, // name is already used by an existing object
  957: { kind: "syntax" }, // duplicate column name
  969: { kind: "syntax" }, // missing ON keyword
  971: { kind: "syntax" }, // missing SET keyword
  972: { kind: "syntax" }, // identifier is too long
  979: { kind: "syntax" }, // not a GROUP BY expression
  980: { kind: "undefined-object" }, // synonym translation is no longer valid
  984: { kind: "syntax" }, // column not allowed here
  988: { kind: "auth", fatal: true }, // missing or invalid password(s)
  1000: { kind: "resource" }, // maximum open cursors exceeded
  1002: { kind: "other" }, // fetch out of sequence
  1005: { kind: "auth", fatal: true }, // null password given; logon denied
  1008: { kind: "parameter" }, // not all variables bound
  1012: { kind: "lost", fatal: true }, // not logged on
  1013: { kind: "cancelled" }, // user requested cancel of current operation
  1017: { kind: "auth", fatal: true }, // invalid username/password; logon denied
  1031: { kind: "permission" }, // insufficient privileges
  1033: { kind: "refused", fatal: true }, // ORACLE initialization or shutdown in progress
  1034: { kind: "refused", fatal: true }, // ORACLE not available
  1035: { kind: "auth", fatal: true }, // ORACLE only available to users with RESTRICTED SESSION privilege
  1036: { kind: "parameter" }, // illegal variable name/number
  1041: { kind: "lost", fatal: true }, // internal error. hostdef extension doesn't exist
  1045: { kind: "auth", fatal: true }, // user lacks CREATE SESSION privilege; logon denied
  1089: { kind: "lost", fatal: true }, // immediate shutdown or close in progress
  1090: { kind: "refused", fatal: true }, // shutdown in progress
  1092: { kind: "lost", fatal: true }, // ORACLE instance terminated. Disconnection forced
  1109: { kind: "refused", fatal: true }, // database not open
  1400: { kind: "not-null" }, // cannot insert NULL
  1401: { kind: "value" }, // inserted value too large for column
  1407: { kind: "not-null" }, // cannot update to NULL
  1410: { kind: "value" }, // invalid ROWID
  1411: { kind: "value" }, // cannot store the length of column in the indicator
  1422: { kind: "other" }, // exact fetch returns more than requested number of rows
  1426: { kind: "value" }, // numeric overflow
  1427: { kind: "other" }, // single-row subquery returns more than one row
  1428: { kind: "value" }, // argument is out of range
  1435: { kind: "undefined-object" }, // user does not exist
  1438: { kind: "value" }, // value larger than specified precision allowed for this column
  1440: { kind: "other" }, // column to be modified must be empty to decrease precision or scale
  1456: { kind: "read-only" }, // may not perform insert, delete, update operation inside a READ ONLY transaction
  1461: { kind: "value" }, // can bind a LONG value only for insert into a LONG column
  1465: { kind: "value" }, // invalid hex number
  1476: { kind: "value" }, // divisor is equal to zero
  1483: { kind: "value" }, // invalid length for DATE or NUMBER bind variable
  1489: { kind: "value" }, // result of string concatenation is too long
  1536: { kind: "resource" }, // space quota exceeded for tablespace
  1552: { kind: "resource" }, // cannot use system rollback segment for non-system tablespace
  1555: { kind: "resource", again: true }, // snapshot too old
  1562: { kind: "resource" }, // failed to extend rollback segment
  1591: { kind: "lock-timeout", again: true }, // lock held by in-doubt distributed transaction
  1650: { kind: "resource" }, // unable to extend rollback segment
  1651: { kind: "resource" }, // unable to extend save undo segment
  1652: { kind: "resource" }, // unable to extend temp segment
  1653: { kind: "resource" }, // unable to extend table
  1654: { kind: "resource" }, // unable to extend index
  1688: { kind: "resource" }, // unable to extend table partition
  1691: { kind: "resource" }, // unable to extend lob segment
  1722: { kind: "value" }, // invalid number
  1740: { kind: "syntax" }, // missing double quote in identifier
  1741: { kind: "syntax" }, // illegal zero-length identifier
  1747: { kind: "syntax" }, // invalid user.table.column, table.column, or column specification
  1756: { kind: "syntax" }, // quoted string not properly terminated
  1789: { kind: "syntax" }, // query block has incorrect number of result columns
  1790: { kind: "syntax" }, // expression must have same datatype as corresponding expression
  1795: { kind: "syntax" }, // maximum number of expressions in a list is 1000
  1830: { kind: "value" }, // date format picture ends before converting entire input string
  1839: { kind: "value" }, // date not valid for month specified
  1840: { kind: "value" }, // input value not long enough for date format
  1841: { kind: "value" }, // (full) year must be between -4713 and +9999, and not be 0
  1843: { kind: "value" }, // not a valid month
  1847: { kind: "value" }, // day of month must be between 1 and last day of month
  1850: { kind: "value" }, // hour must be between 0 and 23
  1858: { kind: "value" }, // a non-numeric character was found where a numeric was expected
  1861: { kind: "value" }, // literal does not match format string
  1873: { kind: "value" }, // the leading precision of the interval is too small
  1878: { kind: "value" }, // specified field not found in datetime or interval
  1882: { kind: "value" }, // timezone region not found
  1950: { kind: "permission" }, // no privileges on tablespace
  2014: { kind: "unsupported" }, // cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.
  2019: { kind: "undefined-object" }, // connection description for remote database not found
  2049: { kind: "lock-timeout", again: true }, // timeout: distributed transaction waiting for lock
  2091: { kind: "transaction-aborted" }, // transaction rolled back
  2248: { kind: "syntax" }, // invalid option for ALTER SESSION
  2289: { kind: "undefined-object" }, // sequence does not exist
  2290: { kind: "check" }, // check constraint violated
  2291: { kind: "foreign-key" }, // integrity constraint violated - parent key not found
  2292: { kind: "foreign-key" }, // integrity constraint violated - child record found
  2391: { kind: "too-many-connections", fatal: true }, // exceeded simultaneous SESSIONS_PER_USER limit
  2392: { kind: "lost", fatal: true }, // exceeded session limit on CPU usage, you are being logged off
  2393: { kind: "statement-timeout" }, // exceeded call limit on CPU usage
  2394: { kind: "lost", fatal: true }, // exceeded session limit on IO usage, you are being logged off
  2395: { kind: "resource" }, // exceeded call limit on IO usage
  2396: { kind: "lost", fatal: true }, // exceeded maximum idle time, please connect again
  2399: { kind: "lost", fatal: true }, // exceeded maximum connect time, you are being logged off
  2443: { kind: "undefined-object" }, // Cannot drop constraint - nonexistent constraint
  3001: { kind: "unsupported" }, // unimplemented feature
  3048: { kind: "syntax" }, // SQL reserved word is not syntactically valid following (from version 23 on, as the next two)
  3049: { kind: "syntax" }, // SQL keyword is not syntactically valid following
  3050: { kind: "syntax" }, // invalid identifier: a reserved word or keyword
  3113: { kind: "lost", fatal: true }, // end-of-file on communication channel
  3114: { kind: "lost", fatal: true }, // not connected to ORACLE
  3115: { kind: "unsupported" }, // unsupported network datatype or representation
  3135: { kind: "lost", fatal: true }, // connection lost contact
  3136: { kind: "lost", fatal: true }, // inbound connection timed out
  4020: { kind: "deadlock", again: true }, // deadlock detected while trying to lock object
  4021: { kind: "lock-timeout", again: true }, // timeout occurred while waiting to lock object
  4030: { kind: "resource" }, // out of process memory
  4031: { kind: "resource" }, // unable to allocate bytes of shared memory
  4036: { kind: "resource" }, // PGA memory used by the instance exceeds PGA_AGGREGATE_LIMIT
  4043: { kind: "undefined-object" }, // object does not exist
  4061: { kind: "other", again: true }, // existing state has been invalidated
  4068: { kind: "other", again: true }, // existing state of packages has been discarded
  4088: { kind: "other" }, // error during execution of trigger
  6502: { kind: "value" }, // PL/SQL: numeric or value error
  6550: { kind: "syntax" }, // PL/SQL compilation error; see classify for what does not exist
  6553: { kind: "syntax" }, // PLS compilation error
  6576: { kind: "undefined-object" }, // not a valid function or procedure name
  8002: { kind: "other" }, // sequence.CURRVAL is not yet defined in this session
  8006: { kind: "serialization", again: true }, // specified row no longer exists
  8103: { kind: "undefined-object" }, // object no longer exists
  8176: { kind: "serialization", again: true }, // consistent read failure; rollback data not available
  8177: { kind: "serialization", again: true }, // can't serialize access for this transaction
  10632: { kind: "other" }, // invalid rowid
  11534: { kind: "check" }, // check constraint due to domain constraint violated
  12154: { kind: "refused", fatal: true }, // TNS:could not resolve the connect identifier specified
  12170: { kind: "connect-timeout", fatal: true }, // TNS:Connect timeout occurred
  12505: { kind: "unknown-database", fatal: true }, // TNS:listener does not currently know of SID given in connect descriptor
  12514: { kind: "unknown-database", fatal: true }, // TNS:listener does not currently know of service requested
  12516: { kind: "too-many-connections", fatal: true }, // TNS:listener could not find available handler with matching protocol stack
  12518: { kind: "too-many-connections", fatal: true }, // TNS:listener could not hand off client connection
  12519: { kind: "too-many-connections", fatal: true }, // TNS:no appropriate service handler found
  12520: { kind: "too-many-connections", fatal: true }, // TNS:listener could not find available handler for requested type of server
  12521: { kind: "unknown-database", fatal: true }, // TNS:listener does not currently know of instance requested
  12528: { kind: "refused", fatal: true }, // TNS:listener: all appropriate instances are blocking new connections
  12541: { kind: "refused", fatal: true }, // TNS:no listener
  12545: { kind: "refused", fatal: true }, // Connect failed because target host or object does not exist
  12560: { kind: "refused", fatal: true }, // TNS:protocol adapter error
  12571: { kind: "lost", fatal: true }, // TNS:packet writer failure
  12650: { kind: "unsupported", fatal: true }, // No common encryption or data integrity algorithm
  12660: { kind: "unsupported", fatal: true }, // Encryption or crypto-checksumming parameters incompatible
  12899: { kind: "value" }, // value too large for column
  14402: { kind: "other" }, // updating partition key column would cause a partition change
  16000: { kind: "read-only" }, // database or pluggable database open for read-only access
  16456: { kind: "refused", fatal: true }, // switchover in progress or completed
  21561: { kind: "refused", fatal: true }, // OID generation failed
  22275: { kind: "value" }, // invalid LOB locator specified
  22816: { kind: "unsupported" }, // unsupported feature with RETURNING clause
  22835: { kind: "value" }, // Buffer too small for CLOB to CHAR or BLOB to RAW conversion
  24761: { kind: "transaction-aborted" }, // transaction rolled back
  24801: { kind: "parameter" }, // illegal parameter value in OCI lob function
  25402: { kind: "transaction-aborted" }, // transaction must roll back
  25408: { kind: "lost", fatal: true }, // can not safely replay call
  26086: { kind: "unsupported" }, // direct path does not support triggers
  28000: { kind: "auth", fatal: true }, // the account is locked
  28001: { kind: "auth", fatal: true }, // the password has expired
  28002: { kind: "auth" }, // the password will expire within days
  28040: { kind: "auth", fatal: true }, // No matching authentication protocol
  28150: { kind: "auth", fatal: true }, // proxy not authorized to connect as client
  28511: { kind: "lost", fatal: true }, // lost RPC connection to heterogeneous remote agent
  28547: { kind: "refused", fatal: true }, // connection to server failed, probable Oracle Net admin error
  30006: { kind: "lock-timeout", again: true }, // resource busy; acquire with WAIT timeout expired
  30036: { kind: "resource" }, // unable to extend segment in undo tablespace
  30926: { kind: "other" }, // unable to get a stable set of rows in the source tables
  32795: { kind: "value" }, // cannot insert into a generated always identity column
  38104: { kind: "syntax" }, // Columns referenced in the ON Clause cannot be updated
  40441: { kind: "value" }, // JSON syntax error
  40478: { kind: "value" }, // output value too large
  56600: { kind: "lost", fatal: true }, // illegal OCI function call
  56735: { kind: "statement-timeout" }, // elapsed time limit exceeded - call aborted
  56736: { kind: "lost", fatal: true }, // elapsed time limit exceeded - session terminated
};

/** PL/SQL compilation errors about something that does not exist. */
export const undefinedInPlsql: ReadonlySet<number> = new Set([
  201, // identifier must be declared
  221, // is not a procedure or is undefined
  222, // no function with that name exists in this scope
  302, // component must be declared
  304, // cannot compile body without its specification
]);
