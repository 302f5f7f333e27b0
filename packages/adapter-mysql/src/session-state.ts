import type { DriverConnection } from "@nsj/mdb-core";
import type { Link } from "./link.ts";
import { type StateChanges, statusFlags } from "./status.ts";
import { deedOf } from "./traces.ts";

/** Where a session stands, as far as the server's answers and the callers' texts tell. */
export class SessionState {
  /** The next borrower would see something of what callers have done. */
  dirty = false;
  /** Transactions that texts of callers have begun or ended. */
  txEnded = 0;
  /** Somebody has chosen another database. */
  schemaChanged = false;
  /** Called when the current database is another one. */
  onSchema: (() => void) | undefined;
  #inTransaction = false;
  #autocommit = true;
  /** An answer that told nothing has left it open. */
  #isUnknown = false;
  /** A text of a caller is running. */
  #ofCaller = false;
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
    link.onStatus = (status, changes) => this.#note(status, changes);
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  get txStatus(): DriverConnection["txStatus"] {
    if (!this.#link.alive || this.#isUnknown) return "unknown";
    return this.#inTransaction ? "active" : "idle";
  }

  /** Whether an error says nothing of where the transaction stands. Without one, and with autocommit, a change of rows leaves none. */
  isOpenAfter(text: string): boolean {
    return this.#inTransaction || !this.#autocommit || !deedOf(text).isRowsOnly;
  }

  /** The status will be told by the next answer, which is about to be asked for. */
  forget(): void {
    this.#isUnknown = true;
  }

  /** A text of a caller is about to run. @returns what `ends` has to be told: whether a transaction is open */
  begins(text: string): boolean {
    // Said before it runs: a lock that was taken is kept although the statement fails afterwards.
    if (deedOf(text).touchesSession) this.dirty = true;
    this.#ofCaller = true;
    return this.#inTransaction;
  }

  /** It has run, or failed. @param before - what `begins` gave */
  ends(text: string, before: boolean, hasFailed: boolean): void {
    this.#ofCaller = false;
    const { isRowsOnly, turnsTransaction } = deedOf(text);
    // A statement that reads or writes rows ends a transaction by failing only, which the error says.
    if (before !== this.#inTransaction && !(isRowsOnly && hasFailed)) this.txEnded++;
    else if (before && this.#inTransaction && turnsTransaction && !hasFailed) this.txEnded++;
  }

  #note(status: number, changes: StateChanges | undefined): void {
    this.#inTransaction = (status & statusFlags.inTransaction) !== 0;
    this.#autocommit = (status & statusFlags.autocommit) !== 0;
    this.#isUnknown = false;
    if (changes === undefined) return;
    if (changes.timeZone !== undefined) this.#link.zone.changed(changes.timeZone);
    if (changes.schema !== undefined) {
      this.schemaChanged = true;
      this.onSchema?.();
    }
    if (this.#ofCaller) this.dirty = true;
  }
}
