import { unsupported } from "./failure.ts";
import { type NativeDatabase, readRows } from "./native.ts";

/** `PRAGMA synchronous`: from this on, a commit is on the disk before it is answered. */
const full = 2;

/**
 * Makes single transactions durable on a connection that gives that up for speed. SQLite refuses to change it inside of a transaction.
 *
 * @see https://sqlite.org/pragma.html#pragma_synchronous
 */
export class Durability {
  readonly #native: NativeDatabase;
  readonly #isFile: boolean;
  #usual: number | undefined;

  constructor(native: NativeDatabase, isFile: boolean) {
    this.#native = native;
    this.#isFile = isFile;
  }

  /** @throws DriverFault for a database that is gone with its process, whatever is written there */
  mustBePossible(): void {
    if (this.#isFile) return;
    throw unsupported(
      "a database in memory, or one that is open for reading only, cannot keep a decision; take a file",
    );
  }

  /** Called right before a transaction begins; also again, where that had to wait for a lock. */
  raise(): void {
    if (this.#usual !== undefined) return;
    const now = Number(readRows(this.#native, "PRAGMA synchronous")[0]?.[0]);
    if (now >= full) return;
    this.#native.exec(`PRAGMA synchronous = ${full}`);
    this.#usual = now;
  }

  /** Called when a transaction has ended. */
  restore(): void {
    if (this.#usual === undefined || this.#native.inTransaction) return;
    this.#native.exec(`PRAGMA synchronous = ${this.#usual}`);
    this.#usual = undefined;
  }
}
