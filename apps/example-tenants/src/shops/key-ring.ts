import { randomBytes } from "node:crypto";
import { type SealedSecrets, sealedSecrets } from "@nsj/mdb-tenants";

/**
 * The keys that seal the shops' passwords. In memory, like all of this demonstration: a service that lives longer reads them from its store of
 * secrets, or gives `sealedSecrets` a key management service, and adds the new key there first.
 */
export class KeyRing {
  #number = 1;
  #keys: Readonly<Record<string, string>> = { k1: newKey() };
  #secrets = this.#seal();

  /** Seals with the newest key, and opens with each. */
  get secrets(): SealedSecrets {
    return this.#secrets;
  }

  /** The name of the key that seals. */
  get current(): string {
    return `k${this.#number}`;
  }

  /** Adds a key, which seals from now on. */
  add(): void {
    this.#number++;
    this.#keys = { ...this.#keys, [this.current]: newKey() };
    this.#secrets = this.#seal();
  }

  /** Drops all but the current key; what is still sealed with another does not open any more. */
  dropOld(): void {
    this.#keys = { [this.current]: this.#keys[this.current] ?? "" };
    this.#secrets = this.#seal();
  }

  #seal(): SealedSecrets {
    return sealedSecrets({ keys: { ...this.#keys, current: this.current } });
  }
}

function newKey(): string {
  return randomBytes(32).toString("hex");
}
