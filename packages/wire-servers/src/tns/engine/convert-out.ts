import { isCharacterType, type OracleType, type OracleValue } from "../values/oracle-type.ts";
import { notUnderstood, OracleError } from "./oracle-error.ts";

/** The formats of the session, by which dates become text. */
export interface DateFormats {
  readonly date: string;
  readonly timestamp: string;
  readonly zoned: string;
}

/** A value of one type for a bind of another one, as Oracle converts by itself. `size`: the bind's, in bytes. */
export function convertOut(
  from: OracleType,
  value: OracleValue,
  to: OracleType,
  size: number,
  formats: DateFormats,
): OracleValue {
  if (value === null || from === to) return checked(to, value, size);
  if (isText(to)) return checked(to, asText(from, value, formats), size);
  if (isText(from)) throw notUnderstood(`text for a bind of ${to}`);
  if (isNumber(from) && isNumber(to))
    return to === "BINARY_DOUBLE" || to === "BINARY_FLOAT" ? Number(value) : String(value);
  if (isDatetime(from) && isDatetime(to)) return value;
  if (isBytes(from) && isBytes(to)) return checked(to, value, size);
  throw new OracleError(932, `inconsistent datatypes: expected ${to} got ${from}`);
}

function isText(type: OracleType): boolean {
  return isCharacterType(type);
}

function isNumber(type: OracleType): boolean {
  return ["NUMBER", "BINARY_INTEGER", "BINARY_DOUBLE", "BINARY_FLOAT"].includes(type);
}

function isDatetime(type: OracleType): boolean {
  return type === "DATE" || type.startsWith("TIMESTAMP");
}

function isBytes(type: OracleType): boolean {
  return type === "RAW" || type === "BLOB";
}

function checked(to: OracleType, value: OracleValue, size: number): OracleValue {
  if (size > 0 && (to === "VARCHAR2" || to === "CHAR" || to === "RAW") && value !== null) {
    const length = Buffer.isBuffer(value) ? value.length : Buffer.byteLength(String(value));
    if (length > size) throw new OracleError(6502, "PL/SQL: numeric or value error: character string buffer too small");
  }
  return value;
}

function asText(from: OracleType, value: OracleValue, formats: DateFormats): string {
  if (Buffer.isBuffer(value)) return value.toString("hex").toUpperCase();
  if (from === "NUMBER" || from === "BINARY_INTEGER") return numberText(String(value));
  if (from === "DATE") return datetimeText(String(value), formats.date);
  if (from === "TIMESTAMP") return datetimeText(String(value), formats.timestamp);
  if (isDatetime(from)) return datetimeText(String(value), formats.zoned);
  return String(value);
}

const longestNumber = 40;

/** A number as TO_CHAR without a format writes it: without a zero before the point, with an exponent beyond 40 characters. */
function numberText(text: string): string {
  const plain = text
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "")
    .replace(/^(-?)0(?=\.)/, "$1");
  const digits = plain.replace(/^-/, "");
  if (digits.length <= longestNumber || digits.includes(".")) return plain;
  const [first = "", ...rest] = digits;
  const exponent = digits.length - 1;
  const fraction = rest.join("").slice(0, 34).padEnd(34, "0");
  return `${plain.startsWith("-") ? "-" : ""}${first}.${fraction}E+${String(exponent).padStart(2, "0")}`;
}

function datetimeText(value: string, format: string): string {
  const [day = "", clock = ""] = value.split(" ");
  const [time = "", fraction = ""] = clock.split(".");
  const [year = "", month = "", date = ""] = day.split("-");
  const [hour = "", minute = "", second = ""] = time.split(":");
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    MM: month,
    DD: date,
    HH24: hour,
    MI: minute,
    SS: second,
    FF: fraction.padEnd(6, "0"),
    TZH: "+00",
    TZM: "00",
  };
  const text = format.replace(
    /YYYY|MM|DD|HH24|MI|SS|FF9|FF6|FF|TZH|TZM|"([^"]*)"|[A-Za-z]+/gi,
    (element, quoted?: string) => {
      const part = quoted ?? parts[element.toUpperCase().replace(/^FF\d$/, "FF")];
      if (part === undefined) throw notUnderstood(`the format element ${element}`);
      return part;
    },
  );
  return text;
}
