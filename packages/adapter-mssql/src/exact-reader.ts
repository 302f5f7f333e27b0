import { singlePrecision } from "@nsj/mdb-core";
import { decimalText } from "./decimals.ts";
import { dayText, momentValue, timeText } from "./moments.ts";
import type { NativeColumn, ReadValue } from "./native.ts";
import { loadValueParser } from "./native.ts";

/** Marks the options of connections whose values are read exactly. Other users of the driver in the process see no difference. */
const exact = Symbol("@nsj/mdb: exact values");

interface MarkedOptions {
  [exact]?: true;
}

/**
 * Makes the driver read the values of one connection exactly: decimals and money as text, moments with all of their digits, 64-bit
 * integers as bigints. The driver itself turns them into doubles and dates while it reads, so this has to happen where the bytes still
 * are: in front of its reader of values. Whether that works is found out by `checkDriver`, not assumed.
 */
export function readExactly(options: object): void {
  installReader();
  (options as MarkedOptions)[exact] = true;
}

let installed = false;

function installReader(): void {
  if (installed) return;
  installed = true;
  const parser = loadValueParser();
  if (typeof parser?.readValue !== "function") return;
  const original = parser.readValue;
  parser.readValue = (bytes, offset, metadata, options) => {
    if ((options as MarkedOptions | undefined)?.[exact] !== true) return original(bytes, offset, metadata, options);
    return readExact(bytes, offset, metadata, options, original);
  };
}

function readExact(bytes: Buffer, offset: number, metadata: NativeColumn, options: object, original: ReadValue) {
  const read = readers[metadata.type.name];
  if (read === undefined) return original(bytes, offset, metadata, options);
  const start = offset + (read.fixedLength === undefined ? (read.prefixLength ?? 1) : 0);
  // Too few bytes yet: the driver's own reader says so in the way that makes the driver wait for more.
  if (start > bytes.length) return original(bytes, offset, metadata, options);
  const length = read.fixedLength ?? bytes.readUIntLE(offset, start - offset);
  if (start + length > bytes.length) return original(bytes, offset, metadata, options);
  if (length === 0) return { value: null, offset: start };
  const value = read.value(bytes.subarray(start, start + length), metadata);
  if (value === undefined) return original(bytes, offset, metadata, options);
  return { value, offset: start + length };
}

interface Reader {
  /** Of types without a length before each value. */
  readonly fixedLength?: number;
  /** Bytes of the length before each value. Default 1. */
  readonly prefixLength?: number;
  /** `undefined` leaves the value to the driver. */
  readonly value: (bytes: Buffer, facets: { readonly scale?: number | undefined }) => unknown;
}

const readDecimal: Reader = {
  // A sign, then the magnitude with its low byte first: [MS-TDS] 2.2.5.5.1.6.
  value: (bytes, { scale }) => {
    let units = 0n;
    for (let index = bytes.length - 1; index > 0; index--) units = (units << 8n) | BigInt(bytes[index] ?? 0);
    return decimalText(bytes[0] === 0 ? -units : units, scale ?? 0);
  },
};

/** Money in ten-thousandths; of the 8 bytes the high half comes first: [MS-TDS] 2.2.5.5.1.4. */
function moneyText(bytes: Buffer): string {
  if (bytes.length === 4) return decimalText(BigInt(bytes.readInt32LE(0)), 4);
  return decimalText((BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4)), 4);
}

/** A time of day in units of its scale: [MS-TDS] 2.2.5.5.1.8. */
function ticksOf(bytes: Buffer, length: number, scale: number): bigint {
  return BigInt(bytes.readUIntLE(0, length)) * 10n ** BigInt(7 - scale);
}

const readers: Readonly<Record<string, Reader>> = {
  DecimalN: readDecimal,
  NumericN: readDecimal,
  MoneyN: { value: moneyText },
  Money: { fixedLength: 8, value: moneyText },
  SmallMoney: { fixedLength: 4, value: moneyText },
  BigInt: { fixedLength: 8, value: (bytes) => bytes.readBigInt64LE(0) },
  IntN: { value: (bytes) => (bytes.length === 8 ? bytes.readBigInt64LE(0) : undefined) },
  Real: { fixedLength: 4, value: (bytes) => singlePrecision(bytes.readFloatLE(0)) },
  FloatN: { value: (bytes) => (bytes.length === 4 ? singlePrecision(bytes.readFloatLE(0)) : undefined) },
  Date: { value: (bytes) => dayText(bytes.readUIntLE(0, 3)) },
  Time: { value: (bytes, { scale = 7 }) => timeText(ticksOf(bytes, bytes.length, scale), scale) },
  DateTime2: {
    value: (bytes, { scale = 7 }) => {
      const timeLength = bytes.length - 3;
      return momentValue(bytes.readUIntLE(timeLength, 3), ticksOf(bytes, timeLength, scale), scale);
    },
  },
  DateTimeOffset: {
    // Day and time are in UTC; the offset only says how the value was written.
    value: (bytes, { scale = 7 }) => {
      const timeLength = bytes.length - 5;
      return momentValue(bytes.readUIntLE(timeLength, 3), ticksOf(bytes, timeLength, scale), scale, "Z");
    },
  },
  Variant: { prefixLength: 4, value: readVariant },
};

/** Types that a `sql_variant` can hold and the driver would not read exactly, by their tokens: [MS-TDS] 2.2.5.5.4. */
const inVariant: Readonly<Record<number, { readonly name: string; readonly scaleAt?: number }>> = {
  40: { name: "Date" },
  41: { name: "Time", scaleAt: 0 },
  42: { name: "DateTime2", scaleAt: 0 },
  43: { name: "DateTimeOffset", scaleAt: 0 },
  59: { name: "Real" },
  60: { name: "Money" },
  106: { name: "DecimalN", scaleAt: 1 },
  108: { name: "NumericN", scaleAt: 1 },
  122: { name: "SmallMoney" },
  127: { name: "BigInt" },
};

/** A type, the length of its facets, the facets, the value. */
function readVariant(bytes: Buffer): unknown {
  const [token = 0, facetsLength = 0] = bytes;
  const type = inVariant[token];
  if (type === undefined) return undefined;
  const scale = type.scaleAt === undefined ? undefined : bytes[2 + type.scaleAt];
  const value = readers[type.name]?.value(bytes.subarray(2 + facetsLength), { scale });
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
