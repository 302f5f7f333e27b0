import type { DialectFacts } from "../driver/index.ts";
import { ConfigurationError, ParameterError } from "../errors/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { keyPartText } from "./key-part.ts";

/** The values of a key in the order of the key's columns. @throws ParameterError for a key of the wrong shape */
export function keyValues(spec: AnyTable, key: unknown): readonly unknown[] {
  const names: readonly string[] = spec.key;
  const [only] = names;
  if (only === undefined) throw new ConfigurationError(`table ${spec.name.join(".")}: it has no primaryKey()`);
  const values = names.length === 1 && !isKeyObject(key, only) ? [key] : names.map((name) => propertyOf(key, name));
  const missing = names.filter((_, index) => values[index] === undefined || values[index] === null);
  if (missing.length > 0) {
    throw new ParameterError(`${spec.name.join(".")}: the key needs a value for ${missing.join(", ")}`, {
      parameters: missing,
    });
  }
  return values;
}

/** `id = 1`, or all columns of a composite key. */
export function keyCondition(spec: AnyTable, columns: Columns, key: unknown, dialect: DialectFacts): Sql {
  const values = keyValues(spec, key);
  const parts = (spec.key as readonly string[]).map((name, index) => {
    return columns.compared(name, "=", values[index], dialect);
  });
  return parts.length === 1 ? (parts[0] as Sql) : sql.and(parts);
}

/** A text that is the same for two keys exactly when they are the same key. */
export function keyText(values: readonly unknown[]): string {
  return JSON.stringify(values.map(keyPartText));
}

function isKeyObject(key: unknown, only: string): boolean {
  return (
    typeof key === "object" && key !== null && !(key instanceof Date) && !(key instanceof Uint8Array) && only in key
  );
}

function propertyOf(key: unknown, name: string): unknown {
  return typeof key === "object" && key !== null ? (key as Readonly<Record<string, unknown>>)[name] : undefined;
}
