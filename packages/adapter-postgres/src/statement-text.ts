import type { Statement } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";
import type { Encoded } from "./encoded.ts";
import { refusal } from "./faults.ts";
import { oidOfType } from "./types.ts";
import { encodeValues } from "./values.ts";

/**
 * Makes a statement ready for the wire.
 * @throws DriverFault for what the protocol cannot carry; nothing was sent then
 */
export function encodeStatement({ text, values, hints }: Statement): Encoded {
  // The protocol ends texts with a zero byte.
  if (text.includes("\0")) throw refusal("syntax", "the statement contains a zero byte");
  if (values.length > dialect.maxParameters) {
    throw refusal(
      "parameter",
      `${values.length} parameters are more than the ${dialect.maxParameters} of one statement`,
    );
  }
  const types = hints === undefined ? undefined : typesOf(hints, values.length);
  const key = types === undefined ? text : `${text}\0${types.join()}`;
  return { text, values: encodeValues(values), types, key };
}

// Its placeholders have no values, which the extended protocol does not bear.
const genericPlan = /\bexplain\s*\([^)]*\bgeneric_plan\b/i;

/** Whether the text may hold several statements, or has placeholders without values: only the simple protocol takes that. A `;` inside a string is a false alarm at no cost. */
export function mayBeScript({ text, values }: Statement): boolean {
  if (values.length > 0) return false;
  if (genericPlan.test(text)) return true;
  const semicolon = text.indexOf(";");
  return semicolon >= 0 && !/^;\s*$/.test(text.slice(semicolon));
}

function typesOf(hints: NonNullable<Statement["hints"]>, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const type = hints[index]?.type;
    return type === undefined ? 0 : requiredOid(type, index);
  });
}

function requiredOid(type: string, index: number): number {
  const oid = oidOfType(type);
  if (oid !== undefined) return oid;
  throw refusal(
    "unsupported",
    `parameter ${index + 1}: "${type}" is not a built-in type of PostgreSQL; write $${index + 1}::${type} in the statement instead`,
  );
}
