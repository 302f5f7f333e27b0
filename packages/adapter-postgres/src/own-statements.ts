import { randomBytes } from "node:crypto";

/** How a text of the adapter's own goes over the wire: under a name, or without one. */
export interface OwnUsage {
  /** Empty for none. */
  readonly name: string;
  /** Whether it has to be parsed first. */
  readonly parse: boolean;
  /** Called when the server has run it. */
  readonly ran: () => void;
}

/** Without a name: where the options forbid names, and when it is sent again. */
export const ownUnnamed: OwnUsage = Object.freeze({ name: "", parse: true, ran: () => {} });

/**
 * The texts that travel with statements of callers again and again, each under a name of its own, so that the server parses and plans it once. They are few,
 * and make no room for others. As with {@link PreparedStatements}, no name is ever used twice.
 */
export class OwnStatements {
  readonly #prefix = `mdb_${randomBytes(6).toString("hex")}_own_`;
  readonly #known = new Map<string, OwnUsage>();
  #names = 0;

  /** How to send this text now. */
  use(text: string): OwnUsage {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#names++;
    const name = `${this.#prefix}${this.#names}`;
    return { name, parse: true, ran: () => void this.#known.set(text, { name, parse: false, ran: ownUnnamed.ran }) };
  }

  /** The server does not know the names any more. */
  forget(): void {
    this.#known.clear();
  }
}
