import type { BeginOptions, Isolation } from "@nsj/mdb-core";
import { transactionGone } from "./faults.ts";
import type { Link } from "./link.ts";

/** The levels by the numbers of the protocol: [MS-TDS] 2.2.6.9. */
const levelNumbers: Readonly<Record<Isolation, number>> = {
  "read uncommitted": 1,
  "read committed": 2,
  "repeatable read": 3,
  serializable: 4,
  snapshot: 5,
};

const defaultLevel = "read committed";

/** Transactions by the driver's own requests; their state is what the server's environment changes say. */
export class Transactions {
  readonly #link: Link;
  /** The level that the session has now. It stays behind a transaction, until the next one or a reset. */
  #level: Isolation = defaultLevel;
  /** What the server calls the transaction that `begin` has begun. */
  #own: Buffer | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  get open(): boolean {
    return this.#link.native.inTransaction;
  }

  /** Another transaction is open than the one that was begun: SQL text has ended that and begun a new one. */
  get replaced(): boolean {
    return this.open && this.#own !== undefined && this.#own !== this.#current;
  }

  get #current(): Buffer | undefined {
    return this.#link.native.transactionDescriptors.at(-1);
  }

  async begin({ isolation }: BeginOptions): Promise<void> {
    const level = isolation ?? defaultLevel;
    this.#level = level;
    await this.#link.call((done) => this.#link.native.beginTransaction(done, "", levelNumbers[level]));
    this.#own = this.#current;
  }

  /** @throws DriverFault when the server has ended the transaction by itself: nothing was saved then */
  async commit(): Promise<void> {
    const { replaced } = this;
    this.#own = undefined;
    if (this.#link.alive && !this.open) {
      throw transactionGone("there is no transaction to commit; the server has ended it");
    }
    if (replaced) throw transactionGone("a statement has ended the transaction and begun another one");
    await this.#link.call((done) => this.#link.native.commitTransaction(done));
    if (this.open) throw transactionGone("the server still holds the transaction open after its commit");
  }

  async rollback(): Promise<void> {
    this.#own = undefined;
    if (!this.open) return;
    await this.#link.call((done) => this.#link.native.rollbackTransaction(done));
  }

  async savepoint(name: string): Promise<void> {
    await this.#link.call((done) => this.#link.native.saveTransaction(done, name));
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#link.call((done) => this.#link.native.rollbackTransaction(done, name));
  }

  /** Brings the level of a past transaction back to the default before a statement that runs on its own. */
  async restoreLevel(): Promise<void> {
    if (this.#level === defaultLevel || this.open) return;
    await this.#link.request("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "execSqlBatch", () => {});
    this.#level = defaultLevel;
  }

  /** The session was reset. */
  forgetLevel(): void {
    this.#level = defaultLevel;
  }
}
