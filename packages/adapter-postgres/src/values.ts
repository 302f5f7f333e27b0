import { isDate } from "node:util/types";
import { type DriverFault, isJsonText, type ParameterValue } from "@nsj/mdb-core";
import { parseArray } from "./arrays.ts";
import { refusal } from "./faults.ts";
import type { WireValue } from "./native.ts";
import { dateToText } from "./timestamps.ts";
import type { TypeFacts } from "./types.ts";

/** Decodes the text of one value; `undefined` in place of one means that the text is the value. */
export type Decoder = (text: string) => unknown;

/** A parameter in the form that the protocol takes: text for everything but bytes. */
export function encodeValue(value: ParameterValue): WireValue {
  switch (typeof value) {
    case "string":
      return value;
    case "object":
      if (value === null) return null;
      if (value instanceof Uint8Array) return asBuffer(value);
      return encodeObject(value);
    default:
      return encodeScalar(value);
  }
}

/** Several parameters. */
export function encodeValues(values: readonly ParameterValue[]): WireValue[] {
  const encoded = new Array<WireValue>(values.length);
  for (let index = 0; index < values.length; index++) encoded[index] = encodeValue(values[index] as ParameterValue);
  return encoded;
}

/** A parameter as text, as COPY and the elements of arrays need it; bytes in the hexadecimal form of `bytea`. */
export function encodeText(value: Exclude<ParameterValue, null>): string {
  if (value instanceof Uint8Array) return `\\x${asBuffer(value).toString("hex")}`;
  return typeof value === "object" ? encodeObject(value) : encodeScalar(value);
}

function encodeScalar(value: string | number | bigint | boolean): string {
  if (typeof value === "symbol" || typeof value === "function" || value === undefined) throw notAValue(value);
  return String(value);
}

/** Core refuses these before; written as text they would be silently wrong. */
function notAValue(value: unknown): DriverFault {
  return refusal("parameter", `a value of type ${typeof value} cannot be sent to the server`);
}

type ObjectValue = Exclude<ParameterValue, null | string | number | bigint | boolean | Uint8Array>;

function encodeObject(value: ObjectValue): string {
  if (isDate(value)) return dateToText(value);
  if (isJsonText(value)) return value.text;
  if (!Array.isArray(value)) throw notAValue(value);
  return value.length === 0 ? emptyArray : encodeArray(value);
}

/**
 * The vertical tab is a blank inside of an array, and none inside of a document: given to a json column, `[]` is refused as any other array is, and not
 * stored as the empty object that `{}` means there.
 */
const emptyArray = "{\v}";

/** @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function encodeArray(items: readonly ParameterValue[]): string {
  let text = "{";
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ",";
    const item = items[index] as ParameterValue;
    if (item === null) text += "NULL";
    else if (Array.isArray(item)) text += encodeArray(item);
    else if (typeof item === "number" || typeof item === "bigint" || typeof item === "boolean") text += String(item);
    else text += `"${encodeText(item).replaceAll(/["\\]/g, "\\$&")}"`;
  }
  return `${text}}`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** How a column's values are brought into the canonical form of their logical type. Most texts are canonical already. */
export function canonicalDecoder(type: TypeFacts): Decoder | undefined {
  if (type.element !== undefined) return arrayDecoder(type.element);
  switch (type.type) {
    case "boolean":
      return decodeBoolean;
    case "bytes":
      return decodeBytes;
    case "float":
      return Number;
    case "integer":
      return is64Bit(type) ? decodeShortInteger : Number;
    default:
      return undefined;
  }
}

function is64Bit({ name }: TypeFacts): boolean {
  return name === "int8" || name === "xid8";
}

function arrayDecoder(element: TypeFacts): Decoder {
  const decode = canonicalDecoder(element) ?? identity;
  const { delimiter } = element;
  return (text) => parseArray(text, decode, delimiter);
}

const identity = (text: string): string => text;
const decodeBoolean = (text: string): boolean => text === "t";

/** Up to 15 digits are safe as a number; of longer ones core decides between number, bigint and string. */
const decodeShortInteger = (text: string): number | string => (text.length < 16 ? Number(text) : text);

/** Both forms of `bytea_output`: `hex`, the default since 9.0, and `escape`. */
function decodeBytes(text: string): Buffer {
  if (text.startsWith("\\x")) return Buffer.from(text.slice(2), "hex");
  const bytes = text.replaceAll(/\\(\\|[0-3][0-7]{2})/g, (_, code: string) =>
    code === "\\" ? "\\" : String.fromCharCode(Number.parseInt(code, 8)),
  );
  return Buffer.from(bytes, "latin1");
}
