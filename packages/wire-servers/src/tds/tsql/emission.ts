import type { BackingValue } from "../../shared/backing-cursor.ts";
import { NotUnderstoodError, SqlServerError } from "../engine/sql-server-error.ts";
import { maxLength, type SqlType } from "../types/sql-type.ts";
import type { Name } from "./ast.ts";
import { backingIdentifier } from "./identifier.ts";

/** A value with its type. */
export interface TypedValue {
  readonly type: SqlType;
  readonly value: BackingValue;
}

/** What a statement can refer to besides tables. */
export interface EmissionContext {
  /** The value of `@name` or `@@name`; `undefined` when it is not declared. */
  variable(name: string): TypedValue | undefined;
  /** Variables that are not declared become parameters whose type PostgreSQL infers. */
  readonly acceptsUndeclared?: boolean;
  /** `inserted` and `deleted` are tables, not the rows of OUTPUT. */
  readonly inTrigger?: boolean;
  /** The database of the session. */
  readonly database: string;
}

/** Collects the parameters of one statement while it is written for PostgreSQL. */
export class Emission {
  readonly context: EmissionContext;
  readonly values: BackingValue[] = [];
  /** The variables that nobody declared, with the numbers of their parameters. */
  readonly undeclared: { readonly name: string; readonly place: number }[] = [];
  readonly #places = new Map<string, string>();
  /** Tables to lock before the statement, for HOLDLOCK. */
  readonly lockedTables = new Set<string>();

  constructor(context: EmissionContext) {
    this.context = context;
  }

  /** A variable's value as a parameter of its type. @throws SqlServerError 137. */
  variable(name: string): string {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const found = this.context.acceptsUndeclared ? this.context.variable(name) : this.variableValue(name);
    this.values.push(found?.value ?? null);
    if (found === undefined) this.undeclared.push({ name, place: this.values.length });
    const place = `$${this.values.length}${found === undefined ? "" : `::${backingType(found.type)}`}`;
    this.#places.set(name, place);
    return place;
  }

  /** @throws SqlServerError 137 when there is no such variable. */
  variableValue(name: string): TypedValue {
    const found = this.context.variable(name);
    if (found !== undefined) return found;
    throw new SqlServerError(137, `Must declare the scalar variable "${name}".`, {
      severity: 15,
      state: 2,
      reach: "batch",
    });
  }
}

/** An identifier of T-SQL for PostgreSQL. */
export function quote(identifier: string): string {
  return `"${backingIdentifier(identifier).replaceAll('"', '""')}"`;
}

/** A string literal of PostgreSQL. */
export function quoteText(text: string): string {
  const escaped = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${escaped.replaceAll("\\", "\\\\")}'` : `'${escaped}'`;
}

/** Whether a name is that of a temporary table. */
export function isTemporary(name: Name): boolean {
  return name.at(-1)?.startsWith("#") === true;
}

/** The name of an object of the database. */
export function emitName(name: Name, context: Pick<EmissionContext, "database">): string {
  const last = name.at(-1) ?? "";
  if (isTemporary(name)) {
    if (last.startsWith("##")) throw new NotUnderstoodError("a global temporary table");
    return quote(last);
  }
  if (name.length === 3) {
    const [database = "", schema = "", object = ""] = name;
    if (database.toLowerCase() !== context.database.toLowerCase()) {
      throw new NotUnderstoodError(`another database: ${database}`);
    }
    return `${quote(schema === "" ? "dbo" : schema)}.${quote(object)}`;
  }
  return name.map((part) => quote(part)).join(".");
}

/** The type of PostgreSQL that stands for a type of SQL Server; the `mssql` schema is made by `backingSchema`. */
export function backingType(type: SqlType): string {
  switch (type.name) {
    case "bit":
      return "boolean";
    case "tinyint":
      return "mssql.tinyint";
    case "smallint":
      return "int2";
    case "int":
      return "int4";
    case "bigint":
      return "int8";
    case "decimal":
    case "numeric":
      return `numeric(${type.precision},${type.scale})`;
    case "money":
      return "numeric(19,4)";
    case "smallmoney":
      return "numeric(10,4)";
    case "real":
      return "float4";
    case "float":
      return "float8";
    case "date":
      return "date";
    case "time":
    case "datetime2":
    case "datetimeoffset":
      return `mssql."${type.name}"(${(type.scale ?? 7) + 1})`;
    case "datetime":
      return "mssql.datetime2(20)";
    case "smalldatetime":
      return "mssql.datetime2(21)";
    case "char":
    case "nchar":
      return `char(${type.length ?? 1})`;
    case "varchar":
    case "nvarchar":
      return type.length === maxLength ? "text" : `varchar(${type.length ?? 1})`;
    case "binary":
      return `mssql."binary"`;
    case "varbinary":
      return "bytea";
    case "uniqueidentifier":
      return "uuid";
  }
}
