import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import { oneType, plain, type SqlType, sqlType } from "../types/sql-type.ts";

/** How a call was written, beside its arguments. */
export interface CallShape {
  readonly star: boolean;
  readonly distinct: boolean;
  /** ` OVER (...)` or nothing. */
  readonly over: string;
  readonly types: readonly (SqlType | undefined)[];
  /** The arguments that are text literals. */
  readonly literals: readonly (string | undefined)[];
  /** A fact of the session, which the engine knows. */
  readonly fact: (name: string) => string;
}

/** A function of T-SQL. */
export interface TsqlFunction {
  readonly emit: (values: readonly string[], shape: CallShape) => string;
  /** The type of its result, where it is certain. */
  readonly type?: (argumentTypes: readonly (SqlType | undefined)[]) => SqlType | undefined;
  /** May be written with OVER. */
  readonly window?: boolean;
}

function simple(target: string, minimum: number, maximum = minimum, type?: SqlType): TsqlFunction {
  return {
    emit: (values, shape) => {
      if (shape.star || shape.distinct || values.length < minimum || values.length > maximum) {
        throw new NotUnderstoodError(`this way to call ${target}`);
      }
      return `${target}(${values.join(", ")})`;
    },
    ...(type === undefined ? {} : { type: () => type }),
  };
}

function aggregate(target: string, type?: SqlType): TsqlFunction {
  return {
    emit: ([value = ""], { distinct, over }) => `${target}(${distinct ? "DISTINCT " : ""}${value})${over}`,
    ...(type === undefined ? {} : { type: () => type }),
    window: true,
  };
}

function ranking(target: string): TsqlFunction {
  return {
    emit: (values, { over }) => {
      if (over === "") throw new NotUnderstoodError(`${target} without OVER`);
      return `${target}(${values.join(", ")})${over}`;
    },
    type: () => plain("bigint"),
    window: true,
  };
}

function count(target: string, type: SqlType): TsqlFunction {
  return {
    emit: ([value = "*"], { star, distinct, over }) =>
      `(count(${star ? "*" : `${distinct ? "DISTINCT " : ""}${value}`})${over})::${target}`,
    type: () => type,
    window: true,
  };
}

/** A function that gives one of its arguments, which have to be of one type. */
function choice(target: string): TsqlFunction {
  return {
    emit: (values, { types }) => {
      oneType(types);
      return `${target}(${values.join(", ")})`;
    },
    type: oneType,
  };
}

/** A function without arguments that tells something about the session. */
function fact(name: string, type: SqlType): TsqlFunction {
  return {
    emit: (values, shape) => {
      if (values.length > 0) throw new NotUnderstoodError(`${name} with arguments`);
      return shape.fact(name);
    },
    type: () => type,
  };
}

/** A function that tells something about the session by a name. */
function keyedFact(name: string, type: SqlType): TsqlFunction {
  return {
    emit: (_, { literals: [key], fact: tell }) => {
      if (key === undefined) throw new NotUnderstoodError(`${name} of anything but a literal`);
      return tell(`${name}:${key}`);
    },
    type: () => type,
  };
}

const systemName: SqlType = { name: "nvarchar", length: 128 };
const text: SqlType = { name: "nvarchar", length: 4000 };

/** The functions that the server knows, by their lower-case names. Those of the `mssql` schema are made by `backingSchema`. */
export const functions: Readonly<Record<string, TsqlFunction>> = {
  // Aggregates.
  count: count("int4", plain("int")),
  count_big: count("int8", plain("bigint")),
  sum: aggregate("mssql.sum"),
  min: aggregate("min"),
  max: aggregate("max"),
  // Windows.
  row_number: ranking("row_number"),
  // Text.
  len: simple("mssql.len", 1, 1, plain("int")),
  lower: simple("lower", 1),
  upper: simple("upper", 1),
  replace: simple("replace", 3),
  charindex: simple("mssql.charindex", 2, 3, plain("int")),
  // Choice.
  coalesce: choice("coalesce"),
  isnull: choice("coalesce"),
  nullif: choice("nullif"),
  // Moments.
  sysutcdatetime: { emit: () => "mssql.now_utc()", type: () => sqlType("datetime2", [7]) },
  sysdatetimeoffset: {
    emit: () => "mssql.now_utc()::mssql.datetimeoffset",
    type: () => sqlType("datetimeoffset", [7]),
  },
  // A word without parentheses.
  current_timestamp: { emit: () => "mssql.now_utc()::mssql.datetime2(20)", type: () => plain("datetime") },
  // The session and its objects.
  scope_identity: { emit: () => "mssql.last_identity()", type: () => sqlType("numeric", [38, 0]) },
  db_name: fact("database", systemName),
  app_name: fact("application", systemName),
  host_name: fact("host", systemName),
  xact_state: fact("xact_state", plain("smallint")),
  error_number: fact("error_number", plain("int")),
  error_message: fact("error_message", text),
  applock_mode: simple("mssql.applock_mode", 3, 3, text),
  object_id: simple("mssql.object_id", 1, 2, plain("int")),
  schema_id: simple("mssql.schema_id", 0, 1, plain("int")),
  session_context: keyedFact("context", text),
};
