import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import { maxLength, plain, type SqlType, sqlType } from "../types/sql-type.ts";

/** How a call was written, beside its arguments. */
export interface CallShape {
  readonly star: boolean;
  readonly distinct: boolean;
  /** ` OVER (...)` or nothing. */
  readonly over: string;
  /** The order of WITHIN GROUP, or nothing. */
  readonly within: string;
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

function offsetFunction(target: string): TsqlFunction {
  return { emit: (values, { over }) => `${target}(${values.join(", ")})${over}`, type: ([type]) => type, window: true };
}

function count(target: string, type: SqlType): TsqlFunction {
  return {
    emit: ([value = "*"], { star, distinct, over }) =>
      `(count(${star ? "*" : `${distinct ? "DISTINCT " : ""}${value}`})${over})::${target}`,
    type: () => type,
    window: true,
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
const datetime2 = sqlType("datetime2", [7]);
const datetimeoffset = sqlType("datetimeoffset", [7]);
const text: SqlType = { name: "nvarchar", length: 4000 };
const longText: SqlType = { name: "nvarchar", length: maxLength };

/** The functions that the server knows, by their lower-case names. Those of the `mssql` schema are made by `backingSchema`. */
export const functions: Readonly<Record<string, TsqlFunction>> = {
  // Aggregates.
  count: count("int4", plain("int")),
  count_big: count("int8", plain("bigint")),
  sum: aggregate("mssql.sum"),
  avg: aggregate("mssql.avg"),
  min: aggregate("min"),
  max: aggregate("max"),
  string_agg: {
    emit: ([value = "", separator = ""], { within }) =>
      `string_agg((${value})::text, ${separator}${within === "" ? "" : ` ORDER BY ${within}`})`,
    type: () => longText,
  },
  // Windows.
  row_number: ranking("row_number"),
  rank: ranking("rank"),
  dense_rank: ranking("dense_rank"),
  ntile: ranking("ntile"),
  lag: offsetFunction("lag"),
  lead: offsetFunction("lead"),
  first_value: offsetFunction("first_value"),
  last_value: offsetFunction("last_value"),
  // Text.
  len: simple("mssql.len", 1, 1, plain("int")),
  datalength: simple("mssql.datalength", 1, 1, plain("int")),
  lower: simple("lower", 1),
  upper: simple("upper", 1),
  ltrim: simple("ltrim", 1),
  rtrim: simple("rtrim", 1),
  trim: simple("btrim", 1),
  reverse: simple("reverse", 1),
  replace: simple("replace", 3),
  replicate: simple("repeat", 2),
  space: { emit: ([value = ""]) => `repeat(' ', ${value})`, type: () => text },
  left: simple('pg_catalog."left"', 2),
  right: simple('pg_catalog."right"', 2),
  substring: simple("mssql.part", 3),
  charindex: simple("mssql.charindex", 2, 3, plain("int")),
  concat: { emit: (values) => `concat(${values.join(", ")})` },
  concat_ws: { emit: (values) => `concat_ws(${values.join(", ")})` },
  ascii: simple("ascii", 1, 1, plain("int")),
  char: { emit: ([value = ""]) => `chr(${value})`, type: () => ({ name: "varchar", length: 1 }) },
  nchar: { emit: ([value = ""]) => `chr(${value})`, type: () => ({ name: "nvarchar", length: 1 }) },
  unicode: simple("ascii", 1, 1, plain("int")),
  quotename: {
    emit: ([value = ""]) => `('[' || replace(${value}, ']', ']]') || ']')`,
    type: () => ({ name: "nvarchar", length: 258 }),
  },
  // Numbers.
  abs: simple("abs", 1),
  ceiling: simple("ceil", 1),
  floor: simple("floor", 1),
  sign: simple("sign", 1),
  round: simple("round", 2),
  sqrt: { emit: ([value = ""]) => `sqrt((${value})::float8)`, type: () => plain("float") },
  // Choice.
  coalesce: {
    emit: (values) => `coalesce(${values.join(", ")})`,
    type: (types) => types.find((it) => it !== undefined),
  },
  isnull: { emit: ([value = "", other = ""]) => `coalesce(${value}, ${other})`, type: ([type]) => type },
  nullif: { emit: ([value = "", other = ""]) => `nullif(${value}, ${other})`, type: ([type]) => type },
  iif: {
    emit: ([condition = "", yes = "", no = ""]) => `(CASE WHEN ${condition} THEN ${yes} ELSE ${no} END)`,
    type: ([, yes, no]) => yes ?? no,
  },
  // Moments.
  getdate: { emit: () => "mssql.now_utc()::mssql.datetime2(20)", type: () => plain("datetime") },
  getutcdate: { emit: () => "mssql.now_utc()::mssql.datetime2(20)", type: () => plain("datetime") },
  sysdatetime: { emit: () => "mssql.now_utc()", type: () => datetime2 },
  sysutcdatetime: { emit: () => "mssql.now_utc()", type: () => datetime2 },
  sysdatetimeoffset: { emit: () => "mssql.now_utc()::mssql.datetimeoffset", type: () => datetimeoffset },
  dateadd: simple("mssql.dateadd", 3),
  datediff: { emit: (values) => `mssql.datediff(${values.join(", ")})::int4`, type: () => plain("int") },
  datediff_big: { emit: (values) => `mssql.datediff(${values.join(", ")})`, type: () => plain("bigint") },
  datepart: simple("mssql.datepart", 2, 2, plain("int")),
  year: { emit: ([value = ""]) => `mssql.datepart('year', ${value})`, type: () => plain("int") },
  month: { emit: ([value = ""]) => `mssql.datepart('month', ${value})`, type: () => plain("int") },
  day: { emit: ([value = ""]) => `mssql.datepart('day', ${value})`, type: () => plain("int") },
  // The session and its objects.
  newid: { emit: () => "gen_random_uuid()", type: () => plain("uniqueidentifier") },
  scope_identity: { emit: () => "mssql.last_identity()", type: () => sqlType("numeric", [38, 0]) },
  db_name: fact("database", systemName),
  schema_name: fact("schema", systemName),
  suser_sname: fact("login", systemName),
  original_login: fact("login", systemName),
  app_name: fact("application", systemName),
  host_name: fact("host", systemName),
  xact_state: fact("xact_state", plain("smallint")),
  error_number: fact("error_number", plain("int")),
  error_message: fact("error_message", text),
  error_severity: fact("error_severity", plain("int")),
  error_state: fact("error_state", plain("int")),
  error_line: fact("error_line", plain("int")),
  applock_mode: simple("mssql.applock_mode", 3, 3, text),
  applock_test: simple("mssql.applock_test", 4, 4, plain("int")),
  object_id: simple("mssql.object_id", 1, 2, plain("int")),
  session_context: keyedFact("context", text),
  serverproperty: keyedFact("property", text),
};
