/**
 * Where the server is, as far as it can be known without asking: Oracle has no BEGIN, and says at the end of each call whether there is something
 * to commit.
 */
export class TransactionState {
  #phase: "outside" | "begun" | "changed" | "ended" = "outside";
  /** The server was told something that only COMMIT or ROLLBACK undoes. */
  #used = false;

  /** `inProgress`: what the server said last. */
  status(inProgress: boolean): "idle" | "active" {
    if (this.#phase === "outside") return inProgress ? "active" : "idle";
    return this.#phase === "ended" ? "idle" : "active";
  }

  /** Core has begun a transaction, which is not over for core. */
  get begun(): boolean {
    return this.#phase !== "outside";
  }

  /** The server has ended the transaction that core has begun. */
  get ended(): boolean {
    return this.#phase === "ended";
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
    if (inProgress) this.#phase = "changed";
    else if (this.#phase === "changed") this.#phase = "ended";
  }

  /** Back at a savepoint, which may be one before the first change. */
  rolledBackTo(inProgress: boolean): void {
    if (this.#phase !== "outside" && this.#phase !== "ended") this.#phase = inProgress ? "changed" : "begun";
  }

  end(): void {
    this.#phase = "outside";
    this.#used = false;
  }
}
