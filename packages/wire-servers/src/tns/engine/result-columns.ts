import type { BackingColumn } from "../../shared/backing-cursor.ts";
import type { PostgresSession } from "../../shared/postgres-session.ts";
import type { OracleColumn, OracleType, OracleValue } from "../values/oracle-type.ts";
import { notUnderstood } from "./oracle-error.ts";
import { oracleColumn } from "./row-source.ts";
import { originalName } from "./sql/names.ts";

const builtIn: Readonly<Record<number, OracleType>> = {
  16: "BOOLEAN",
  17: "RAW",
  18: "CHAR",
  19: "VARCHAR2",
  20: "NUMBER",
  21: "NUMBER",
  23: "NUMBER",
  25: "VARCHAR2",
  700: "BINARY_FLOAT",
  701: "BINARY_DOUBLE",
  705: "VARCHAR2",
  1043: "VARCHAR2",
  1114: "TIMESTAMP",
  1184: "TIMESTAMP WITH TIME ZONE",
  1186: "INTERVAL DAY TO SECOND",
  1700: "NUMBER",
};

const own: Readonly<Record<string, OracleType>> = {
  date: "DATE",
  char: "CHAR",
  nchar: "NCHAR",
  nvarchar: "NVARCHAR2",
  nclob: "NCLOB",
  long: "LONG",
  clob: "CLOB",
  json_clob: "CLOB",
  json_varchar: "VARCHAR2",
  blob: "BLOB",
  json: "JSON",
  timestamp_ltz: "TIMESTAMP WITH LOCAL TIME ZONE",
};

/** Knows which of Oracle's types a column of PostgreSQL has, and reads its values. */
export class ResultTypes {
  readonly #ownNames: ReadonlyMap<number, string>;

  private constructor(ownNames: ReadonlyMap<number, string>) {
    this.#ownNames = ownNames;
  }

  /** Asks a database for the numbers of the types that this server added. */
  static async of(session: PostgresSession): Promise<ResultTypes> {
    const { rows } = await session.run(
      "SELECT oid::text, typname FROM pg_catalog.pg_type WHERE typnamespace = 'ora'::regnamespace",
    );
    return new ResultTypes(new Map(rows.map(([oid, name]) => [Number(oid), name ?? ""])));
  }

  /** @throws OracleError for a type that no column of Oracle can have. */
  column({ name, typeOid, typeModifier }: BackingColumn): OracleColumn {
    const ownName = this.#ownNames.get(typeOid);
    const type = ownName === undefined ? builtIn[typeOid] : own[ownName];
    if (type === undefined || type === "BOOLEAN") throw notUnderstood(`a column of PostgreSQL's type ${typeOid}`);
    const column = { name: originalName(name), type };
    if (ownName?.startsWith("json_")) return oracleColumn({ ...column, json: true });
    if (typeModifier < 0) return oracleColumn(column);
    switch (type) {
      case "NUMBER": {
        const packed = typeModifier - 4;
        const scale = packed & 0x7ff;
        return oracleColumn({ ...column, precision: packed >> 16, scale: scale > 0x3ff ? scale - 0x800 : scale });
      }
      case "CHAR":
      case "NCHAR":
      case "VARCHAR2":
        return oracleColumn({ ...column, size: typeModifier - 4 });
      case "TIMESTAMP":
      case "TIMESTAMP WITH TIME ZONE":
        return oracleColumn({ ...column, scale: typeModifier });
      case "INTERVAL DAY TO SECOND":
        return oracleColumn({ ...column, type: isYearsToMonths(typeModifier) ? "INTERVAL YEAR TO MONTH" : type });
      default:
        return oracleColumn(column);
    }
  }
}

/** The fields of an interval are bits of the upper half of its modifier: 1 for months, 2 for years. */
function isYearsToMonths(typeModifier: number): boolean {
  return ((typeModifier >> 16) & 0x7fff & ~0b110) === 0;
}

/** A value of PostgreSQL's output as one of Oracle's. */
export function oracleValue(type: OracleType, text: string | null): OracleValue {
  if (text === null) return null;
  switch (type) {
    case "RAW":
    case "BLOB":
      return Buffer.from(text.slice(2), "hex");
    case "TIMESTAMP WITH TIME ZONE":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return inUtc(text);
    case "BINARY_DOUBLE":
    case "BINARY_FLOAT":
      return Number(text);
    case "INTERVAL DAY TO SECOND":
      return daysToSeconds(text);
    case "INTERVAL YEAR TO MONTH":
      return text === "0" ? "0-0" : text.replace(/^\+/, "");
    default:
      return text;
  }
}

/** `2020-01-01 02:00:00.5+02` as `2020-01-01 00:00:00.5`. */
function inUtc(text: string): string {
  const match = /^(\d{4,})-(.{14})(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/.exec(text);
  if (match === null) throw new RangeError(`not a timestamp with a zone: ${text}`);
  const [, year = "", rest = "", fraction = "", sign, hours = "0", minutes = "0", seconds = "0", before] = match;
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === "-" ? -1 : 1);
  if (offset === 0) return `${year}-${rest}${fraction}${before ?? ""}`;
  const [month, day, hour, minute, second] = rest.split(/[- :]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(before === undefined ? Number(year) : 1 - Number(year), month - 1, day);
  date.setUTCHours(hour, minute, second - offset);
  const years = date.getUTCFullYear();
  const clock = date.toISOString().slice(-19, -5).replace("T", " ");
  return `${String(years > 0 ? years : 1 - years).padStart(4, "0")}-${clock}${fraction}${years > 0 ? "" : " BC"}`;
}

/** `1 2:03:04`, `2:03:04` or `-1 2:03:04` with all of its fields. */
function daysToSeconds(text: string): string {
  const match = /^([+-]?)(?:0-0 )?(?:([+-]?)(\d+) )?([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(
    text.replace(/^\+0-0 /, ""),
  );
  if (match === null) {
    if (text === "0") return "0 0:00:00";
    throw notUnderstood(`the interval ${text}`);
  }
  const negative = match[1] === "-" || match[2] === "-" || match[4] === "-";
  return `${negative ? "-" : ""}${match[3] ?? 0} ${match[5]}:${match[6]}:${match[7]}`;
}
