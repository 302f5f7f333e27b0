import type { ColumnInfo, LogicalType } from "@nsj/mdb-core";
import type { NativeColumn } from "./native.ts";

interface TypeFacts {
  readonly type: LogicalType;
  readonly databaseType: string;
}

/** Describes the columns of a result for core. */
export function describeColumns(columns: readonly NativeColumn[]): readonly ColumnInfo[] {
  return columns.map((column) => {
    const { type, databaseType } = factsOf(column);
    const { colName: name, precision, scale } = column;
    return {
      name,
      databaseType,
      type,
      // The lowest flag says that the column can be NULL: [MS-TDS] 2.2.7.4.
      nullable: (column.flags & 0x01) !== 0,
      ...(type === "decimal" && precision !== undefined && { precision }),
      ...(scale !== undefined && { scale }),
    };
  });
}

const byDriverName: Readonly<Record<string, TypeFacts>> = {
  TinyInt: { type: "integer", databaseType: "tinyint" },
  SmallInt: { type: "integer", databaseType: "smallint" },
  Int: { type: "integer", databaseType: "int" },
  BigInt: { type: "integer", databaseType: "bigint" },
  Bit: { type: "boolean", databaseType: "bit" },
  BitN: { type: "boolean", databaseType: "bit" },
  Real: { type: "float", databaseType: "real" },
  Float: { type: "float", databaseType: "float" },
  DecimalN: { type: "decimal", databaseType: "decimal" },
  NumericN: { type: "decimal", databaseType: "numeric" },
  Money: { type: "decimal", databaseType: "money" },
  SmallMoney: { type: "decimal", databaseType: "smallmoney" },
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
  UniqueIdentifier: { type: "uuid", databaseType: "uniqueidentifier" },
  Date: { type: "date", databaseType: "date" },
  Time: { type: "time", databaseType: "time" },
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
    4: { type: "decimal", databaseType: "smallmoney" },
    8: { type: "decimal", databaseType: "money" },
  },
  DateTimeN: {
    4: { type: "timestamp", databaseType: "smalldatetime" },
    8: { type: "timestamp", databaseType: "datetime" },
  },
};

const unknownType: TypeFacts = { type: "any", databaseType: "" };

/** The user type by which a `binary(8)` says that it is a `rowversion`: [MS-TDS] 2.2.7.4. */
const rowVersion = 0x50;

function factsOf(column: NativeColumn): TypeFacts {
  const { name } = column.type;
  if (column.userType === rowVersion) return { type: "bytes", databaseType: "rowversion" };
  return bySize[name]?.[column.dataLength ?? 0] ?? byDriverName[name] ?? unknownType;
}
