import type { ErrorKind } from "@nsj/mdb-core";

/** What one of the server's numbers means. */
export interface NumberFacts {
  readonly kind: ErrorKind;
  /** The transaction may succeed when it is run again from its start. */
  readonly again?: true;
  /** The server closes the connection with it. */
  readonly fatal?: true;
}

const fact = (kind: ErrorKind): NumberFacts => ({ kind });

/** Errors of SQL Server by their number, with the vendor's words (in brackets what it inserts). */
export const sqlNumbers: Readonly<Record<number, NumberFacts>> = {
  // Constraints.
  2627: fact("unique"), // Violation of [UNIQUE KEY] constraint '[name]'. Cannot insert duplicate key in object '[name]'.
  2601: fact("unique"), // Cannot insert duplicate key row in object '[name]' with unique index '[name]'.
  1505: fact("unique"), // The CREATE UNIQUE INDEX statement terminated because a duplicate key was found.
  547: fact("foreign-key"), // The [INSERT] statement conflicted with the [FOREIGN KEY] constraint "[name]". Also CHECK: see errors.ts.
  3726: fact("foreign-key"), // Could not drop object '[name]' because it is referenced by a FOREIGN KEY constraint.
  4712: fact("foreign-key"), // Cannot truncate table '[name]' because it is being referenced by a FOREIGN KEY constraint.
  515: fact("not-null"), // Cannot insert the value NULL into column '[name]', table '[name]'; column does not allow nulls.
  513: fact("check"), // A column insert or update conflicts with a rule imposed by a previous CREATE RULE statement.
  550: fact("check"), // The attempted insert or update failed because the target view specifies WITH CHECK OPTION.
  // Values.
  2628: fact("value"), // String or binary data would be truncated in table '[name]', column '[name]'.
  8152: fact("value"), // String or binary data would be truncated.
  4863: fact("value"), // Bulk load data conversion error (truncation).
  4815: fact("value"), // Received an invalid column length from the bcp client for colid [n].
  7339: fact("value"), // OLE DB provider returned invalid data for column.
  220: fact("value"), // Arithmetic overflow error for data type [name], value = [n].
  232: fact("value"), // Arithmetic overflow error for type [name], value = [n].
  241: fact("value"), // Conversion failed when converting date and/or time from character string.
  242: fact("value"), // The conversion of a [name] data type to a [name] data type resulted in an out-of-range value.
  244: fact("value"), // The conversion of the [varchar] value '[x]' overflowed an INT2 column.
  245: fact("value"), // Conversion failed when converting the [varchar] value '[x]' to data type [int].
  248: fact("value"), // The conversion of the [varchar] value '[x]' overflowed an int column.
  295: fact("value"), // Conversion failed when converting character string to smalldatetime data type.
  296: fact("value"), // The conversion of [char] data type to smalldatetime resulted in an out-of-range value.
  517: fact("value"), // Adding a value to a '[datetime]' column caused an overflow.
  535: fact("value"), // The datediff function resulted in an overflow.
  544: fact("value"), // Cannot insert explicit value for identity column in table '[name]' when IDENTITY_INSERT is set to OFF.
  1007: fact("value"), // The number '[x]' is out of the range for numeric representation (maximum precision 38).
  8023: fact("value"), // The supplied value is not a valid instance of data type [float].
  8114: fact("value"), // Error converting data type [nvarchar] to [numeric].
  8115: fact("value"), // Arithmetic overflow error converting [x] to data type [numeric].
  8134: fact("value"), // Divide by zero error encountered.
  8169: fact("value"), // Conversion failed when converting from a character string to uniqueidentifier.
  9807: fact("value"), // The input character string does not follow style [n].
  13609: fact("value"), // JSON text is not properly formatted.
  // Concurrency.
  1205: { kind: "deadlock", again: true }, // Transaction was deadlocked and has been chosen as the deadlock victim.
  3928: { kind: "deadlock", again: true }, // The marked transaction "[name]" failed. A deadlock was encountered while marking it.
  3960: { kind: "serialization", again: true }, // Snapshot isolation transaction aborted due to update conflict.
  3961: { kind: "serialization", again: true }, // Snapshot isolation transaction failed: the object was modified by a DDL statement.
  41302: { kind: "serialization", again: true }, // The current transaction attempted to update a record that was updated since it started.
  41305: { kind: "serialization", again: true }, // The current transaction failed to commit due to a repeatable read validation failure.
  41325: { kind: "serialization", again: true }, // The current transaction failed to commit due to a serializable validation failure.
  41301: { kind: "serialization", again: true }, // A previous transaction that the current one took a dependency on has aborted.
  1222: { kind: "lock-timeout", again: true }, // Lock request time out period exceeded.
  1204: fact("resource"), // The instance cannot obtain a LOCK resource at this time.
  // Transactions.
  3902: fact("transaction-aborted"), // The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.
  3903: fact("transaction-aborted"), // The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.
  628: fact("transaction-aborted"), // Cannot issue SAVE TRANSACTION when there is no active transaction.
  3930: fact("transaction-aborted"), // The current transaction cannot be committed. Roll back the transaction.
  3931: fact("transaction-aborted"), // The current transaction cannot be committed and cannot be rolled back to a savepoint.
  3971: fact("transaction-aborted"), // The server failed to resume the transaction. Desc:[n].
  3989: fact("transaction-aborted"), // New request is not allowed to start because it should come with valid transaction descriptor.
  3998: fact("transaction-aborted"), // Uncommittable transaction is detected at the end of the batch. It is rolled back.
  3609: fact("transaction-aborted"), // The transaction ended in the trigger. The batch has been aborted.
  3952: fact("unsupported"), // Snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow it.
  3951: fact("unsupported"), // The transaction did not start in snapshot isolation level.
  // What cannot be parsed.
  102: fact("syntax"), // Incorrect syntax near '[x]'.
  103: fact("syntax"), // The [identifier] that starts with '[x]' is too long. Maximum length is 128.
  104: fact("syntax"), // ORDER BY items must appear in the select list if the statement contains a UNION.
  105: fact("syntax"), // Unclosed quotation mark after the character string '[x]'.
  109: fact("syntax"), // There are more columns in the INSERT statement than values specified.
  110: fact("syntax"), // There are fewer columns in the INSERT statement than values specified.
  113: fact("syntax"), // Missing end comment mark '*/'.
  145: fact("syntax"), // ORDER BY items must appear in the select list if SELECT DISTINCT is specified.
  153: fact("syntax"), // Invalid usage of the option [NEXT] in the [FETCH] statement.
  156: fact("syntax"), // Incorrect syntax near the keyword '[x]'.
  170: fact("syntax"), // Line [n]: Incorrect syntax near '[x]'.
  178: fact("syntax"), // A RETURN statement with a return value cannot be used in this context.
  213: fact("syntax"), // Column name or number of supplied values does not match table definition.
  319: fact("syntax"), // Incorrect syntax near the keyword 'with'. The previous statement must be terminated with a semicolon.
  334: fact("unsupported"), // The target table '[name]' cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO.
  33557097: fact("unsupported"), // '[what]' is not currently supported in Babelfish
  1033: fact("syntax"), // The ORDER BY clause is invalid in views and derived tables, unless TOP or OFFSET is also specified.
  4145: fact("syntax"), // An expression of non-boolean type specified in a context where a condition is expected.
  8120: fact("syntax"), // Column '[name]' is invalid in the select list because it is not contained in an aggregate function or GROUP BY.
  10713: fact("syntax"), // A MERGE statement must be terminated by a semi-colon (;).
  10738: fact("resource"), // The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000.
  10741: fact("syntax"), // A TOP can not be used in the same query or sub-query as a OFFSET.
  // Parameters.
  137: fact("parameter"), // Must declare the scalar variable "[@x]".
  201: fact("parameter"), // Procedure or function '[name]' expects parameter '[@x]', which was not supplied.
  8003: fact("parameter"), // The incoming request has too many parameters. The server supports a maximum of 2100.
  8144: fact("parameter"), // Procedure or function [name] has too many arguments specified.
  8145: fact("parameter"), // [@x] is not a parameter for procedure [name].
  8146: fact("parameter"), // Procedure [name] has no parameters and arguments were supplied.
  8178: fact("parameter"), // The parameterized query '[x]' expects the parameter '[@x]', which was not supplied.
  206: fact("value"), // Operand type clash: [int] is incompatible with [date].
  257: fact("value"), // Implicit conversion from data type [nvarchar] to [varbinary] is not allowed. Use the CONVERT function.
  // What is not there.
  207: fact("undefined-object"), // Invalid column name '[name]'.
  208: fact("undefined-object"), // Invalid object name '[name]'.
  195: fact("undefined-object"), // '[name]' is not a recognized built-in function name.
  911: fact("undefined-object"), // Database '[name]' does not exist.
  1088: fact("undefined-object"), // Cannot find the object "[name]" because it does not exist or you do not have permissions.
  2812: fact("undefined-object"), // Could not find stored procedure '[name]'.
  3701: fact("undefined-object"), // Cannot drop the [table] '[name]', because it does not exist or you do not have permission.
  4121: fact("undefined-object"), // Cannot find either column "[x]" or the user-defined function or aggregate "[x]".
  4902: fact("undefined-object"), // Cannot find the object "[name]" because it does not exist or you do not have permissions.
  15151: fact("undefined-object"), // Cannot find the object '[name]', because it does not exist or you do not have permission.
  2715: fact("undefined-object"), // Column, parameter, or variable #[n]: Cannot find data type [name].
  2760: fact("undefined-object"), // The specified schema name "[name]" either does not exist or you do not have permission to use it.
  // Rights.
  229: fact("permission"), // The [SELECT] permission was denied on the object '[name]'.
  230: fact("permission"), // The [SELECT] permission was denied on the column '[name]'.
  262: fact("permission"), // [CREATE TABLE] permission denied in database '[name]'.
  300: fact("permission"), // [VIEW SERVER STATE] permission was denied on object 'server'.
  916: fact("permission"), // The server principal "[name]" is not able to access the database "[name]" under the current security context.
  297: fact("permission"), // The user does not have permission to perform this action.
  3906: fact("read-only"), // Failed to update database "[name]" because the database is read-only.
  3908: fact("read-only"), // Could not run BEGIN TRANSACTION in database '[name]' because the database is in emergency mode.
  // Resources.
  701: fact("resource"), // There is insufficient system memory in resource pool '[name]' to run this query.
  802: fact("resource"), // There is insufficient memory available in the buffer pool.
  1101: fact("resource"), // Could not allocate a new page for database '[name]' because of insufficient disk space.
  1105: fact("resource"), // Could not allocate space for object '[name]' because the '[name]' filegroup is full.
  8623: fact("resource"), // The query processor ran out of internal resources and could not produce a query plan.
  8645: fact("resource"), // A timeout occurred while waiting for memory resources to execute the query.
  8651: fact("resource"), // Could not perform the operation because the requested memory grant was not available.
  9002: fact("resource"), // The transaction log for database '[name]' is full.
  40544: fact("resource"), // The database '[name]' has reached its size quota.
  // The server ends what it does, or the connection.
  596: { kind: "lost", fatal: true }, // Cannot continue the execution because the session is in the kill state.
  6005: { kind: "lost", fatal: true }, // SHUTDOWN is in progress.
  40197: { kind: "lost", again: true, fatal: true }, // The service has encountered an error processing your request. Please try again.
  40143: { kind: "lost", again: true, fatal: true }, // The service has encountered an error processing your request. Please try again.
  40501: { kind: "resource", again: true }, // The service is currently busy. Retry the request after 10 seconds.
  49918: { kind: "resource", again: true }, // Cannot process request. Not enough resources to process request.
  49919: { kind: "resource", again: true }, // Cannot process create or update request. Too many operations in progress.
  49920: { kind: "resource", again: true }, // Cannot process request. Too many operations in progress.
  10929: { kind: "resource", again: true }, // Resource ID: [n]. The server is currently too busy to support requests greater than [n].
};

/** Errors by which the server refuses a login. Everything else that happens while connecting counts as "refused". */
export const loginNumbers: Readonly<Record<number, ErrorKind>> = {
  18456: "auth", // Login failed for user '[name]'.
  18452: "auth", // Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.
  18450: "auth", // Login failed for login '[name]'. Reason: Not defined as a valid user of a trusted SQL Server connection.
  18470: "auth", // Login failed for user '[name]'. Reason: The account is disabled.
  18486: "auth", // Login failed for user '[name]' because the account is currently locked out.
  18487: "auth", // Login failed for user '[name]'. Reason: The password of the account has expired.
  18488: "auth", // Login failed for user '[name]'. Reason: The password of the account must be changed.
  40532: "auth", // Cannot open server "[name]" requested by the login. The login failed.
  40615: "auth", // Cannot open server '[name]' requested by the login. Client with IP address '[x]' is not allowed to access the server.
  4060: "unknown-database", // Cannot open database "[name]" requested by the login. The login failed.
  4064: "unknown-database", // Cannot open user default database. Login failed.
  10928: "too-many-connections", // Resource ID: [n]. The [session] limit for the database is [n] and has been reached.
  17809: "too-many-connections", // Could not connect because the maximum number of '[n]' user connections has already been reached.
  10936: "too-many-connections", // Resource ID: [n]. The request limit for the elastic pool is [n] and has been reached.
};
