import { isDate } from "node:util/types";
import type { LogicalType, ScalarLogicalType } from "../driver/index.ts";
import { dayToMs, timestampText, timestampToMs } from "./calendar.ts";
import { conversionError, type Decoder } from "./conversion.ts";
import { decimalDecoders, decodeFloat, integerDecoders } from "./numbers.ts";
import type { TypeOptions } from "./type-options.ts";

/** How the values of a column become what the caller gets; `null` where they are that already. */
export function decoderFor(type: LogicalType, options: Required<TypeOptions>): Decoder | null {
  const element = elementOf(type);
  if (element !== undefined) return arrayDecoder(decoderFor(element, options));
  switch (type) {
    case "integer":
      return integerDecoders[options.bigint];
    case "decimal":
      return decimalDecoders[options.decimal];
    case "float":
      return decodeFloat;
    case "date":
      return options.date === "date" ? decodeDay : decodeDayText;
    case "timestamp":
      return options.timestamp === "date" ? decodeTimestamp : decodeTimestampText;
    case "timestamptz":
      return options.timestamp === "date" ? decodeInstant : decodeInstantText;
    case "json":
      return options.json === "parsed" ? decodeJson : null;
    case "uuid":
      return decodeUuid;
    case "dynamic":
      return dynamicDecoders[options.bigint];
    default:
      return null;
  }
}

/** `undefined` for what is no array. */
function elementOf(type: LogicalType): ScalarLogicalType | undefined {
  return type.endsWith("[]") ? (type.slice(0, -2) as ScalarLogicalType) : undefined;
}

function arrayDecoder(decode: Decoder | null): Decoder | null {
  if (decode === null) return null;
  const decodeArray: Decoder = (value, site) =>
    Array.isArray(value) ? value.map((item) => (item === null ? null : decodeArray(item, site))) : decode(value, site);
  return decodeArray;
}

/** Only an engine that checks no types stores numbers in such columns, and nothing tells what they count. */
function refuseNumber(value: unknown, site: Parameters<Decoder>[1]): void {
  if (typeof value !== "number" && typeof value !== "bigint") return;
  throw conversionError(
    `holds a number in a column of dates, and nothing tells whether it counts seconds, milliseconds or days; say it by the option "dates" where there is one, or select it in an expression`,
    site,
  );
}

const decodeDay: Decoder = (value, site) => {
  refuseNumber(value, site);
  const ms = typeof value === "string" ? dayToMs(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw conversionError('holds a date that a Date cannot represent; use types: { date: "string" }', site);
  }
  return new Date(ms);
};

const decodeDayText: Decoder = (value, site) => {
  if (typeof value === "string") return value;
  refuseNumber(value, site);
  throw conversionError("holds something that is no date", site);
};

const decodeTimestamp: Decoder = (value, site) => toDate(value, false, site);
const decodeInstant: Decoder = (value, site) => toDate(value, true, site);

function toDate(value: unknown, needsOffset: boolean, site: Parameters<Decoder>[1]): Date {
  if (typeof value === "string") {
    const date = new Date(timestampToMs(value, needsOffset));
    if (!Number.isNaN(date.getTime())) return date;
    // The first question is the cheap one; the second knows a Date of another realm.
  } else if (value instanceof Date || isDate(value)) return value;
  refuseNumber(value, site);
  const which = "infinity or another text";
  throw conversionError(
    `holds a timestamp that a Date cannot represent (${which}); use types: { timestamp: "string" }`,
    site,
  );
}

const decodeTimestampText: Decoder = (value, site) => {
  if (typeof value === "string") return value;
  if (isDate(value)) return timestampText(value);
  refuseNumber(value, site);
  throw conversionError("holds something that is no timestamp", site);
};

const decodeInstantText: Decoder = (value, site) => {
  if (isDate(value)) return `${timestampText(value)}Z`;
  return decodeTimestampText(value, site);
};

const decodeJson: Decoder = (value, site) => {
  try {
    if (typeof value === "string") return JSON.parse(value) as unknown;
  } catch {
    // Not as the cause: the parser's message quotes the document.
  }
  throw conversionError('holds something that is no JSON; use types: { json: "string" }', site);
};

const decodeUuid: Decoder = (value, site) => {
  if (typeof value === "string") return value.toLowerCase();
  throw conversionError("holds something that is no UUID", site);
};

/** Where a column has no type, its integers alone have more than one form. */
const dynamicDecoders: typeof integerDecoders = {
  auto: dynamic("auto"),
  number: dynamic("number"),
  bigint: dynamic("bigint"),
  string: dynamic("string"),
};

function dynamic(form: Required<TypeOptions>["bigint"]): Decoder {
  const decodeInteger = integerDecoders[form];
  return (value, site) => (typeof value === "bigint" ? decodeInteger(value, site) : value);
}
