import type { ErrorKind } from "@nsj/mdb-core";
import { fact, type NumberFacts } from "./number-facts.ts";
import { mistakesOfTexts } from "./text-numbers.ts";

/**
 * Errors of SQL Server by their number, with what the vendor's words say (in brackets what it inserts): those of `sys.messages` from 1 to 10 000 that a user's
 * statement can raise, and some above. The same mistake has the kind that it has on PostgreSQL.
 *
 * @see https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 */
export const sqlNumbers: Readonly<Record<number, NumberFacts>> = {
  ...mistakesOfTexts,
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
  168: fact("value"), // The floating point value '[x]' is out of the range of computer representation.
  203: fact("syntax"), // The name '[x]' is not a valid identifier.
  210: fact("value"), // Conversion failed when converting datetime from binary/varbinary string.
  235: fact("value"), // Cannot convert a char value to money. The char value has incorrect syntax.
  236: fact("value"), // The conversion from char data type to money resulted in a money overflow error.
  237: fact("value"), // There is insufficient result space to convert a money value to [name].
  234: fact("value"), // There is insufficient result space to convert a money value to [name].
  238: fact("value"), // There is insufficient result space to convert the [name] value (= [n]) to the money data type.
  281: fact("value"), // [n] is not a valid style number when converting from [name] to a character string.
  293: fact("value"), // Cannot convert char value to smallmoney. The char value has incorrect syntax.
  294: fact("value"), // The conversion from char data type to smallmoney data type resulted in a smallmoney overflow error.
  289: fact("value"), // Cannot construct data type [name], some of the arguments have values which are not valid.
  298: fact("value"), // The conversion from datetime data type to smalldatetime resulted in a smalldatetime overflow error.
  409: fact("undefined-object"), // The [x] operator or function cannot take a [name] data type as an argument.
  512: fact("value"), // Subquery returned more than 1 value.
  518: fact("syntax"), // Cannot convert data type [name] to [name].
  529: fact("syntax"), // Explicit conversion from data type [name] to [name] is not allowed.
  530: fact("resource"), // The statement terminated. The maximum recursion [n] has been exhausted before statement completion.
  536: fact("value"), // Invalid length parameter passed to the [SUBSTRING] function.
  537: fact("value"), // Invalid length parameter passed to the LEFT or SUBSTRING function.
  542: fact("value"), // An invalid datetime value was encountered. Value exceeds year 9999.
  1014: fact("value"), // A TOP or FETCH clause contains an invalid value.
  1060: fact("value"), // The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.
  3606: fact("value"), // Arithmetic overflow occurred.
  3607: fact("value"), // Division by zero occurred.
  3623: fact("value"), // An invalid floating point operation occurred.
  4867: fact("value"), // Bulk load data conversion error (overflow).
  6908: fact("value"), // XML Validation: Invalid content.
  6926: fact("value"), // XML Validation: Invalid simple type value.
  8170: fact("value"), // Insufficient result space to convert uniqueidentifier value to char.
  8672: fact("value"), // The MERGE statement attempted to UPDATE or DELETE the same row more than once.
  9400: fact("value"), // XML parsing: line [n], character [n], unexpected end of input. 9402 to 9460 are its neighbours.
  9402: fact("value"), // XML parsing: unable to switch the encoding.
  9413: fact("value"), // XML parsing: A string literal was expected.
  9420: fact("value"), // XML parsing: illegal xml character.
  9436: fact("value"), // XML parsing: end tag does not match start tag.
  9819: fact("value"), // Conversion failed when converting the [x] value to data type [name].
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
  601: { kind: "serialization", again: true }, // Could not continue scan with NOLOCK due to data movement.
  1211: { kind: "deadlock", again: true }, // Process ID [n] was chosen as the deadlock victim with P_BACKOUT bit set.
  3957: { kind: "serialization", again: true }, // Snapshot isolation transaction failed: the recovery of the database was not finished when it began.
  3966: { kind: "serialization", again: true }, // Transaction is rolled back when accessing version store.
  41839: { kind: "serialization", again: true }, // Transaction exceeded the maximum number of commit dependencies.
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
  3616: fact("transaction-aborted"), // An error was raised during trigger execution. The batch has been aborted and the user transaction rolled back.
  3915: fact("transaction-aborted"), // Cannot use the ROLLBACK statement within an INSERT-EXEC statement.
  3916: fact("transaction-aborted"), // Cannot use the COMMIT statement within an INSERT-EXEC statement unless BEGIN TRANSACTION is used first.
  3932: fact("transaction-aborted"), // The save point name "[name]" that was provided is too long.
  6401: fact("transaction-aborted"), // Cannot roll back [name]. No transaction or savepoint of that name was found.
  3952: fact("unsupported"), // Snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow it.
  3951: fact("unsupported"), // The transaction did not start in snapshot isolation level.
  // Rights.
  229: fact("permission"), // The [SELECT] permission was denied on the object '[name]'.
  230: fact("permission"), // The [SELECT] permission was denied on the column '[name]'.
  262: fact("permission"), // [CREATE TABLE] permission denied in database '[name]'.
  300: fact("permission"), // [VIEW SERVER STATE] permission was denied on object 'server'.
  916: fact("permission"), // The server principal "[name]" is not able to access the database "[name]" under the current security context.
  297: fact("permission"), // The user does not have permission to perform this action.
  2571: fact("permission"), // User '[name]' does not have permission to run DBCC [x].
  4834: fact("permission"), // You do not have permission to use the bulk load statement.
  6102: fact("permission"), // User does not have permission to use the KILL statement.
  15247: fact("permission"), // User does not have permission to perform this action.
  3906: fact("read-only"), // Failed to update database "[name]" because the database is read-only.
  3908: fact("read-only"), // Could not run BEGIN TRANSACTION in database '[name]' because the database is in emergency mode.
  // Resources.
  701: fact("resource"), // There is insufficient system memory in resource pool '[name]' to run this query.
  802: fact("resource"), // There is insufficient memory available in the buffer pool.
  1101: fact("resource"), // Could not allocate a new page for database '[name]' because of insufficient disk space.
  1105: fact("resource"), // Could not allocate space for object '[name]' because the '[name]' filegroup is full.
  823: { kind: "resource", fatal: true }, // The operating system returned error [n] to SQL Server during a [read].
  824: { kind: "resource", fatal: true }, // SQL Server detected a logical consistency-based I/O error.
  8628: fact("resource"), // A time out occurred while waiting to optimize the query. Rerun the query.
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
  911: "unknown-database", // Database '[name]' does not exist. Make sure that the name is entered correctly.
  4064: "unknown-database", // Cannot open user default database. Login failed.
  10928: "too-many-connections", // Resource ID: [n]. The [session] limit for the database is [n] and has been reached.
  17809: "too-many-connections", // Could not connect because the maximum number of '[n]' user connections has already been reached.
  10936: "too-many-connections", // Resource ID: [n]. The request limit for the elastic pool is [n] and has been reached.
};
