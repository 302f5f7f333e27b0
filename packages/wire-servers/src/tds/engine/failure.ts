import type { BackingResult } from "../../shared/postgres-session.ts";
import { lengthCheckPrefix } from "../tsql/emit-definition.ts";
import { writtenIdentifier } from "../tsql/identifier.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

/** What PostgreSQL says when a statement fails. */
interface BackingFailure extends Error {
  readonly code: string;
  readonly detail?: string;
  readonly table?: string;
  readonly schema?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly dataType?: string;
}

/** What is known of the statement that failed. */
export interface FailurePlace {
  /** `"INSERT"`, `"UPDATE"`, ... */
  readonly command: string;
  readonly database: string;
  readonly isolation: string;
  /** Asks the catalogue; the session must not be in a failed transaction. */
  readonly ask: (text: string, values: readonly string[]) => Promise<BackingResult>;
}

/** The names in a message, as somebody wrote them: PostgreSQL knows them in another form. */
function named(name: string | null | undefined): string {
  return writtenIdentifier(name ?? "");
}

/** A name of several parts, as somebody wrote it. */
function objectName(name: string): string {
  return name.split(".").map(writtenIdentifier).join(".");
}

/** Whether an error came from PostgreSQL. */
export function isBackingFailure(error: unknown): error is BackingFailure {
  return error instanceof Error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code)) && "severity" in error;
}

/** SQL Server's error for one of PostgreSQL. What has no counterpart becomes a refusal, never a plausible error. */
export async function toSqlServerError(error: BackingFailure, place: FailurePlace): Promise<SqlServerError> {
  const cause = error;
  const table = `${error.schema ?? "dbo"}.${named(error.table)}`;
  switch (error.code) {
    case "MSERR": {
      const [, number = "50000", text = ""] = /^(\d+):(.*)$/s.exec(error.message) ?? [];
      const reach = number === "241" || number === "235" ? "transaction" : "statement";
      return new SqlServerError(Number(number), text, { reach, cause });
    }
    case "23505":
      return duplicateKey(error, place, table);
    case "23503":
      return referenceConflict(error, place);
    case "23514":
      return checkConflict(error, place, table);
    case "23502": {
      const where = `column '${named(error.column)}', table '${place.database}.${table}'`;
      const text = `Cannot insert the value NULL into ${where}; column does not allow nulls. ${place.command} fails.`;
      return new SqlServerError(515, text, { state: 2, cause });
    }
    case "22001":
      return new SqlServerError(8152, "String or binary data would be truncated.", { state: 13, cause });
    case "22003": {
      const [, type = "numeric"] = /(smallint|integer|bigint|numeric)/.exec(error.message) ?? [];
      const name = type === "integer" ? "int" : type;
      return new SqlServerError(8115, `Arithmetic overflow error converting expression to data type ${name}.`, {
        state: 2,
        cause,
      });
    }
    case "22012":
      return new SqlServerError(8134, "Divide by zero error encountered.", { cause });
    case "22P02":
    case "22007":
    case "22008":
      return conversionFailure(error);
    case "42P01": {
      const [, name = ""] = /"([^"]*)"/.exec(error.message) ?? [];
      if (place.command === "DROP") return droppedNothing("table", name, cause);
      return new SqlServerError(208, `Invalid object name '${objectName(name)}'.`, { reach: "batch", cause });
    }
    case "3F000":
      return invalidSchema(error, place);
    case "42704": {
      const [, kind = "object", name = ""] = /(\w+) "([^"]*)"/.exec(error.message) ?? [];
      if (place.command === "DROP") return droppedNothing(kind, name, cause);
      break;
    }
    case "42703": {
      const [, name = ""] = /column (?:\w+\.)*"?([^" ]*)"? /.exec(error.message) ?? [];
      return new SqlServerError(207, `Invalid column name '${named(name)}'.`, { reach: "batch", cause });
    }
    case "42702": {
      const [, name = ""] = /"([^"]*)"/.exec(error.message) ?? [];
      return new SqlServerError(209, `Ambiguous column name '${named(name)}'.`, { reach: "batch", cause });
    }
    case "42P07":
    case "42710": {
      const [, name = ""] = /"([^"]*)"/.exec(error.message) ?? [];
      const text = `There is already an object named '${named(name)}' in the database.`;
      return new SqlServerError(2714, text, { state: 6, reach: "batch", cause });
    }
    case "428C9": {
      if (place.command === "UPDATE")
        return new SqlServerError(8102, "Cannot update identity column.", { reach: "batch", cause });
      const text = `Cannot insert explicit value for identity column in table '${named(error.table)}' when IDENTITY_INSERT is set to OFF.`;
      return new SqlServerError(544, text, { cause });
    }
    case "42601": {
      const text = error.message.includes("more expressions than target")
        ? "There are fewer columns in the INSERT statement than values specified in the VALUES clause."
        : "There are more columns in the INSERT statement than values specified in the VALUES clause.";
      if (/INSERT has more/.test(error.message)) {
        return new SqlServerError(error.message.includes("expressions") ? 110 : 109, text, {
          severity: 15,
          reach: "batch",
          cause,
        });
      }
      break;
    }
    case "42804": {
      const [, to = "", from = ""] = /is of type (.+) but expression is of type (.+)$/.exec(error.message) ?? [];
      if (to === "" || from === "") break;
      const text = `Implicit conversion from data type ${sqlName(from)} to ${sqlName(to)} is not allowed. Use the CONVERT function to run this query.`;
      return new SqlServerError(257, text, { state: 3, reach: "batch", cause });
    }
    case "21000":
      return severalRows(error);
    case "40P01":
      return deadlock(cause);
    case "40001":
      return place.isolation === "snapshot" ? snapshotConflict(table, place, cause) : deadlock(cause);
    case "55P03":
      return new SqlServerError(1222, "Lock request time out period exceeded.", { state: 51, cause });
    case "42501":
      return new SqlServerError(229, `The ${place.command} permission was denied on the object.`, {
        severity: 14,
        state: 5,
        cause,
      });
    default:
  }
  return new NotUnderstoodError(`PostgreSQL said ${error.code}: ${error.message}`, cause);
}

async function duplicateKey(error: BackingFailure, place: FailurePlace, table: string): Promise<SqlServerError> {
  const [, value = ""] = /=\((.*)\) already exists/s.exec(error.detail ?? "") ?? [];
  const name = error.constraint ?? "";
  const { rows } = await place.ask(
    "SELECT contype FROM pg_constraint WHERE conname = $1::name AND connamespace = to_regnamespace($2::text)",
    [name, error.schema ?? "dbo"],
  );
  const kind = rows[0]?.[0];
  const facts = { severity: 14, cause: error };
  if (kind === undefined) {
    const text = `Cannot insert duplicate key row in object '${table}' with unique index '${named(name)}'. The duplicate key value is (${value}).`;
    return new SqlServerError(2601, text, facts);
  }
  const words = kind === "p" ? "PRIMARY KEY" : "UNIQUE KEY";
  const text = `Violation of ${words} constraint '${named(name)}'. Cannot insert duplicate key in object '${table}'. The duplicate key value is (${value}).`;
  return new SqlServerError(2627, text, facts);
}

async function referenceConflict(error: BackingFailure, place: FailurePlace): Promise<SqlServerError> {
  const referenced = error.message.startsWith("update or delete");
  const name = error.constraint ?? "";
  const { rows } = await place.ask(
    `SELECT coalesce(child.relname, ''), coalesce(parent.relname, ''), coalesce(a.attname, ''), coalesce(b.attname, '') FROM pg_constraint c
      JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.conname = $1::name`,
    [name],
  );
  const [child = "", parent = "", childColumn = "", parentColumn = ""] = rows[0] ?? [];
  const [table, column] = referenced ? [child, childColumn] : [parent, parentColumn];
  const kind = referenced ? "REFERENCE" : "FOREIGN KEY";
  const text = `The ${place.command} statement conflicted with the ${kind} constraint "${named(name)}". The conflict occurred in database "${place.database}", table "dbo.${named(table)}", column '${named(column)}'.`;
  return new SqlServerError(547, text, { cause: error });
}

async function checkConflict(error: BackingFailure, place: FailurePlace, table: string): Promise<SqlServerError> {
  const name = error.constraint ?? "";
  if (name === "mssql_tinyint") {
    return new SqlServerError(220, "Arithmetic overflow error for data type tinyint.", { state: 2, cause: error });
  }
  if (name.startsWith(lengthCheckPrefix)) {
    return new SqlServerError(8152, "String or binary data would be truncated.", { state: 13, cause: error });
  }
  const { rows } = await place.ask(
    "SELECT a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.conname = $1::name AND cardinality(c.conkey) = 1",
    [name],
  );
  const column = rows[0]?.[0];
  const where = `database "${place.database}", table "${table}"${column ? `, column '${named(column)}'` : ""}`;
  const text = `The ${place.command} statement conflicted with the CHECK constraint "${named(name)}". The conflict occurred in ${where}.`;
  return new SqlServerError(547, text, { cause: error });
}

function conversionFailure(error: BackingFailure): SqlServerError {
  const [, type = "", value = ""] = /for (?:input )?(?:type )?([a-z ]+): "(.*)"/s.exec(error.message) ?? [];
  const facts = { reach: "transaction", cause: error } as const;
  // Real SQL Server makes 0 of it, or a day of 1900.
  if (value === "" && type !== "uuid" && type !== "numeric")
    throw new NotUnderstoodError("an empty text as a number or a date", error);
  if (type === "uuid") {
    const text = "Conversion failed when converting from a character string to uniqueidentifier.";
    return new SqlServerError(8169, text, { ...facts, state: 2 });
  }
  if (type === "date" || error.code !== "22P02") {
    return new SqlServerError(241, "Conversion failed when converting date and/or time from character string.", facts);
  }
  if (type === "numeric" || type === "double precision" || type === "real") {
    const name = type === "double precision" ? "float" : type;
    return new SqlServerError(8114, `Error converting data type nvarchar to ${name}.`, { ...facts, state: 5 });
  }
  const name = type === "integer" ? "int" : type === "boolean" ? "bit" : type;
  return new SqlServerError(
    245,
    `Conversion failed when converting the nvarchar value '${value}' to data type ${name}.`,
    facts,
  );
}

/** SQL Server's word for a type of PostgreSQL. */
function sqlName(type: string): string {
  const words: Readonly<Record<string, string>> = {
    "character varying": "nvarchar",
    text: "nvarchar(max)",
    bytea: "varbinary(max)",
    integer: "int",
    boolean: "bit",
    "double precision": "float",
    uuid: "uniqueidentifier",
  };
  return words[type] ?? type.replace(/^mssql\./, "");
}

function severalRows(error: BackingFailure): SqlServerError {
  if (error.message.startsWith("MERGE command cannot affect row a second time")) {
    const text =
      "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.";
    return new SqlServerError(8672, text, { cause: error });
  }
  const text =
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.";
  return new SqlServerError(512, text, { cause: error });
}

function invalidSchema(error: BackingFailure, place: FailurePlace): SqlServerError {
  const [, name = ""] = /"([^"]*)"/.exec(error.message) ?? [];
  if (place.command === "CREATE") {
    const text = `The specified schema name "${name}" either does not exist or you do not have permission to use it.`;
    return new SqlServerError(2760, text, { reach: "batch", cause: error });
  }
  if (place.command === "DROP") return droppedNothing("schema", name, error);
  return new SqlServerError(208, `Invalid object name '${objectName(name)}'.`, { reach: "batch", cause: error });
}

/** The transaction of this session was chosen as a deadlock's victim. */
function deadlock(cause: Error): SqlServerError {
  const text =
    "Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.";
  return new SqlServerError(1205, text, { severity: 13, state: 51, reach: "transaction", cause });
}

function snapshotConflict(table: string, place: FailurePlace, cause: Error): SqlServerError {
  const text = `Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '${table}' directly or indirectly in database '${place.database}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.`;
  return new SqlServerError(3960, text, { state: 2, reach: "transaction", cause });
}

function droppedNothing(kind: string, name: string, cause: Error): SqlServerError {
  const text = `Cannot drop the ${kind} '${objectName(name)}', because it does not exist or you do not have permission.`;
  return new SqlServerError(3701, text, { severity: 11, state: 5, cause });
}
