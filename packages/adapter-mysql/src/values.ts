import { isDate } from "node:util/types";
import { isJsonText, type ParameterHint, type ParameterValue } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import type { PacketWriter } from "./packet-writer.ts";
import type { SessionZone } from "./session-zone.ts";

/** How a parameter goes over the wire: its type, and the writer of its value. */
export interface Encoded {
  readonly type: number;
  readonly isUnsigned?: boolean;
  /** Absent for NULL. */
  readonly write?: (writer: PacketWriter) => void;
}

const nothing: Encoded = Object.freeze({ type: 6 });
const yes: Encoded = Object.freeze({ type: 1, write: (writer: PacketWriter) => writer.u8(1) });
const no: Encoded = Object.freeze({ type: 1, write: (writer: PacketWriter) => writer.u8(0) });

const decimalText = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const integerText = /^-?\d+$/;
const numberText = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
/** Whatever sets the parts of a moment apart; no word, and nothing without a digit. */
const momentText = /^[^a-z]*\d(?:[^a-z]|[tz](?![a-z]))*$/i;
/** A DECIMAL holds no more digits. */
const mostDigits = 65;

/**
 * A parameter in the form that the protocol of prepared statements takes. Its type decides how it is compared: a text beside a DECIMAL column would be compared
 * as a DOUBLE.
 * @throws DriverFault for what cannot be sent exactly
 */
export function encode(value: ParameterValue, hint: ParameterHint | undefined, zone: SessionZone): Encoded {
  if (value === null) return nothing;
  const type = wantedType(hint);
  // The server would take the text of every row for a number: nearly all of them are 0.
  if (type === "text" && typeof value !== "object") return textOf(plainText(value), type, zone);
  switch (typeof value) {
    case "boolean":
      return value ? yes : no;
    case "number":
      return numberOf(value, type);
    case "bigint":
      return type === "float" ? numberOf(Number(value), type) : bigintOf(value);
    case "string":
      return textOf(value, type, zone);
    default:
      return objectOf(value, zone);
  }
}

/** What the parameter is stored in or compared with, where that is known. */
function wantedType(
  hint: ParameterHint | undefined,
): "decimal" | "integer" | "float" | "double" | "timestamp" | "moment" | "bits" | "text" | undefined {
  if (hint === undefined) return undefined;
  const name = hint.type ?? hint.column?.databaseType;
  if (name === undefined) return undefined;
  if (/^(?:decimal|numeric|dec|fixed)\b/i.test(name)) return "decimal";
  if (/^(?:big|medium|small|tiny)?int(?:eger)?\b/i.test(name)) return "integer";
  if (/^float\b/i.test(name)) return "float";
  if (/^timestamp\b/i.test(name)) return "timestamp";
  if (/^(?:double|real)\b/i.test(name)) return "double";
  if (/^(?:date|datetime|time)\b/i.test(name)) return "moment";
  if (/^(?:bit|year|bool(?:ean)?)\b/i.test(name)) return "bits";
  return /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)\b/i.test(name) ? "text" : undefined;
}

function plainText(value: string | number | bigint | boolean): string {
  return String(typeof value === "boolean" ? Number(value) : value);
}

function numberOf(value: number, type: ReturnType<typeof wantedType>): Encoded {
  // LIMIT takes no DOUBLE, and an index of integers serves none.
  if (Number.isSafeInteger(value) && !Object.is(value, -0) && type !== "float") {
    return { type: 8, write: (writer) => writer.i64(value) };
  }
  // As a DOUBLE it would become the largest BIGINT.
  if (value >= 2 ** 63 && value < 2 ** 64 && type !== "float") return bigintOf(BigInt(value));
  // What a FLOAT column holds for 0.1 is no 0.1.
  const sent = type === "float" && Number.isFinite(Math.fround(value)) ? Math.fround(value) : value;
  return { type: 5, write: (writer) => writer.double(sent) };
}

function bigintOf(value: bigint): Encoded {
  if (BigInt.asIntN(64, value) === value) return { type: 8, write: (writer) => writer.u64(value) };
  if (BigInt.asUintN(64, value) === value) return { type: 8, isUnsigned: true, write: (writer) => writer.u64(value) };
  return decimalOf(String(value));
}

function decimalOf(digits: string): Encoded {
  if (digits.replaceAll(/\D/g, "").replace(/^0+/, "").length > mostDigits) {
    throw refusal("parameter", `a number has more than the ${mostDigits} digits of a DECIMAL`);
  }
  return { type: 246, write: (writer) => writer.text(digits) };
}

function textOf(value: string, type: ReturnType<typeof wantedType>, zone: SessionZone): Encoded {
  if (type === "timestamp" && zone.isUtc) {
    const moment = momentIn(value);
    if (moment !== undefined) return moment;
  }
  if (type === "decimal" && decimalText.test(value)) return decimalOf(value);
  if (type === "integer" && integerText.test(value)) return bigintOf(BigInt(value));
  refuseOtherKind(value, type);
  return { type: 253, write: (writer) => writer.text(value) };
}

/** The server would compare with what the text begins with, which for most texts is 0 or midnight. */
function refuseOtherKind(value: string, type: ReturnType<typeof wantedType>): void {
  if (type === undefined || type === "text") return;
  const isMoment = type === "moment" || type === "timestamp";
  if ((isMoment ? momentText : numberText).test(value)) return;
  throw refusal("value", `a text beside a ${isMoment ? "date or time" : "number"} is none`);
}

function objectOf(
  value: Exclude<ParameterValue, null | string | number | bigint | boolean>,
  zone: SessionZone,
): Encoded {
  if (value instanceof Uint8Array) return { type: 252, write: (writer) => writer.bytes(value) };
  if (isDate(value)) return dateOf(value, zone);
  if (isJsonText(value)) return { type: 253, write: (writer) => writer.text(value.text) };
  throw refusal("parameter", "an array is no value here");
}

function dateOf(date: Date, zone: SessionZone): Encoded {
  const year = date.getUTCFullYear();
  if (year < 0 || year > 9_999) throw refusal("value", "a date lies outside of the years 0 to 9999");
  if (!zone.isUtc) {
    const way = "set it to '+00:00', or give the time as text";
    throw refusal("parameter", `the session's time_zone was changed, so that a Date would mean another moment; ${way}`);
  }
  return datetimeOf(date, date.getUTCMilliseconds() * 1_000);
}

const zonedText = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** A moment with an offset, as a TIMESTAMP is read where it has more digits than a Date. MariaDB, and MySQL before 8.0.19, take no offset. */
function momentIn(text: string): Encoded | undefined {
  const [, day, clock, fraction = "", offset = ""] = zonedText.exec(text) ?? [];
  if (day === undefined) return undefined;
  const [hours = "+00", minutes = "00"] =
    offset === "Z" ? [] : [offset.slice(0, 3), offset.slice(3).replace(":", "") || "00"];
  const date = new Date(`${day}T${clock}${hours}:${minutes}`);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9_999) return undefined;
  return datetimeOf(date, Number(fraction.padEnd(6, "0")));
}

function datetimeOf(date: Date, microsecond: number): Encoded {
  const write = (writer: PacketWriter): void => {
    writer.u8(11);
    writer.u16(date.getUTCFullYear());
    writer.u8(date.getUTCMonth() + 1);
    writer.u8(date.getUTCDate());
    writer.u8(date.getUTCHours());
    writer.u8(date.getUTCMinutes());
    writer.u8(date.getUTCSeconds());
    writer.u32(microsecond);
  };
  return { type: 12, write };
}
