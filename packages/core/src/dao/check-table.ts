import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { didYouMean } from "../internal/nearest-name.ts";

const codecWords = ["boolean", "json"];

/** @throws ConfigurationError for what {@link defineTable} has not given: its name, most often */
export function checkTable(table: unknown): void {
  const { name, key } = (table ?? {}) as { readonly name?: unknown; readonly key?: unknown };
  if (Array.isArray(name) && Array.isArray(key)) return;
  throw new ConfigurationError(`a DAO is made of a table, as defineTable() gives it, not ${kindInWords(table)}`);
}

/** @throws ConfigurationError for a property that is no name */
export function checkProperties(table: string, step: string, properties: readonly unknown[]): void {
  for (const property of properties) {
    if (typeof property === "string" && property !== "") continue;
    throw new ConfigurationError(`table ${table}: ${step}() takes names of columns, not ${nameOf(property)}`);
  }
  const twice = properties.find((it, index) => properties.indexOf(it) !== index);
  if (twice !== undefined) throw new ConfigurationError(`table ${table}: ${step}() names "${String(twice)}" twice`);
}

/** @throws ConfigurationError for anything but an object of columns */
export function checkChoices(table: string, step: string, choices: unknown): void {
  if (typeof choices === "object" && choices !== null && !Array.isArray(choices)) return;
  throw new ConfigurationError(`table ${table}: ${step}() takes an object of columns, not ${nameOf(choices)}`);
}

/** @throws ConfigurationError for what is neither the name of a codec nor one */
export function checkCodec(table: string, property: string, choice: unknown): void {
  if (typeof choice === "string") {
    if (codecWords.includes(choice)) return;
    const message = `table ${table}: "${choice}" is no codec, for "${property}"${didYouMean(choice, codecWords)}; there are "boolean", "json" and objects`;
    throw new ConfigurationError(message);
  }
  const codec = choice as { readonly toDatabase?: unknown; readonly fromDatabase?: unknown } | null;
  const isCodec =
    typeof codec === "object" && typeof codec?.toDatabase === "function" && typeof codec.fromDatabase === "function";
  if (isCodec) return;
  throw new ConfigurationError(`table ${table}: the codec for "${property}" needs toDatabase() and fromDatabase()`);
}

/** @throws ConfigurationError for what is no Standard Schema */
export function checkSchema(table: string, schema: unknown): void {
  const standard = (schema as { readonly "~standard"?: { readonly validate?: unknown } } | null | undefined)?.[
    "~standard"
  ];
  if (typeof standard?.validate === "function") return;
  throw new ConfigurationError(`table ${table}: schema() takes a Standard Schema (zod, valibot, arktype)`);
}

function nameOf(value: unknown): string {
  return value === "" ? "an empty text" : kindInWords(value);
}
