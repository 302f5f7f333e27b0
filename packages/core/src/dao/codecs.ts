import { type DialectFacts, isJsonText } from "../driver/index.ts";
import { ConversionError } from "../errors/index.ts";
import { sql } from "../sql/index.ts";

/** Turns one column's values around. Both ways see `null` as well. */
export interface Codec<Value = unknown> {
  /** What is sent. Called with each value of an insert, update or filter. */
  toDatabase(value: Value | null, dialect: DialectFacts): unknown;
  /** What the entity gets. */
  fromDatabase(value: unknown): Value | null;
}

/** A boolean on every engine: the engine's own, or 1 and 0 where it has none. */
export const booleanCodec: Codec<boolean> = Object.freeze({
  toDatabase(value: boolean | null, { booleanType }: DialectFacts) {
    if (value === null || booleanType === "native" || booleanType === "bit") return value;
    return value ? 1 : 0;
  },
  fromDatabase(value: unknown) {
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number" || typeof value === "bigint") return Number(value) !== 0;
    if (value === "1" || value === "0") return value === "1";
    throw new ConversionError(`a column that is declared a boolean holds a ${typeof value}`);
  },
});

/** A JSON document on every engine, also where it is stored as text. */
export const jsonCodec: Codec = Object.freeze({
  toDatabase: (value: unknown) => (value === null ? null : isJsonText(value) ? value : sql.json(value)),
  fromDatabase: (value: unknown) => (typeof value === "string" ? parseDocument(value) : value),
});

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConversionError("a column that is declared JSON holds something else", { cause });
  }
}

/** What stands for a codec in `codecs()`. */
export type CodecChoice = "boolean" | "json" | Codec<never>;

/** The codec that a table means. */
export function codecOf(choice: CodecChoice): Codec {
  if (choice === "boolean") return booleanCodec as Codec;
  if (choice === "json") return jsonCodec;
  return choice as unknown as Codec;
}
