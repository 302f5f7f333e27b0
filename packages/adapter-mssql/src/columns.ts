import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import { decimalOfDouble } from "./decimals.ts";
import type { NativeColumn } from "./native.ts";

/** A column of a result: what core is told, and how its values become canonical. */
export interface Column {
  readonly info: ColumnInfo;
  /** `undefined` where the driver's value is canonical already. `null` never gets here. */
  readonly decode: ((value: unknown) => unknown) | undefined;
}

interface TypeFacts {
  readonly type: LogicalType;
  readonly databaseType: string;
  readonly decode?: (value: unknown, column: NativeColumn) => unknown;
}

/** Describes the columns of a result. */
export function describeColumns(columns: readonly NativeColumn[]): readonly Column[] {
  return columns.map((column) => {
    const facts = factsOf(column);
    const { decode } = facts;
    const isDecimal = facts.type === "decimal" && column.precision !== undefined;
    const info: ColumnInfo = {
      name: column.colName,
      databaseType: facts.databaseType,
      type: facts.type,
      // The lowest flag says that the column can be NULL: [MS-TDS] 2.2.7.4.
      nullable: (column.flags & 0x01) !== 0,
      ...(isDecimal && { precision: column.precision }),
      ...(column.scale !== undefined && { scale: column.scale }),
    } as ColumnInfo;
    return { info, decode: decode === undefined ? undefined : (value: unknown) => decode(value, column) };
  });
}

/** One value in its canonical form. */
export function decodeValue(value: unknown, metadata: NativeColumn): unknown {
  if (value === null || value === undefined) return null;
  const { decode } = factsOf(metadata);
  return decode === undefined ? value : decode(value, metadata);
}

// What the exact reader gives is text; only a driver that it does not fit into gives doubles.
const decimal: TypeFacts["decode"] = (value, { scale = 0 }) =>
  typeof value === "number" ? decimalOfDouble(value, scale) : value;
const money: TypeFacts["decode"] = (value) => (typeof value === "number" ? decimalOfDouble(value, 4) : value);
const day: TypeFacts["decode"] = (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value);
const clock: TypeFacts["decode"] = (value) => (value instanceof Date ? value.toISOString().slice(11, -1) : value);
const guid: TypeFacts["decode"] = (value) => (typeof value === "string" ? value.toLowerCase() : value);

const byDriverName: Readonly<Record<string, TypeFacts>> = {
  TinyInt: { type: "integer", databaseType: "tinyint" },
  SmallInt: { type: "integer", databaseType: "smallint" },
  Int: { type: "integer", databaseType: "int" },
  BigInt: { type: "integer", databaseType: "bigint" },
  Bit: { type: "boolean", databaseType: "bit" },
  BitN: { type: "boolean", databaseType: "bit" },
  Real: { type: "float", databaseType: "real" },
  Float: { type: "float", databaseType: "float" },
  DecimalN: { type: "decimal", databaseType: "decimal", decode: decimal },
  NumericN: { type: "decimal", databaseType: "numeric", decode: decimal },
  Money: { type: "decimal", databaseType: "money", decode: money },
  SmallMoney: { type: "decimal", databaseType: "smallmoney", decode: money },
  Char: { type: "string", databaseType: "char" },
  VarChar: { type: "string", databaseType: "varchar" },
  Text: { type: "string", databaseType: "text" },
  NChar: { type: "string", databaseType: "nchar" },
  NVarChar: { type: "string", databaseType: "nvarchar" },
  NText: { type: "string", databaseType: "ntext" },
  Xml: { type: "string", databaseType: "xml" },
  Binary: { type: "bytes", databaseType: "binary" },
  VarBinary: { type: "bytes", databaseType: "varbinary" },
  Image: { type: "bytes", databaseType: "image" },
  UniqueIdentifier: { type: "uuid", databaseType: "uniqueidentifier", decode: guid },
  Date: { type: "date", databaseType: "date", decode: day },
  Time: { type: "time", databaseType: "time", decode: clock },
  DateTime: { type: "timestamp", databaseType: "datetime" },
  SmallDateTime: { type: "timestamp", databaseType: "smalldatetime" },
  DateTime2: { type: "timestamp", databaseType: "datetime2" },
  DateTimeOffset: { type: "timestamptz", databaseType: "datetimeoffset" },
  Variant: { type: "any", databaseType: "sql_variant" },
  UDT: { type: "bytes", databaseType: "udt" },
};

/** Types that the driver names by a family and a length. */
const bySize: Readonly<Record<string, Readonly<Record<number, TypeFacts>>>> = {
  IntN: {
    1: { type: "integer", databaseType: "tinyint" },
    2: { type: "integer", databaseType: "smallint" },
    4: { type: "integer", databaseType: "int" },
    8: { type: "integer", databaseType: "bigint" },
  },
  FloatN: { 4: { type: "float", databaseType: "real" }, 8: { type: "float", databaseType: "float" } },
  MoneyN: {
    4: { type: "decimal", databaseType: "smallmoney", decode: money },
    8: { type: "decimal", databaseType: "money", decode: money },
  },
  DateTimeN: {
    4: { type: "timestamp", databaseType: "smalldatetime" },
    8: { type: "timestamp", databaseType: "datetime" },
  },
};

const unknownType: TypeFacts = { type: "any", databaseType: "" };

function factsOf(column: NativeColumn): TypeFacts {
  const { name } = column.type;
  return bySize[name]?.[column.dataLength ?? 0] ?? byDriverName[name] ?? unknownType;
}
