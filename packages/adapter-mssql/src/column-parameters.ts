import { type ColumnInfo, isJsonText, type ParameterValue } from "@nsj/mdb-core";
import { parseDecimal } from "./decimals.ts";
import { refusal } from "./faults.ts";

const integers: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * The type as which a value is best declared that is stored in a column or compared with it: the column's own, wherever it holds the value
 * exactly. `undefined` where it does not; then the value goes by itself, and the server compares by its rules of precedence.
 * https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql
 */
export function parameterTypeOf(column: ColumnInfo, value: ParameterValue): string | undefined {
  const { databaseType: type } = column;
  switch (type) {
    case "varchar":
    case "char":
    case "text":
      return textual(value) ? "varchar" : undefined;
    case "nvarchar":
    case "nchar":
    case "ntext":
    case "xml":
      return textual(value) ? "nvarchar" : undefined;
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return fitsInteger(type, value) ? type : undefined;
    case "bit":
      return value === null || typeof value === "boolean" ? type : undefined;
    case "decimal":
    case "numeric":
      return decimalType(column, value);
    case "money":
    case "smallmoney":
      return value === null ? type : decimalType({ ...column, precision: 19, scale: 4 }, value);
    case "real":
    case "float":
      return value === null || typeof value === "number" || typeof value === "bigint" ? type : undefined;
    case "binary":
    case "varbinary":
    case "image":
    case "rowversion":
      return value === null || value instanceof Uint8Array ? "varbinary" : undefined;
    case "uniqueidentifier":
      return value === null || (typeof value === "string" && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value))
        ? type
        : undefined;
    case "datetime":
      return value === null || (value instanceof Date && isStep(value)) ? type : undefined;
    case "date":
      return value === null || (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value)) ? type : undefined;
    case "datetime2":
    case "datetimeoffset":
      return value === null || value instanceof Date ? `${type}(7)` : undefined;
    default:
      return undefined;
  }
}

/** A number or boolean is written as a text is: beside one that is sent as a number, the server would take each row's text for a number. */
function textual(value: ParameterValue): boolean {
  return value === null || typeof value !== "object" || isJsonText(value);
}

const takesBlanks =
  /^(?:tinyint|smallint|int|bigint|bit|float|real|money|smallmoney|decimal|numeric|date|time|datetime|datetime2|smalldatetime|datetimeoffset)$/;

/** The server would take a text without characters for 0, or for the first day of 1900. @throws DriverFault of kind `value` for one beside such a column */
export function refuseBlankBeside({ databaseType }: ColumnInfo, value: ParameterValue): void {
  if (typeof value !== "string" || value.trim() !== "" || !takesBlanks.test(databaseType)) return;
  throw refusal("value", "a text without characters is no number and no date");
}

function fitsInteger(type: string, value: ParameterValue): boolean {
  if (value === null) return true;
  const isInteger =
    typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0));
  const [least, most] = integers[type] ?? [0n, 0n];
  return isInteger && BigInt(value) >= least && BigInt(value) <= most;
}

/** The column's own facets where they hold the value, so that there is one plan for all; never fewer digits than it has. */
function decimalType({ precision = 38, scale = 0 }: ColumnInfo, value: ParameterValue): string | undefined {
  const own = `decimal(${precision},${scale})`;
  if (value === null) return own;
  if (typeof value !== "string" && typeof value !== "bigint" && typeof value !== "number") return undefined;
  const decimal = parseDecimal(String(value));
  if (decimal === undefined) return undefined;
  const digits = String(decimal.units).replace("-", "").length;
  const whole = Math.max(digits - decimal.scale, 0);
  if (decimal.scale <= scale && whole <= precision - scale) return own;
  return whole + decimal.scale <= 38 ? `decimal(38,${decimal.scale})` : undefined;
}

/** A moment that a `datetime` gives: it counts in steps of 1/300 s. Any other is compared exactly. */
function isStep(moment: Date): boolean {
  const last = moment.getUTCMilliseconds() % 10;
  return last === 0 || last === 3 || last === 7;
}
