import { StatementCache } from "@nsj/mdb-core";
import { serverCode } from "./errors.ts";
import type { Link } from "./link.ts";
import { type Prepared, PrepareFlight } from "./prepare-flight.ts";

/** ER_UNSUPPORTED_PS: this kind of statement is taken as text only. */
const unsupported = 1295;
/** ER_MAX_PREPARED_STMT_COUNT_REACHED: of all sessions together. */
const tooMany = 1461;

/** Longer texts are made by programs and hardly come twice; keeping them would cost more than it gains. */
const longestText = 16_384;

/** The prepared statements of one connection; those that are pushed out are closed on the server too. */
export class PreparedStatements {
  readonly #link: Link;
  readonly #kept: StatementCache<Prepared>;
  /** The same ones. */
  readonly #open = new Set<Prepared>();
  /** Texts that the server does not prepare. */
  readonly #refused = new StatementCache<true>(200);

  constructor(link: Link, max: number) {
    this.#link = link;
    this.#kept = new StatementCache(max, (statement) => {
      this.#open.delete(statement);
      link.closeStatement(statement.id);
    });
  }

  /** The prepared statement of a text, where it is kept. Behind its use it is to be kept again. */
  kept(text: string): Prepared | undefined {
    return this.#kept.get(text);
  }

  /** Prepares a text that is not kept; `undefined` for one that can be sent as text only. */
  async of(text: string): Promise<Prepared | undefined> {
    if (this.#refused.get(text) !== undefined) return undefined;
    try {
      return await this.#link.send(new PrepareFlight(this.#link, text));
    } catch (error) {
      const code = serverCode(error);
      if (code === unsupported) {
        if (text.length <= longestText) this.#refused.set(text, true);
        return undefined;
      }
      if (code !== tooMany) throw error;
      return this.#withRoom(text, error);
    }
  }

  /** Called behind its use: keeps a statement for the next time, or closes it where nothing is kept. */
  keep(text: string, statement: Prepared): void {
    if (text.length > longestText) {
      this.#link.closeStatement(statement.id);
      return;
    }
    this.#open.add(statement);
    this.#kept.set(text, statement);
  }

  /** The server cannot use it any more. */
  forget(text: string, statement: Prepared): void {
    if (this.#kept.get(text) === statement) this.#kept.delete(text);
    this.#open.delete(statement);
    this.#link.closeStatement(statement.id);
  }

  /** Closes all of them on the server. */
  closeAll(): void {
    for (const { id } of this.#open) this.#link.closeStatement(id);
    this.#open.clear();
    this.#kept.clear();
  }

  /** The server has forgotten all of them by itself. */
  clear(): void {
    this.#kept.clear();
    this.#open.clear();
    this.#link.forgetStatements();
  }

  /** Tries again without those that we keep ourselves. `undefined` where that was not enough: a text without values can go as it is. */
  async #withRoom(text: string, cause: unknown): Promise<Prepared | undefined> {
    const had = this.#open.size;
    this.closeAll();
    try {
      if (had === 0) throw cause;
      return await this.#link.send(new PrepareFlight(this.#link, text));
    } catch (error) {
      if (serverCode(error) !== tooMany || text.includes("?")) throw error;
      return undefined;
    }
  }
}
