import { quoted } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** A type of a column, a cast or a variable. */
export interface DataType {
  /** PostgreSQL's type. */
  readonly postgres: string;
  /** Bytes at most; the limit that PostgreSQL does not check by itself. */
  readonly maxBytes?: number;
}

/** Reads a data type. @throws OracleError ORA-00902 for one that does not exist, also for those of later versions. */
export function dataType(stream: TokenStream): DataType {
  const token = stream.next();
  const at = stream.at - 1;
  const fail = () => {
    stream.at = at;
    return stream.error(902, "invalid datatype");
  };
  if (token.kind !== "word") throw fail();
  switch (token.value) {
    case "NUMBER":
      return { postgres: numberType(numbers(stream, true)) };
    case "NUMERIC":
    case "DECIMAL":
    case "DEC": {
      const [precision = 38, scale = 0] = numbers(stream, true);
      return { postgres: numberType([precision, scale]) };
    }
    case "INTEGER":
    case "INT":
    case "SMALLINT":
      return { postgres: "numeric(38,0)" };
    case "PLS_INTEGER":
    case "BINARY_INTEGER":
    case "SIMPLE_INTEGER":
      return { postgres: "numeric(10,0)" };
    case "FLOAT":
      numbers(stream, false);
      return { postgres: "ora.float" };
    case "REAL":
      return { postgres: "ora.float" };
    case "DOUBLE":
      stream.expect("PRECISION", 902, "invalid datatype");
      return { postgres: "ora.float" };
    case "BINARY_DOUBLE":
      return { postgres: "float8" };
    case "BINARY_FLOAT":
      return { postgres: "float4" };
    case "VARCHAR2":
    case "VARCHAR":
    case "NVARCHAR2":
      return stringType(stream);
    case "CHAR":
    case "NCHAR":
    case "CHARACTER": {
      const [size = 1] = numbers(stream, false);
      return { postgres: `char(${size})` };
    }
    case "RAW": {
      const [size = 2000] = numbers(stream, false);
      return { postgres: "bytea", maxBytes: size };
    }
    case "LONG":
      if (stream.accept("RAW")) return { postgres: "ora.blob" };
      return { postgres: "ora.clob" };
    case "CLOB":
    case "NCLOB":
      return { postgres: "ora.clob" };
    case "BLOB":
      return { postgres: "ora.blob" };
    case "JSON":
      return { postgres: "ora.json" };
    case "DATE":
      return { postgres: "ora.date" };
    case "TIMESTAMP":
      return { postgres: timestampType(stream) };
    case "INTERVAL":
      return { postgres: intervalType(stream) };
    case "ROWID":
    case "UROWID":
      return { postgres: "varchar" };
    case "SYS_REFCURSOR":
      return { postgres: "refcursor" };
    default:
      throw fail();
  }
}

/** `(a)`, `(a, b)`, `(a BYTE)` or nothing. `*` stands for the largest precision. */
function numbers(stream: TokenStream, star: boolean): number[] {
  if (!stream.accept("(")) return [];
  const values: number[] = [];
  do {
    const negative = stream.accept("-");
    const token = stream.next();
    if (star && token.value === "*" && values.length === 0) values.push(38);
    else if (token.kind === "number") values.push(Number(token.value) * (negative ? -1 : 1));
    else throw stream.error(902, "invalid datatype");
    stream.word("BYTE", "CHAR");
  } while (stream.accept(","));
  stream.expect(")");
  return values;
}

function numberType([precision, scale = 0]: readonly number[]): string {
  return precision === undefined ? "numeric" : `numeric(${precision},${scale})`;
}

function stringType(stream: TokenStream): DataType {
  const start = stream.at;
  const [size] = numbers(stream, false);
  const characters = stream.slice(start, stream.at).some((token) => token.value === "CHAR");
  if (size === undefined) return { postgres: "varchar" };
  return { postgres: "varchar", maxBytes: characters ? size * 4 : size };
}

function timestampType(stream: TokenStream): string {
  const [digits = 6] = numbers(stream, false);
  const kept = Math.min(digits, 6);
  if (!stream.accept("WITH")) return `timestamp(${kept})`;
  const local = stream.accept("LOCAL");
  stream.expect("TIME", 902, "invalid datatype");
  stream.expect("ZONE", 902, "invalid datatype");
  return local ? "ora.timestamp_ltz" : `timestamptz(${kept})`;
}

function intervalType(stream: TokenStream): string {
  const years = stream.accept("YEAR");
  if (!years) stream.expect("DAY", 902, "invalid datatype");
  numbers(stream, false);
  stream.expect("TO", 902, "invalid datatype");
  stream.expect(years ? "MONTH" : "SECOND", 902, "invalid datatype");
  numbers(stream, false);
  return years ? "interval year to month" : "interval day to second";
}

/** The name of the constraint that checks a column's size, from which the error is made. */
export function sizeConstraint(column: string, maxBytes: number): string {
  return quoted(`ORA-12899 ${maxBytes} ${column}`);
}

/** The name of the constraint that checks a column of JSON, likewise. */
export function jsonConstraint(column: string): string {
  return quoted(`ORA-40441 ${column}`);
}
