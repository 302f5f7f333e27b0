import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ConfigurationError } from "@nsj/mdb-core";
import { DataKeys, type KeyWrap, localWrap } from "./data-keys.ts";
import { SecretError } from "./errors.ts";

/** What a secret belongs to. It opens for nothing else. */
export interface SecretOwner {
  readonly tenant: string;
  /** Which of the tenant's secrets it is: `"password"`. */
  readonly field: string;
}

/** How secrets are sealed. */
export interface SealedSecretsOptions {
  /**
   * The keys by name, 32 bytes each or a text of 64 hexadecimal digits, and under `current` the name of the one that seals. Older ones stay until
   * nothing is sealed with them.
   */
  readonly keys?: { readonly current: string } & Readonly<Record<string, string | Uint8Array>>;
  /** A key management service instead, which wraps and unwraps data keys. */
  readonly service?: KeyWrap;
  /** Part of what a secret is bound to, for one key store behind several applications. Default `"tenants"`. */
  readonly scope?: string;
}

/** Seals and opens secrets of tenants. May be used concurrently. */
export interface SealedSecrets {
  /** Seals a text for one field of one tenant: `mdb1.<key>.<wrapped data key>.<iv>.<tag>.<text>`. */
  seal(text: string, owner: SecretOwner): Promise<string>;
  /** Opens it again. @throws SecretError for a key that is missing, or another tenant's, field's or scope's secret */
  open(sealed: string, owner: SecretOwner): Promise<string>;
  /** Seals it anew with the current key. @throws SecretError as `open` does */
  reseal(sealed: string, owner: SecretOwner): Promise<string>;
  /** The name of the key that a secret was sealed with. @throws SecretError for what is no sealed secret */
  keyOf(sealed: string): string;
}

const version = "mdb1";

/**
 * Secrets that can lie in a table: AES-256-GCM, a data key for each, wrapped by a key of yours; scope, tenant and field are authenticated, so that a
 * row copied to another tenant does not open.
 * @throws ConfigurationError for keys that are none
 */
export function sealedSecrets(options: SealedSecretsOptions): SealedSecrets {
  const { keys, service, scope = "tenants" } = options;
  if ((keys === undefined) === (service === undefined)) {
    throw new ConfigurationError('sealedSecrets: give either "keys" or "service"');
  }
  const dataKeys = new DataKeys(service ?? localWrap(keys ?? { current: "" }));
  // The lengths are part of it: no two owners give the same bytes.
  const bound = ({ tenant, field }: SecretOwner): Buffer =>
    Buffer.from(JSON.stringify([version, scope, tenant, field]));
  const secrets: SealedSecrets = {
    async seal(text, owner) {
      const { key, name, wrapped } = await dataKeys.make();
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      cipher.setAAD(bound(owner));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const parts = [wrapped, iv, cipher.getAuthTag(), sealed].map((it) => Buffer.from(it).toString("base64url"));
      return [version, name, ...parts].join(".");
    },
    async open(sealed, owner) {
      const { name, wrapped, iv, tag, text } = partsOf(sealed);
      const key = await dataKeys.unwrap(name, wrapped);
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: 16 });
        decipher.setAAD(bound(owner));
        decipher.setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
      } catch {
        // What the cipher says of it is nothing that anybody should read.
        throw new SecretError(
          `a secret sealed with the key "${name}" does not open: it was changed, or sealed for another tenant, field or scope`,
        );
      }
    },
    async reseal(sealed, owner) {
      return secrets.seal(await secrets.open(sealed, owner), owner);
    },
    keyOf: (sealed) => partsOf(sealed).name,
  };
  return Object.freeze(secrets);
}

function partsOf(sealed: string) {
  const [head, name = "", ...parts] = String(sealed).split(".");
  const [wrapped, iv, tag, text] = parts.map((it) => Buffer.from(it, "base64url"));
  const isWhole = head === version && parts.length === 4 && name !== "" && iv?.length === 12 && tag?.length === 16;
  if (!isWhole || wrapped === undefined || text === undefined) throw new SecretError("this is no sealed secret");
  return { name, wrapped, iv, tag, text };
}
