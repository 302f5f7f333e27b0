import type { NativeConnection } from "./native.ts";
import type { Traces } from "./traces.ts";

/** What callers have done to a session, as far as their texts and the server's environment changes tell it without being asked. */
export class SessionChanges {
  #noticed = false;
  #lasting = false;
  /** What the server tells by itself: its database and its language, by ENVCHANGE. [MS-TDS] 2.2.7.9 */
  readonly #now = new Map<string, string>();
  /** What of that has changed since the session was as it is meant to be, with what it was. */
  readonly #before = new Map<string, string | undefined>();

  constructor(native: NativeConnection) {
    for (const event of ["databaseChange", "languageChange", "charsetChange"] as const) {
      native.on(event, (value) => this.#told(event, value));
    }
  }

  /** Whether the next borrower would see something of it. */
  get dirty(): boolean {
    return this.#noticed || this.#before.size > 0;
  }

  /** Says that the session is, from now on, as it is meant to be. */
  set dirty(dirty: boolean) {
    this.#noticed = dirty;
    if (dirty) return;
    this.#lasting = false;
    this.#before.clear();
  }

  /** Something of it ends with the session only. */
  get lasting(): boolean {
    return this.#lasting;
  }

  /** A text is about to be sent. @returns what takes that back, for a text that was refused before anything of it ran */
  sent(traces: Traces): () => void {
    if (traces === "nothing") return () => {};
    const { dirty } = this;
    this.#noticed = true;
    if (traces === "lasting") this.#lasting = true;
    return () => {
      if (traces === "something if it exists") this.#noticed = dirty;
    };
  }

  #told(what: string, value: string): void {
    const before = this.#now.get(what);
    this.#now.set(what, value);
    if (!this.#before.has(what)) this.#before.set(what, before);
    if (this.#before.get(what) === value) this.#before.delete(what);
  }
}
