import { quoted } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** A type of a column, a cast or a variable. */
export interface DataType {
  /** PostgreSQL's type. */
  readonly postgres: string;
  /** Bytes at most, in the database's character set; the limit that PostgreSQL does not check by itself. */
  readonly maxBytes?: number;
  /** Characters at most, likewise. */
  readonly maxCharacters?: number;
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
      return { postgres: numberType(numbers(stream)) };
    // The standard's names: without a precision they hold integers only.
    case "NUMERIC":
    case "DECIMAL":
    case "DEC": {
      const [precision = 38, scale = 0] = numbers(stream);
      return { postgres: numberType([precision, scale]) };
    }
    case "INTEGER":
    case "INT":
    case "SMALLINT":
      return { postgres: "numeric(38,0)" };
    case "BINARY_DOUBLE":
      return { postgres: "float8" };
    case "BINARY_FLOAT":
      return { postgres: "float4" };
    case "VARCHAR2":
    case "VARCHAR":
      return stringType(stream);
    case "NVARCHAR2": {
      const [size = 1] = numbers(stream);
      return { postgres: "ora.nvarchar", maxCharacters: size };
    }
    case "CHAR":
    case "NCHAR": {
      const [size = 1] = numbers(stream);
      return { postgres: `ora.${token.value.toLowerCase()}(${size})` };
    }
    case "RAW": {
      const [size = 2000] = numbers(stream);
      return { postgres: "bytea", maxBytes: size };
    }
    case "LONG":
      if (stream.is("RAW")) throw stream.refuse();
      return { postgres: "ora.long" };
    case "CLOB":
    case "NCLOB":
      return { postgres: `ora.${token.value.toLowerCase()}` };
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
    case "FLOAT":
    case "REAL":
    case "DOUBLE":
      stream.at = at;
      throw stream.refuse();
    case "SYS_REFCURSOR":
      return { postgres: "refcursor" };
    default:
      throw fail();
  }
}

/** `(a)`, `(a, b)`, `(a BYTE)` or nothing. */
function numbers(stream: TokenStream): number[] {
  if (!stream.accept("(")) return [];
  const values: number[] = [];
  do {
    const negative = stream.accept("-");
    const token = stream.next();
    if (token.kind === "number") values.push(Number(token.value) * (negative ? -1 : 1));
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
  const [size] = numbers(stream);
  const characters = stream.slice(start, stream.at).some((token) => token.value === "CHAR");
  if (size === undefined) return { postgres: "varchar" };
  return { postgres: "varchar", ...(characters ? { maxCharacters: size } : { maxBytes: size }) };
}

function timestampType(stream: TokenStream): string {
  const [digits = 6] = numbers(stream);
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
  numbers(stream);
  stream.expect("TO", 902, "invalid datatype");
  stream.expect(years ? "MONTH" : "SECOND", 902, "invalid datatype");
  numbers(stream);
  return years ? "interval year to month" : "interval day to second";
}

/** The constraint that checks a column's size, from whose name the error is made; `undefined` for a type without one. */
export function sizeConstraint(column: string, { postgres, maxBytes, maxCharacters }: DataType): string | undefined {
  const size = maxCharacters ?? maxBytes;
  if (size === undefined) return undefined;
  const text = `${quoted(column)}${postgres === "bytea" ? "" : "::text"}`;
  const length = maxCharacters === undefined && postgres !== "bytea" ? `ora.lengthb(${text})` : `length(${text})`;
  return `CONSTRAINT ${quoted(`ORA-12899 ${size} ${column}`)} CHECK (${length} <= ${size})`;
}

/** The name of the constraint that checks a column of JSON, likewise. */
export function jsonConstraint(column: string): string {
  return quoted(`ORA-40441 ${column}`);
}
