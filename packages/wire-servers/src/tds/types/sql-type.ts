import { NotUnderstoodError } from "../engine/sql-server-error.ts";

/** The data types of SQL Server that the server knows, by their names in T-SQL. */
export const sqlTypeNames = [
  "bit",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "decimal",
  "numeric",
  "money",
  "smallmoney",
  "real",
  "float",
  "date",
  "time",
  "datetime2",
  "datetimeoffset",
  "datetime",
  "smalldatetime",
  "char",
  "varchar",
  "nchar",
  "nvarchar",
  "binary",
  "varbinary",
  "uniqueidentifier",
] as const;

/** The name of a data type. */
export type SqlTypeName = (typeof sqlTypeNames)[number];

/** Stands for `(max)`. */
export const maxLength = -1;

/** A data type with its facets. */
export interface SqlType {
  readonly name: SqlTypeName;
  /** Characters or bytes, of strings and binaries; {@link maxLength} for `(max)`. */
  readonly length?: number;
  /** Of `decimal` and `numeric`. */
  readonly precision?: number;
  /** Of `decimal` and `numeric`, and the fraction digits of `time`, `datetime2` and `datetimeoffset`. */
  readonly scale?: number;
}

/** A type that is written with nothing in parentheses and meant so: `int`, not `nvarchar`. */
export function plain(name: SqlTypeName): SqlType {
  return { name };
}

/**
 * A type by its name and the numbers in its parentheses, with SQL Server's defaults for those left out. `undefined` when there is no
 * such type, or the numbers do not fit it. `lengthWhenOmitted` is 1 in a declaration and 30 in CAST and CONVERT.
 */
export function sqlType(name: string, facets: readonly number[] = [], lengthWhenOmitted = 1): SqlType | undefined {
  const [first, second] = facets;
  switch (name) {
    case "sysname":
      return facets.length === 0 ? { name: "nvarchar", length: 128 } : undefined;
    case "integer":
      return facets.length === 0 ? plain("int") : undefined;
    case "dec":
      return sqlType("decimal", facets);
    case "decimal":
    case "numeric": {
      const precision = first ?? 18;
      const scale = second ?? 0;
      const fits = facets.length <= 2 && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
      return fits ? { name, precision, scale } : undefined;
    }
    case "float":
      if (facets.length > 1 || (first !== undefined && (first < 1 || first > 53))) return undefined;
      return plain(first !== undefined && first <= 24 ? "real" : "float");
    case "time":
    case "datetime2":
    case "datetimeoffset": {
      const scale = first ?? 7;
      return facets.length <= 1 && scale >= 0 && scale <= 7 ? { name, scale } : undefined;
    }
    case "char":
    case "binary":
    case "varchar":
    case "varbinary":
    case "nchar":
    case "nvarchar": {
      const length = first ?? lengthWhenOmitted;
      const longest = name.startsWith("n") ? 4000 : 8000;
      const max = length === maxLength && name.includes("var");
      return facets.length <= 1 && (max || (length >= 1 && length <= longest)) ? { name, length } : undefined;
    }
    default: {
      const known = sqlTypeNames.find((it) => it === name);
      return known !== undefined && facets.length === 0 ? plain(known) : undefined;
    }
  }
}

/** The type as it is written in T-SQL, every facet spelled out. */
export function typeText(type: SqlType): string {
  switch (type.name) {
    case "decimal":
    case "numeric":
      return `${type.name}(${type.precision},${type.scale})`;
    case "time":
    case "datetime2":
    case "datetimeoffset":
      return `${type.name}(${type.scale})`;
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
    case "binary":
    case "varbinary":
      return `${type.name}(${type.length === maxLength ? "max" : type.length})`;
    default:
      return type.name;
  }
}

/** Reads what {@link typeText} writes; throws on anything else. */
export function parseTypeText(text: string): SqlType {
  const [, name, facets] = /^\s*([a-z0-9]+)\s*(?:\(\s*([^)]*)\))?\s*$/i.exec(text) ?? [];
  const numbers = (facets?.split(",") ?? []).map((it) => (/^\s*max\s*$/i.test(it) ? maxLength : Number(it)));
  const type = name === undefined ? undefined : sqlType(name.toLowerCase(), numbers);
  if (type === undefined) throw new RangeError(`no such type of SQL Server: ${text}`);
  return type;
}

/** Whether values of the type are text. */
export function isText(type: SqlType | undefined): boolean {
  return type !== undefined && ["char", "varchar", "nchar", "nvarchar"].includes(type.name);
}

/**
 * The type of values of which one is chosen, by CASE and its like. Real SQL Server takes the one that ranks highest; mixed ones are refused here.
 */
export function oneType(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const known = types.filter((it) => it !== undefined);
  const families = new Set(known.map((it) => (isText(it) ? "text" : it.name)));
  if (families.size > 1) throw new NotUnderstoodError(`a choice between ${[...families].join(" and ")}`);
  return known[0];
}
