import { randomBytes } from "node:crypto";
import { StatementCache } from "@nsj/mdb-core";
import type { WireValue } from "./native.ts";
import { type FormCheck, haveForms } from "./parameter-forms.ts";
import type { Shape } from "./shapes.ts";
import { leavesTraces } from "./traces.ts";

/** How one use of a statement goes over the wire. */
export interface Usage {
  /** Its name on the server; empty for none. */
  readonly name: string;
  /** Whether it has to be parsed first. */
  readonly parse: boolean;
  /** Known where it was parsed under this name before; then its columns cannot have changed. */
  readonly shape: Shape | undefined;
  /** What its text does to the session, where that was found out before; see `leavesTraces`. */
  readonly leavesTraces?: boolean;
  /** How its values have to look to go through the name; absent as long as it is not known. */
  readonly forms?: readonly FormCheck[];
}

const unnamed: Usage = Object.freeze({ name: "", parse: true, shape: undefined });

/** What the connections of one connector tell each other about the schema. */
export class SchemaEpoch {
  /** Rises when somebody has seen that prepared statements may have gone stale. */
  value = 0;
}

interface Named {
  usage: Usage;
  /** The first use is still under way: the server may refuse the text, so that nobody else may rely on the name yet. */
  pending: boolean;
}

// Only these have a plan that is worth keeping, and columns that the server promises to keep: a FETCH, EXECUTE, SHOW or CALL under the
// same text may return other columns the next time.
const plannable =
  /^(?:\s|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|insert|update|delete|merge|with|values|table)\b/i;

/** Longer texts are made by programs and hardly come twice; remembering them would cost more than it gains. */
const longestText = 16_384;

/**
 * The named statements of one connection. No name is ever used twice, on no connection: behind a pooler in transaction mode that was
 * not told about, a name that the server does not know is an error, but one that another client has given it would run the wrong statement.
 */
export class PreparedStatements {
  readonly #threshold: number;
  readonly #epoch: SchemaEpoch;
  readonly #named: StatementCache<Named>;
  /** Texts that have been used, and how often. More than the named ones, so that a flood of texts used once pushes out none of those. */
  readonly #seen: StatementCache<number>;
  /** What the server knows as far as we can tell. */
  readonly #open = new Set<string>();
  #closing: string[] = [];
  readonly #prefix = `mdb_${randomBytes(6).toString("hex")}_`;
  #names = 0;
  #knownEpoch: number;

  constructor({ max, threshold }: { readonly max: number; readonly threshold: number }, epoch: SchemaEpoch) {
    this.#threshold = threshold;
    this.#epoch = epoch;
    this.#knownEpoch = epoch.value;
    this.#named = new StatementCache(max, ({ usage }) => this.#close(usage.name));
    this.#seen = new StatementCache(Math.max(200, max * 4));
  }

  /** How to send this text with these values now. @param key - the text, and what else tells two statements apart */
  use(key: string, values: readonly WireValue[]): Usage {
    if (this.#knownEpoch !== this.#epoch.value) this.forgetAll(true);
    const known = this.#named.get(key);
    if (known !== undefined) {
      const { usage } = known;
      return !known.pending && haveForms(values, usage.forms ?? []) ? usage : unnamed;
    }
    if (key.length > longestText) return unnamed;
    const uses = (this.#seen.get(key) ?? 0) + 1;
    if (uses < this.#threshold || !plannable.test(key)) {
      this.#seen.set(key, uses);
      return unnamed;
    }
    this.#seen.delete(key);
    this.#names++;
    const usage: Usage = {
      name: `${this.#prefix}${this.#names}`,
      parse: true,
      shape: undefined,
      leavesTraces: leavesTraces(key),
    };
    this.#open.add(usage.name);
    this.#named.set(key, { usage, pending: true });
    return usage;
  }

  /** The server has parsed and run it under its name. */
  parsed(key: string, usage: Usage): void {
    const named = this.#named.get(key);
    if (named === undefined || named.usage.name !== usage.name) return;
    named.usage = usage;
    named.pending = false;
  }

  /** Forgets one statement: the server refused it, or its name is not good any more. */
  forget(key: string, { name }: Usage): void {
    if (this.#named.get(key)?.usage.name !== name) return;
    this.#named.delete(key);
    // The server may have parsed it before something else failed; closing a name that it does not know is no error.
    this.#close(name);
  }

  /** Forgets all of them. @param close - whether the server still has them */
  forgetAll(close: boolean): void {
    this.#knownEpoch = this.#epoch.value;
    if (close) this.#closing.push(...this.#open);
    else this.#closing = [];
    this.#open.clear();
    this.#named.clear();
  }

  /** The names that the next flight has to close on the server. */
  takeClosing(): readonly string[] {
    const closing = this.#closing;
    if (closing.length > 0) this.#closing = [];
    return closing;
  }

  #close(name: string): void {
    if (this.#open.delete(name)) this.#closing.push(name);
  }
}
