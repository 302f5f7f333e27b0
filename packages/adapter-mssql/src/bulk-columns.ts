import type { BulkTarget, ParameterValue } from "@nsj/mdb-core";
import { quoteIdentifier, quoteName } from "./dialect.ts";
import { dateType, decimalType, momentType, moneyType, oldMomentType } from "./exact-types.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { NativeColumn, NativeFacets, NativeType } from "./native.ts";
import { ResultSets } from "./result-sets.ts";
import type { ParameterTypes } from "./values.ts";

/** A column that is loaded: its type on the server, and how a value becomes one of it. */
export interface LoadedColumn {
  readonly name: string;
  readonly type: NativeType;
  readonly facets: NativeFacets;
  readonly convert: (value: ParameterValue) => unknown;
}

/** What is loaded, and whether a NULL is to stay one. */
interface LoadedColumns {
  readonly columns: readonly LoadedColumn[];
  readonly keepNulls: boolean;
}

/**
 * Asks the table what its columns are. KEEP_NULLS keeps a NULL where its column has a default, but the documents do not say what it does to columns that are not
 * loaded: https://learn.microsoft.com/sql/relational-databases/import-export/keep-nulls-or-use-default-values-during-bulk-import-sql-server. So it is asked for
 * only where no other column has a default; where both have one, a NULL for a column with a default is refused.
 */
export async function loadedColumns(link: Link, types: ParameterTypes, target: BulkTarget): Promise<LoadedColumns> {
  let found: readonly NativeColumn[] | undefined;
  let sets: ResultSets | undefined;
  const list = target.columns.map(quoteIdentifier).join(", ");
  const table = quoteName(target.table);
  await link.request(`SELECT TOP (0) ${list} FROM ${table}; ${defaultsOf(target.table)}`, "execSqlBatch", (request) => {
    sets = new ResultSets(request);
    request.on("columnMetadata", (columns) => {
      found ??= columns;
    });
  });
  const names = target.columns.map((it) => it.toLowerCase());
  const withDefault = sets?.chain(false).next?.rows.map(([name]) => String(name).toLowerCase()) ?? [];
  const othersHaveDefaults = withDefault.some((it) => !names.includes(it));
  const columns = (found ?? []).map((column, index) => {
    const loaded = describe(link, types, target.columns[index] ?? column.colName, column);
    const mayBeReplaced = othersHaveDefaults && withDefault.includes(loaded.name.toLowerCase());
    return mayBeReplaced ? withoutNull(loaded) : loaded;
  });
  return { columns, keepNulls: !othersHaveDefaults };
}

/** A query for the columns of a table that have a default. */
function defaultsOf(table: readonly string[]): string {
  const isTemporary = table.at(-1)?.startsWith("#") === true;
  const database = isTemporary ? "tempdb" : table.length > 2 ? (table.at(-3) ?? "") : "";
  const where = database === "" ? "" : `${quoteIdentifier(database)}.`;
  const name = isTemporary ? `tempdb..${quoteIdentifier(table.at(-1) ?? "")}` : quoteName(table);
  return `SELECT name FROM ${where}sys.columns WHERE object_id = OBJECT_ID(N'${name.replaceAll("'", "''")}') AND default_object_id <> 0`;
}

function withoutNull(column: LoadedColumn): LoadedColumn {
  const convert = (value: ParameterValue) => {
    if (value !== null) return column.convert(value);
    const words = `a bulk load would replace a NULL in "${column.name}" by the column's default; load every column that has one, or insert such rows`;
    throw refusal("unsupported", words);
  };
  return { ...column, convert };
}

function describe(link: Link, types: ParameterTypes, name: string, column: NativeColumn): LoadedColumn {
  // The driver has no KEEP_IDENTITY, without which the server drops the values and makes its own: [MS-TDS] 2.2.7.4, fIdentity.
  if ((column.flags & 0x10) !== 0) {
    throw refusal(
      "unsupported",
      `column "${name}" is an identity, and a bulk load would give it other values; leave it out`,
    );
  }
  const { type, facets, convert } = loadedType(link, types, column);
  return { name, type, facets: { ...facets, nullable: (column.flags & 0x01) !== 0 }, convert };
}

function loadedType(link: Link, types: ParameterTypes, column: NativeColumn): Omit<LoadedColumn, "name"> {
  const { name } = column.type;
  const { dataLength = 0, precision = 18, scale = 0 } = column;
  const { TYPES } = link.tedious;
  // `hint` is the name by which a value is converted.
  const native = (key: string, hint: string, facets: NativeFacets = {}): Omit<LoadedColumn, "name"> => {
    const type = TYPES[key];
    if (type === undefined) throw refusal("unsupported", `the installed driver has no type ${key}`);
    return { type, facets, convert: (value) => types.typed(value, { type: hint }).value };
  };
  const exact = (type: NativeType): Omit<LoadedColumn, "name"> => ({
    type,
    facets: {},
    convert: (value) => type.validate(value),
  });
  switch (`${name}${["IntN", "FloatN", "MoneyN", "DateTimeN"].includes(name) ? dataLength : ""}`) {
    case "TinyInt":
    case "IntN1":
      return native("TinyInt", "tinyint");
    case "SmallInt":
    case "IntN2":
      return native("SmallInt", "smallint");
    case "Int":
    case "IntN4":
      return native("Int", "int");
    case "BigInt":
    case "IntN8":
      return native("BigInt", "bigint");
    case "Bit":
    case "BitN":
      return native("Bit", "bit");
    case "Real":
    case "FloatN4":
      return native("Real", "real");
    case "Float":
    case "FloatN8":
      return native("Float", "float");
    case "DecimalN":
    case "NumericN":
      return exact(decimalType(precision, scale, name === "DecimalN" ? "decimal" : "numeric"));
    case "Money":
    case "MoneyN8":
      return exact(moneyType("money"));
    case "SmallMoney":
    case "MoneyN4":
      return exact(moneyType("smallmoney"));
    case "Date":
      return exact(dateType);
    case "Time":
    case "DateTime2":
    case "DateTimeOffset":
      return exact(momentType(name.toLowerCase() as "time" | "datetime2" | "datetimeoffset", scale));
    case "DateTime":
    case "DateTimeN8":
      return exact(oldMomentType("datetime"));
    case "SmallDateTime":
    case "DateTimeN4":
      return exact(oldMomentType("smalldatetime"));
    case "UniqueIdentifier":
      return native("UniqueIdentifier", "uniqueidentifier");
    case "NVarChar":
    case "NChar":
      return native(name, "nvarchar", { length: dataLength === 0xffff ? 0xffff : dataLength / 2 });
    case "VarChar":
    case "Char": {
      const column = native(name, "nvarchar", { length: dataLength });
      return { ...column, convert: (value) => encodable(column.convert(value), column.type, link) };
    }
    case "VarBinary":
    case "Binary":
      return native(name, "varbinary", { length: dataLength });
    default:
      throw refusal("unsupported", `a column of the driver's type ${name} cannot be loaded in bulk`);
  }
}

/**
 * A text for a column of a code page. The driver encodes it in the database's, with a question mark for what that lacks.
 *
 * @throws DriverFault of kind `value` when it would do so; no byte of a longer character is one in any code page
 */
function encodable(text: unknown, type: NativeType, link: Link): unknown {
  if (typeof text !== "string" || /^[\x20-\x7e\s]*$/.test(text)) return text;
  const bytes = type.validate(text, link.native.databaseCollation) as Buffer;
  if (countOf(0x3f, bytes) === text.split("?").length - 1) return text;
  throw refusal("value", "a text has characters that the database's code page lacks; insert such rows instead");
}

function countOf(wanted: number, bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === wanted) count += 1;
  return count;
}
