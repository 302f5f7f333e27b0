import { InterruptedError } from "../../shared/interruption.ts";
import { notUnderstood, OracleError, refusalNumber } from "./oracle-error.ts";
import { byteOffset, tokenize } from "./sql/lexer.ts";
import { originalName } from "./sql/names.ts";

/** What is known of the statement that failed. */
export interface FailedStatement {
  /** Oracle's text, to find the position; empty where there is none. */
  readonly text: string;
  /** `INSERT`, `UPDATE`, ...: decides between numbers that Oracle tells apart by it. */
  readonly verb: string;
  readonly schema: string;
}

/** The fields of pg's `DatabaseError` that this server looks at. */
interface BackingError extends Error {
  readonly code?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/**
 * Turns an error of PostgreSQL into the one that Oracle gives. What has no counterpart is an error of this server and comes back as it is, so
 * that a test cannot take it for an answer.
 */
export function oracleErrorFrom(error: unknown, statement: FailedStatement): unknown {
  if (error instanceof OracleError || !(error instanceof Error)) return error;
  if (error instanceof InterruptedError) return cancelled();
  const { code, message, table = "", column = "", constraint = "" } = error as BackingError;
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const path = `"${statement.schema}"."${originalName(table)}"."${originalName(column)}"`;
  const constraintPath = `(${statement.schema}.${originalName(constraint)})`;
  switch (code) {
    case "ORA00": {
      const [, number, words = ""] = /^ORA-(\d+): ([\s\S]*)$/.exec(message) ?? [];
      return Number(number) === refusalNumber ? notUnderstood(words) : new OracleError(Number(number), words);
    }
    case "23505":
      return new OracleError(1, `unique constraint ${constraintPath} violated`);
    case "23503":
      return message.startsWith("insert or update")
        ? new OracleError(2291, `integrity constraint ${constraintPath} violated - parent key not found`)
        : new OracleError(2292, `integrity constraint ${constraintPath} violated - child record found`);
    case "23502":
      return statement.verb === "UPDATE"
        ? new OracleError(1407, `cannot update (${path}) to NULL`)
        : new OracleError(1400, `cannot insert NULL into (${path})`);
    case "23514":
      return checkViolation(originalName(constraint), constraintPath, statement.schema, originalName(table)) ?? error;
    case "22001":
      return new OracleError(12899, "value too large for column (actual: more, maximum: less)");
    case "22003":
      return /field overflow/.test(message)
        ? new OracleError(1438, "value larger than specified precision allowed for this column")
        : new OracleError(1426, "numeric overflow");
    case "22012":
      return new OracleError(1476, "divisor is equal to zero");
    case "22P02":
      return new OracleError(
        /type (ora\.|timestamp|date)/.test(message) ? 1861 : 1722,
        /type (ora\.|timestamp|date)/.test(message) ? "literal does not match format string" : "invalid number",
      );
    case "22007":
      return new OracleError(1861, "literal does not match format string");
    case "22008":
      return new OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0");
    case "2201E":
    case "2201F":
      return new OracleError(1428, "argument is out of range");
    case "22023":
      return new OracleError(1760, "illegal argument for function");
    case "40001":
      return new OracleError(8177, "can't serialize access for this transaction");
    case "40P01":
      return new OracleError(60, "deadlock detected while waiting for resource");
    case "55P03":
      return new OracleError(54, "resource busy and acquire with NOWAIT specified or timeout expired");
    case "57014":
      return cancelled();
    case "0A000":
      return /^FOR UPDATE is not allowed/.test(message)
        ? new OracleError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")
        : error;
    case "25006":
      return new OracleError(1456, "may not perform insert, delete, update operation inside a READ ONLY transaction");
    case "21000":
      return statement.verb === "MERGE"
        ? new OracleError(30926, "unable to get a stable set of rows in the source tables")
        : new OracleError(1427, "single-row subquery returns more than one row");
    case "55000":
      return new OracleError(8002, `sequence ${nameIn(message)}.CURRVAL is not yet defined in this session`);
    case "53100":
      return new OracleError(1653, "unable to extend table in tablespace USERS");
    default:
      return objectError(code, message, statement) ?? error;
  }
}

/** What a call ends with that the client has interrupted. */
export function cancelled(): OracleError {
  return new OracleError(1013, "user requested cancel of current operation");
}

function checkViolation(name: string, path: string, schema: string, table: string): OracleError | undefined {
  const [, maximum, column] = /^ORA-12899 (\d+) ([\s\S]*)$/.exec(name) ?? [];
  if (maximum !== undefined) {
    return new OracleError(
      12899,
      `value too large for column "${schema}"."${table}"."${column}" (actual: more, maximum: ${maximum})`,
    );
  }
  if (name.startsWith("ORA-40441 ")) return new OracleError(40441, "JSON syntax error");
  return name.startsWith("not empty ") ? undefined : new OracleError(2290, `check constraint ${path} violated`);
}

/** Errors about what a statement names. */
function objectError(code: string, message: string, statement: FailedStatement): OracleError | undefined {
  const name = nameIn(message);
  const at = (number: number, words: string) => new OracleError(number, words, positionOf(statement.text, name));
  switch (code) {
    case "42P01":
      if (message.startsWith("missing FROM-clause") || message.startsWith("invalid reference"))
        return at(904, `"${name}": invalid identifier`);
      if (new RegExp(`${escaped(name)}"?\\s*\\.\\s*"?(NEXTVAL|CURRVAL)`, "i").test(statement.text))
        return at(2289, "sequence does not exist");
      if (/^\s*(drop|alter)\s+sequence/i.test(statement.text)) return at(2289, "sequence does not exist");
      return at(942, "table or view does not exist");
    case "42703":
      return at(904, `"${name}": invalid identifier`);
    case "42883":
      return message.startsWith("function")
        ? at(904, `"${name}": invalid identifier`)
        : at(932, "inconsistent datatypes");
    case "42804":
    case "42846":
      return at(932, "inconsistent datatypes");
    case "42702":
      return at(918, "column ambiguously defined");
    case "42803":
      return /\bgroup\s+by\b/i.test(statement.text)
        ? at(979, "not a GROUP BY expression")
        : at(937, "not a single-group group function");
    case "42P07":
    case "42710":
      return at(955, "name is already used by an existing object");
    case "42701":
      return at(957, "duplicate column name");
    case "42704":
      return /index/i.test(message)
        ? at(1418, "specified index does not exist")
        : at(2443, "Cannot drop constraint - nonexistent constraint");
    case "42601":
      return /more expressions than target/.test(message)
        ? at(913, "too many values")
        : /more target columns/.test(message)
          ? at(947, "not enough values")
          : /UNION|INTERSECT|EXCEPT/.test(message)
            ? at(1789, "query block has incorrect number of result columns")
            : notUnderstood(
                `this statement, which became wrong in translation (${message}): ${statement.text.slice(0, 300)}`,
              );
    case "2BP01":
      return at(2449, "unique/primary keys in table referenced by foreign keys");
    case "42P10":
      return at(1785, "ORDER BY item must be the number of a SELECT-list expression");
    case "42611":
    case "42P16":
      return at(2260, "table can have only one primary key");
    case "42830":
      return at(2270, "no matching unique or primary key for this column-list");
    case "42809":
      return at(942, "table or view does not exist");
    case "42501":
      return at(1031, "insufficient privileges");
    case "3F000":
      return at(1435, "user does not exist");
    default:
      return undefined;
  }
}

/** The name that a message of PostgreSQL speaks of, which it shows in quotes or in front of an argument list. */
function nameIn(message: string): string {
  const [, path = ""] =
    /(?:relation|column|function|sequence|table|schema|for table|constraint|index) ((?:"(?:[^"]|"")*"|[^\s"(])+)/.exec(
      message,
    ) ?? [];
  const parts = path.match(/"(?:[^"]|"")*"|[^.]+/g) ?? [];
  const last = (parts.at(-1) ?? "").replace(/^"|"$/g, "").replaceAll('""', '"');
  // A relation with its schema comes as "SCHEMA.NAME", in quotes as a whole.
  return originalName(/relation "/.test(message) ? (last.split(".").at(-1) ?? "") : last);
}

function positionOf(text: string, name: string): number {
  try {
    const token = tokenize(text).find((it) => it.value === name && (it.kind === "word" || it.kind === "quoted"));
    return token === undefined ? 0 : byteOffset(text, token.start);
  } catch {
    return 0;
  }
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
