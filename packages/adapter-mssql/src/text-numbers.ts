import { fact, type NumberFacts } from "./number-facts.ts";

/** What is wrong with a text: its syntax, its clauses, its parameters, the names in it. A part of the table in `sql-numbers.ts`. */
export const mistakesOfTexts: Readonly<Record<number, NumberFacts>> = {
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
  101: fact("syntax"), // Query not allowed in Waitfor.
  106: fact("syntax"), // Too many table names in the query.
  107: fact("syntax"), // The column prefix '[x]' does not match with a table name or alias name used in the query.
  108: fact("syntax"), // The ORDER BY position number [n] is out of range of the number of items in the select list.
  111: fact("syntax"), // '[CREATE VIEW]' must be the first statement in a query batch.
  112: fact("syntax"), // Variables are not allowed in the [x] statement.
  114: fact("syntax"), // Browse mode is invalid for a statement that assigns values to a variable.
  116: fact("syntax"), // Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.
  117: fact("syntax"), // The [object] name '[x]' contains more than the maximum number of prefixes.
  119: fact("syntax"), // Must pass parameter number [n] and subsequent parameters as '@name = value'.
  120: fact("syntax"), // The select list for the INSERT statement contains fewer items than the insert list.
  121: fact("syntax"), // The select list for the INSERT statement contains more items than the insert list.
  124: fact("syntax"), // CREATE PROCEDURE contains no statements.
  127: fact("value"), // A TOP N or FETCH rowcount value may not be negative.
  128: fact("syntax"), // The name "[x]" is not permitted in this context.
  130: fact("syntax"), // Cannot perform an aggregate function on an expression containing an aggregate or a subquery.
  131: fact("syntax"), // The size ([n]) given to the [column] '[x]' exceeds the maximum allowed for any data type.
  132: fact("syntax"), // The label '[x]' has already been declared.
  133: fact("syntax"), // A GOTO statement references the label '[x]' but the label has not been declared.
  134: fact("syntax"), // The variable name '[@x]' has already been declared.
  135: fact("syntax"), // Cannot use a BREAK statement outside the scope of a WHILE statement.
  136: fact("syntax"), // Cannot use a CONTINUE statement outside the scope of a WHILE statement.
  139: fact("syntax"), // Cannot assign a default value to a local variable.
  141: fact("syntax"), // A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.
  142: fact("syntax"), // Incorrect syntax for definition of the '[x]' constraint.
  144: fact("syntax"), // Cannot use an aggregate or a subquery in an expression used for the group by list.
  147: fact("syntax"), // An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause.
  148: fact("syntax"), // Incorrect time syntax in time string '[x]' used with WAITFOR.
  154: fact("syntax"), // [x] is not allowed in [y].
  155: fact("syntax"), // '[x]' is not a recognized [option].
  157: fact("syntax"), // An aggregate may not appear in the set list of an UPDATE statement.
  158: fact("syntax"), // An aggregate may not appear in the OUTPUT clause.
  160: fact("syntax"), // Rule does not contain a variable.
  164: fact("syntax"), // Each GROUP BY expression must contain at least one column that is not an outer reference.
  166: fact("syntax"), // '[CREATE VIEW]' does not allow specifying the database name as a prefix to the object name.
  169: fact("syntax"), // A column has been specified more than once in the order by list.
  174: fact("undefined-object"), // The [name] function requires [n] argument(s).
  180: fact("syntax"), // There are too many parameters in this [x] statement.
  181: fact("syntax"), // Cannot use the OUTPUT option in a DECLARE, CREATE AGGREGATE or CREATE FUNCTION statement.
  183: fact("syntax"), // The scale ([n]) for column '[x]' must be within the range [n] to [n].
  189: fact("undefined-object"), // The [name] function requires [n] to [n] arguments.
  191: fact("resource"), // Some part of your SQL statement is nested too deeply.
  193: fact("syntax"), // The object or column name starting with '[x]' is too long.
  198: fact("syntax"), // Browse mode is invalid for statements containing a UNION, INTERSECT or EXCEPT operator.
  199: fact("syntax"), // An INSERT statement cannot contain a SELECT statement that assigns values to a variable.
  205: fact("syntax"), // All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions.
  209: fact("syntax"), // Ambiguous column name '[name]'.
  214: fact("parameter"), // Procedure expects parameter '[@x]' of type '[name]'.
  215: fact("parameter"), // Parameters supplied for object '[name]' which is not a function.
  217: fact("resource"), // Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).
  218: fact("undefined-object"), // Could not find the type '[name]'. Either it does not exist or you do not have the necessary permission.
  243: fact("undefined-object"), // Type [name] is not a defined system type.
  252: fact("syntax"), // Recursive common table expression '[name]' does not contain a top-level UNION ALL operator.
  253: fact("syntax"), // Recursive member of a common table expression '[name]' has multiple recursive references.
  258: fact("syntax"), // Cannot call methods on [name].
  260: fact("value"), // Disallowed implicit conversion from data type [name] to data type [name], table '[name]', column '[name]'.
  264: fact("syntax"), // The column name '[name]' is specified more than once in the SET clause or column list of an INSERT.
  270: fact("syntax"), // Object '[name]' cannot be modified.
  271: fact("value"), // The column "[name]" cannot be modified because it is either a computed column or is the result of a UNION operator.
  272: fact("value"), // Cannot update a timestamp column.
  273: fact("value"), // Cannot insert an explicit value into a timestamp column.
  306: fact("syntax"), // The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.
  313: fact("parameter"), // An insufficient number of arguments were supplied for the procedure or function [name].
  336: fact("syntax"), // Incorrect syntax near '[x]'. If this is intended to be a common table expression, terminate the previous statement.
  343: fact("undefined-object"), // Unknown object type '[x]' used in a CREATE, DROP, or ALTER statement.
  402: fact("undefined-object"), // The data types [name] and [name] are incompatible in the [x] operator.
  403: fact("undefined-object"), // Invalid operator for data type. Operator equals [x], type equals [name].
  408: fact("syntax"), // A constant expression was encountered in the ORDER BY list, position [n].
  420: fact("syntax"), // The text, ntext, and image data types cannot be used in an ORDER BY clause.
  421: fact("syntax"), // The [name] data type cannot be selected as DISTINCT because it is not comparable.
  422: fact("syntax"), // Common table expression defined but not used.
  444: fact("syntax"), // Select statements included within a function cannot return data to a client.
  446: fact("syntax"), // Cannot resolve collation conflict for [x] operation.
  447: fact("syntax"), // Expression type [name] is invalid for COLLATE clause.
  448: fact("undefined-object"), // Invalid collation '[name]'.
  451: fact("syntax"), // Cannot resolve collation conflict between "[x]" and "[y]" in [z] operator.
  457: fact("syntax"), // Implicit conversion of [name] value to [name] cannot be performed because of a collation conflict.
  468: fact("syntax"), // Cannot resolve the collation conflict between "[x]" and "[y]" in the [=] operation.
  8102: fact("value"), // Cannot update identity column '[name]'.
  8101: fact("value"), // An explicit value for the identity column can only be specified when a column list is used and IDENTITY_INSERT is ON.
  8106: fact("syntax"), // Table '[name]' does not have the identity property. Cannot perform SET operation.
  8116: fact("undefined-object"), // Argument data type [name] is invalid for argument [n] of [name] function.
  8117: fact("undefined-object"), // Operand data type [name] is invalid for [sum] operator.
  8118: fact("syntax"), // Column is invalid in the select list because there is no GROUP BY clause.
  8121: fact("syntax"), // Column '[name]' is invalid in the HAVING clause.
  8124: fact("syntax"), // Multiple columns are specified in an aggregated expression containing an outer reference.
  8127: fact("syntax"), // Column "[name]" is invalid in the ORDER BY clause: neither an aggregate nor in the GROUP BY clause.
  8133: fact("syntax"), // At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.
  8154: fact("syntax"), // The table '[name]' is ambiguous.
  8155: fact("syntax"), // No column name was specified for column [n] of '[name]'.
  8156: fact("syntax"), // The column '[name]' was specified multiple times for '[name]'.
  8158: fact("syntax"), // '[name]' has more columns than were specified in the column list.
  8159: fact("syntax"), // '[name]' has fewer columns than were specified in the column list.
  8111: fact("syntax"), // Cannot define PRIMARY KEY constraint on nullable column in table '[name]'.
  8141: fact("syntax"), // Column CHECK constraint for column '[name]' references another column.
  8148: fact("syntax"), // More than one column [x] constraint specified for column '[name]'.
  8180: fact("syntax"), // Statement(s) could not be prepared.
  8622: fact("unsupported"), // Query processor could not produce a query plan because of the hints defined in this query.
  8624: fact("resource"), // Internal Query Processor Error: The query processor could not produce a query plan.
  8631: fact("resource"), // Internal error: Server stack limit has been reached.
  8632: fact("resource"), // Internal error: An expression services limit has been reached.
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
  8047: fact("parameter"), // The parameter was not specified in the parameter list of sp_executesql.
  8162: fact("parameter"), // The formal parameter "[@x]" was not declared as an OUTPUT parameter.
  8179: fact("parameter"), // Could not find prepared statement with handle [n].
  1087: fact("parameter"), // Must declare the table variable "[@x]".
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
  202: fact("syntax"), // Invalid type '[name]' for WAITFOR.
  1911: fact("undefined-object"), // Column name '[name]' does not exist in the target table or view.
  1767: fact("undefined-object"), // Foreign key '[name]' references invalid table '[name]'.
  1769: fact("undefined-object"), // Foreign key '[name]' references invalid column '[name]' in referencing table.
  1770: fact("undefined-object"), // Foreign key '[name]' references invalid column '[name]' in referenced table.
  308: fact("undefined-object"), // Index '[name]' on table '[name]' (specified in the FROM clause) does not exist.
  3704: fact("permission"), // User does not have permission to perform this operation on [x] '[name]'.
  3728: fact("undefined-object"), // '[name]' is not a constraint.
  4104: fact("undefined-object"), // The multi-part identifier "[x]" could not be bound.
  4922: fact("other"), // ALTER TABLE [x] failed because one or more objects access this column.
  4924: fact("undefined-object"), // ALTER TABLE [x] failed because column '[name]' does not exist in table '[name]'.
  5074: fact("other"), // The [object] '[name]' is dependent on [column] '[name]'.
  7202: fact("undefined-object"), // Could not find server '[name]' in sys.servers.
  15009: fact("undefined-object"), // The object '[name]' does not exist in database '[name]' or is invalid for this operation.
  // What is there already, or twice.
  1011: fact("syntax"), // The correlation name '[name]' is specified multiple times in a FROM clause.
  1012: fact("syntax"), // The correlation name '[name]' has the same exposed name as table '[name]'.
  1013: fact("syntax"), // The objects "[x]" and "[y]" in the FROM clause have the same exposed names.
  2705: fact("syntax"), // Column names in each table must be unique. Column name '[name]' is specified more than once.
  // Definitions and clauses.
  1018: fact("syntax"), // Incorrect syntax near '[x]'. If this is intended as a part of a table hint, a WITH keyword and parenthesis are required.
  1015: fact("syntax"), // An aggregate cannot appear in an ON clause unless it is in a subquery.
  1016: fact("syntax"), // Outer join operators cannot be specified in a query containing joined tables.
  1023: fact("syntax"), // Invalid parameter [n] specified for [name].
  1035: fact("syntax"), // Incorrect syntax near '[x]', expected '[y]'.
  1038: fact("syntax"), // An object or column name is missing or empty.
  1046: fact("syntax"), // Subqueries are not allowed in this context. Only scalar expressions are allowed.
  1047: fact("syntax"), // Conflicting locking hints specified.
  1048: fact("syntax"), // Conflicting cursor options [x] and [y].
  1054: fact("syntax"), // Syntax '[x]' is not allowed in schema-bound objects.
  1065: fact("syntax"), // The NOLOCK and READUNCOMMITTED lock hints are not allowed for target tables of INSERT, UPDATE, DELETE or MERGE.
  1779: fact("other"), // Table '[name]' already has a primary key defined on it.
  1785: fact("unsupported"), // Introducing FOREIGN KEY constraint '[name]' may cause cycles or multiple cascade paths.
  1776: fact("syntax"), // There are no primary or candidate keys in the referenced table that match the referencing column list.
  1778: fact("syntax"), // Column '[name]' is not the same data type as referencing column in foreign key '[name]'.
  1701: fact("resource"), // Creating or altering table '[name]' failed because the minimum row size would be [n].
  511: fact("resource"), // Cannot create a row of size [n] which is greater than the allowable maximum row size of [n].
  1946: fact("resource"), // Operation failed. The index entry of length [n] bytes for the index '[name]' exceeds the maximum length.
  2714: fact("other"), // There is already an object named '[name]' in the database.
  2716: fact("syntax"), // Column, parameter, or variable #[n]: Cannot specify a column width on data type [name].
  2717: fact("syntax"), // The size ([n]) given to the [parameter] '[x]' exceeds the maximum allowed ([n]).
  2749: fact("syntax"), // Identity column '[name]' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0.
  2744: fact("syntax"), // Multiple identity columns specified for table '[name]'. Only one identity column per table is allowed.
  4108: fact("syntax"), // Windowed functions can only appear in the SELECT or ORDER BY clauses.
  4109: fact("syntax"), // Windowed functions cannot be used in the context of another windowed function or aggregate.
  4112: fact("syntax"), // The function '[name]' must have an OVER clause with ORDER BY.
  4113: fact("syntax"), // The function '[name]' is not a valid windowing function, and cannot be used with the OVER clause.
  4115: fact("syntax"), // The reference to column "[name]" is not allowed in an argument to a TOP, OFFSET, or FETCH clause.
  4120: fact("syntax"), // A user-defined function name cannot be prefixed with a database name in this context.
  4186: fact("syntax"), // Column '[name]' cannot be referenced in the OUTPUT clause because it is not a column of the target.
  4405: fact("unsupported"), // View or function '[name]' is not updatable because the modification affects multiple base tables.
  4406: fact("unsupported"), // Update or insert of view or function '[name]' failed because it contains a derived or constant field.
  4413: fact("undefined-object"), // Could not use view or function '[name]' because of binding errors.
  4416: fact("unsupported"), // UNION ALL view '[name]' is not updatable because the definition contains a disallowed construct.
  4502: fact("syntax"), // View or function '[name]' has more column names specified than columns defined.
  4506: fact("syntax"), // Column names in each view or function must be unique.
  4511: fact("syntax"), // Create View or Function failed because no column name was specified for column [n].
  4901: fact("not-null"), // ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT.
  4928: fact("unsupported"), // Cannot alter column '[name]' because it is '[x]'.
  5324: fact("syntax"), // In a MERGE statement, a 'WHEN MATCHED' clause with a search condition cannot appear after one without.
  6106: fact("undefined-object"), // Process ID [n] is not an active process ID.
  6819: fact("syntax"), // The FOR XML clause is not allowed in a [x] statement.
  10702: fact("syntax"), // The WITH CUBE and WITH ROLLUP options are not permitted with ROLLUP, CUBE, or GROUPING SETS.
  10709: fact("syntax"), // The number of columns for each row in a table value constructor must be the same.
  10742: fact("value"), // The offset specified in a OFFSET clause may not be negative.
  10743: fact("syntax"), // The number of rows provided for a FETCH clause must be an integer.
  10744: fact("value"), // The number of rows provided for a FETCH clause must be greater then zero.
};
