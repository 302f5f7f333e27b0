import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ConfigurationError } from "@nsj/mdb-core";
import { SecretError } from "./errors.ts";

/** What wraps data keys: a key management service. Called concurrently. */
export interface KeyWrap {
  /** The name of the key that wraps from now on, and the data key wrapped by it. The name has no dot in it. */
  wrap(dataKey: Uint8Array): Promise<{ readonly key: string; readonly wrapped: Uint8Array }>;
  /** The data key again. */
  unwrap(key: string, wrapped: Uint8Array): Promise<Uint8Array>;
}

/** How long a data key is kept that was unwrapped, in milliseconds, and how many are. */
const keptForMs = 300_000;
const mostKept = 1_000;

/** Data keys, each for one secret. Those that were unwrapped are kept for a while: a pool that connects asks again and again. */
export class DataKeys {
  readonly #wrap: KeyWrap;
  readonly #kept = new Map<string, { readonly key: Promise<Uint8Array>; readonly until: number }>();

  constructor(wrap: KeyWrap) {
    this.#wrap = wrap;
  }

  async make(): Promise<{ readonly key: Uint8Array; readonly name: string; readonly wrapped: Uint8Array }> {
    const key = randomBytes(32);
    const { key: name, wrapped } = await this.#wrap.wrap(key);
    return { key, name, wrapped };
  }

  /** @throws SecretError when the key's name is not known, or what wraps it refuses */
  unwrap(name: string, wrapped: Uint8Array): Promise<Uint8Array> {
    // By a hash, so that the cache holds nothing that could be used without the key itself.
    const id = createHash("sha256").update(name).update("\0").update(wrapped).digest("base64");
    const now = performance.now();
    const kept = this.#kept.get(id);
    if (kept !== undefined && kept.until > now) return kept.key;
    const key = this.#unwrap(name, wrapped);
    this.#kept.delete(id);
    this.#kept.set(id, { key, until: now + keptForMs });
    key.catch(() => this.#kept.delete(id));
    for (const [oldest, { until }] of this.#kept) {
      if (until > now && this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return key;
  }

  async #unwrap(name: string, wrapped: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#wrap.unwrap(name, wrapped);
    } catch (error) {
      if (error instanceof SecretError) throw error;
      throw new SecretError(`the data key of a secret could not be unwrapped with the key "${name}"`, { cause: error });
    }
  }
}

/** Wraps with keys that the application has itself. @throws ConfigurationError for keys that are none */
export function localWrap({
  current,
  ...keys
}: { readonly current: string } & Readonly<Record<string, string | Uint8Array>>): KeyWrap {
  const known = new Map(Object.entries(keys).map(([name, key]) => [name, keyBytes(name, key)]));
  const currentKey = known.get(current);
  if (currentKey === undefined) {
    throw new ConfigurationError(
      `sealedSecrets: "keys.current" names the key "${current}", which is not among the keys`,
    );
  }
  return {
    async wrap(dataKey) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", currentKey, iv);
      const sealed = Buffer.concat([cipher.update(dataKey), cipher.final()]);
      return { key: current, wrapped: Buffer.concat([iv, cipher.getAuthTag(), sealed]) };
    },
    async unwrap(name, wrapped) {
      const key = known.get(name);
      if (key === undefined) throw new SecretError(`the key "${name}" is missing that a secret was sealed with`);
      const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(wrapped.subarray(12, 28));
      return Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
    },
  };
}

function keyBytes(name: string, key: string | Uint8Array): Uint8Array {
  if (name.includes(".") || name === "")
    throw new ConfigurationError(`sealedSecrets: a key's name must have no dot in it, and not be empty`);
  const bytes = typeof key === "string" && /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, "hex") : key;
  if (bytes instanceof Uint8Array && bytes.length === 32) return bytes;
  throw new ConfigurationError(`sealedSecrets: the key "${name}" must be 32 bytes, or 64 hexadecimal digits`);
}
