import type { Clock, ErrorInfo } from "../../driver/index.ts";
import type { Borrowed } from "../../pool/index.ts";
import type { ReadRecord } from "./read-record.ts";

const severity: Record<ErrorInfo["connection"], number> = { ok: 0, suspect: 1, dead: 2 };

/** One leased connection on which several statements are under way, answered in the order in which they were sent. */
export class SharedLine {
  readonly openedAt: number;
  inFlight = 0;
  readonly #lease: Borrowed;
  readonly #onEmpty: (line: SharedLine) => void;
  readonly #clock: Clock;
  /** When the server could begin with the oldest statement that has not been answered. */
  #headSince = 0;
  #state: ErrorInfo["connection"] = "ok";

  /** @param onEmpty - called once, when the last statement has ended and the lease has been given back */
  constructor(lease: Borrowed, clock: Clock, onEmpty: (line: SharedLine) => void) {
    this.#lease = lease;
    this.#clock = clock;
    this.#onEmpty = onEmpty;
    this.openedAt = clock.now();
  }

  /** Whether it still works, as far as anybody knows. */
  get healthy(): boolean {
    return this.#state === "ok" && this.#lease.connection.usable;
  }

  /** For how long the server has been busy with the oldest statement, in milliseconds. */
  headMs(now: number): number {
    return this.inFlight === 0 ? 0 : now - this.#headSince;
  }

  /** A place behind everything that is under way. */
  take(read: ReadRecord): Borrowed {
    if (this.inFlight === 0) this.#headSince = this.#clock.now();
    this.inFlight++;
    return {
      connection: this.#lease.connection,
      revoked: false,
      release: ({ error = "ok" } = {}) => this.#end(error, read),
    };
  }

  #end(state: ErrorInfo["connection"], read: ReadRecord): void {
    const now = this.#clock.now();
    read.took(now - this.#headSince);
    this.#headSince = now;
    this.inFlight--;
    if (severity[state] > severity[this.#state]) this.#state = state;
    if (this.inFlight > 0) return;
    this.#onEmpty(this);
    this.#lease.release({ error: this.#state });
  }
}
