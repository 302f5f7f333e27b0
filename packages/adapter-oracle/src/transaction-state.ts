/** How a transaction ended before core has ended it; `"unknown"`: the server says only that it has. */
export type Ending = "committed" | "rolled back" | "unknown";

/**
 * Where the server is, as far as it can be known without asking: Oracle has no BEGIN, and says at the end of each call whether there is something
 * to commit. A block of PL/SQL that commits and goes on with another change looks as one that did not.
 */
export class TransactionState {
  #phase: "outside" | "begun" | "changed" | "ended" = "outside";
  #ending: Ending = "unknown";
  /** The server was told something that only COMMIT or ROLLBACK undoes. */
  #used = false;

  /** `inProgress`: what the server said last. */
  status(inProgress: boolean): "idle" | "active" {
    if (this.#phase === "outside" || this.#phase === "ended") return inProgress ? "active" : "idle";
    return "active";
  }

  /** Core has begun a transaction, which is not over for core. */
  get begun(): boolean {
    return this.#phase !== "outside";
  }

  /** How the transaction that core has begun ended already, if it has. What runs after that is none of it. */
  get ended(): Ending | undefined {
    return this.#phase === "ended" ? this.#ending : undefined;
  }

  /** COMMIT and ROLLBACK would have nothing to do. */
  get unused(): boolean {
    return !this.#used;
  }

  begin(): void {
    this.#phase = "begun";
    this.#used = false;
  }

  /** A call of a transaction has come back. */
  called(inProgress: boolean): void {
    if (this.#phase === "outside") return;
    this.#used = true;
    if (this.#phase === "ended") return;
    if (inProgress) this.#phase = "changed";
    else if (this.#phase === "changed") this.#end("unknown");
  }

  /** A text has run that ends transactions by its own words. */
  endedByText(ending: Ending): void {
    if (this.#phase !== "outside")
      this.#end(this.ended === undefined || this.ended === "unknown" ? ending : this.ended);
  }

  /** Back at a savepoint, which may be one before the first change. */
  rolledBackTo(inProgress: boolean): void {
    if (this.#phase !== "outside" && this.#phase !== "ended") this.#phase = inProgress ? "changed" : "begun";
  }

  end(): void {
    this.#phase = "outside";
    this.#used = false;
  }

  #end(ending: Ending): void {
    this.#phase = "ended";
    this.#ending = ending;
  }
}
