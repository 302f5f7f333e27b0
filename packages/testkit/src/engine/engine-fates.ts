import type { Fate } from "@nsj/mdb-core";

/** What became of the transactions of the small engine, by their numbers. Kept for as long as the database. */
export class EngineFates {
  readonly #fates = new Map<number, Fate>();

  /** The number of a transaction that begins to write. */
  begin(): number {
    const number = this.#fates.size + 1;
    this.#fates.set(number, "pending");
    return number;
  }

  /** It is over. Nothing happens without a number: then it has written nothing. */
  end(number: number | undefined, fate: Fate): void {
    if (number !== undefined) this.#fates.set(number, fate);
  }

  of(number: number): Fate {
    return this.#fates.get(number) ?? "unknown";
  }
}
