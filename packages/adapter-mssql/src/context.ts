import type { SessionContext } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";

/** Characters of a key (`sysname`), and of a value: a `sql_variant` has 8 000 bytes. */
const longestKey = 128;
const longestValue = 4_000;

const nothing: Readonly<Record<string, string>> = Object.freeze({});

/**
 * What `SESSION_CONTEXT()` gives on one connection. The values belong to the server's session and not to a transaction, so they go in a request of
 * their own ahead of the first thing that needs them, and once in a lease; a procedure that fails in a batch would not keep the rest of that batch
 * from running.
 */
export class ContextKeys {
  readonly #link: Link;
  #wanted = nothing;
  /** What the session holds, by what the server has acknowledged; `undefined` where it may be this or that. */
  readonly #held = new Map<string, string | undefined>();
  /** What holds is what is wanted. */
  #inPlace = true;

  constructor(link: Link) {
    this.#link = link;
  }

  /** The session holds something that nobody wants. */
  get left(): boolean {
    return this.#wanted === nothing && this.#held.size > 0;
  }

  /** From now on nothing is to be sent without it. */
  want(context: SessionContext | undefined): void {
    this.#wanted = context?.settings ?? nothing;
    this.#inPlace = false;
  }

  /** The session was reset: it holds nothing. */
  forget(): void {
    this.#held.clear();
    this.#inPlace = false;
  }

  /**
   * Brings the session to what is wanted, unless it is there. Rejects where that could not be: what was to be sent must not be sent then.
   * @throws DriverFault for what no session can hold
   */
  put(): void | Promise<void> {
    if (this.#inPlace) return;
    const wanted = this.#wanted;
    const changes = this.#changes(wanted);
    if (changes.length === 0) {
      this.#inPlace = true;
      return;
    }
    return this.#send(wanted, changes);
  }

  async #send(
    wanted: Readonly<Record<string, string>>,
    changes: readonly (readonly [key: string, value: string | null])[],
  ): Promise<void> {
    for (const [key, value] of changes) check(key, value);
    // Until the server has answered, each may be what it was or what it is to be.
    for (const [key] of changes) this.#held.set(key, undefined);
    // Not read-only: a key that is would keep the next tenant from setting its own.
    const calls = changes.map((_, index) => `EXEC sys.sp_set_session_context @k${index}, @v${index};`);
    const { NVarChar } = this.#link.tedious.TYPES;
    if (NVarChar === undefined) throw refusal("unsupported", "this version of tedious has no type NVarChar");
    await this.#link.request(calls.join(" "), "execSql", (request) => {
      for (const [index, [key, value]] of changes.entries()) {
        request.addParameter(`k${index}`, NVarChar, key, { length: longestKey });
        request.addParameter(`v${index}`, NVarChar, value, { length: longestValue });
      }
    });
    for (const [key, value] of changes) {
      if (value === null) this.#held.delete(key);
      else this.#held.set(key, value);
    }
    this.#inPlace = this.#wanted === wanted;
  }

  /** What is to go comes first: the server may take two keys for one that differ in their case. */
  #changes(wanted: Readonly<Record<string, string>>): readonly (readonly [key: string, value: string | null])[] {
    const going = [...this.#held.keys()].filter((key) => !Object.hasOwn(wanted, key));
    const coming = Object.entries(wanted).filter(([key, value]) => this.#held.get(key) !== value);
    return [...going.map((key) => [key, null] as const), ...coming];
  }
}

function check(key: string, value: string | null): void {
  if (key === "" || key.length > longestKey) {
    throw refusal("parameter", `the name of a setting has 1 to ${longestKey} characters, and one has ${key.length}`);
  }
  if (value !== null && value.length > longestValue) {
    throw refusal(
      "parameter",
      `the value of a setting has at most ${longestValue} characters, and that of "${key}" has ${value.length}`,
    );
  }
}
