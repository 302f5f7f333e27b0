import type { TypedValue } from "../tsql/emission.ts";
import { SqlServerError } from "./sql-server-error.ts";

const longestKeyInBytes = 128;

/**
 * What `SESSION_CONTEXT` knows: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-set-session-context-transact-sql
 */
export class ContextValues {
  readonly #values = new Map<string, string>();
  readonly #readOnly = new Set<string>();

  get(key: string): string | null {
    return this.#values.get(key.toLowerCase()) ?? null;
  }

  /** A NULL takes the key away. @throws SqlServerError 15664 for a key that is read-only, 15666 for one that is too long */
  set(name: string, value: TypedValue | undefined, readOnly: boolean): void {
    const key = name.toLowerCase();
    if (Buffer.byteLength(name, "utf16le") > longestKeyInBytes) {
      const words = `Cannot set key '${name}' in the session context. The size of the key cannot exceed ${longestKeyInBytes} bytes.`;
      throw new SqlServerError(15666, words);
    }
    if (this.#readOnly.has(key)) {
      const words = `Cannot set key '${name}' in the session context. The key has been set as read_only for this session.`;
      throw new SqlServerError(15664, words);
    }
    if (value === undefined || value.value === null) this.#values.delete(key);
    else this.#values.set(key, String(value.value));
    if (readOnly) this.#readOnly.add(key);
  }

  /** A reset, and nothing else, also takes away what is read-only. */
  clear(): void {
    this.#values.clear();
    this.#readOnly.clear();
  }
}
