import type { OperationContext } from "@nsj/mdb-core";
import { givenUp } from "./faults.ts";

/**
 * What stops the operation that is under way. An order to the server that has been sent is waited for: one that arrives late would stop a later statement.
 */
export class Interruption {
  readonly #kill: (context: OperationContext) => Promise<void>;
  #isRunning = false;
  #isAsked = false;
  #killing: Promise<void> | undefined;
  #onAsk: (() => void) | undefined;

  /** @param kill - stops what the server runs now; resolves when the server has taken the order */
  constructor(kill: (context: OperationContext) => Promise<void>) {
    this.#kill = kill;
  }

  /** An operation begins. */
  begin(): void {
    this.#isRunning = true;
    this.#isAsked = false;
  }

  /** Stops the operation: the statement that runs, and those that would follow. Does nothing when nothing runs. */
  async ask(context: OperationContext): Promise<void> {
    if (!this.#isRunning) return;
    this.#isAsked = true;
    this.#onAsk?.();
    this.#killing ??= this.#kill(context);
    await this.#killing;
  }

  /** To be called between the statements of one operation. @throws DriverFault when it was given up */
  check(): void {
    if (this.#isAsked) throw givenUp();
  }

  /** Waits for what is not the server's, until that comes or the operation is given up. Begins nothing where it was given up already. */
  async over<T>(begin: () => Promise<T>): Promise<T> {
    this.check();
    const work = begin();
    const asked = new Promise<never>((_, reject) => {
      this.#onAsk = () => reject(givenUp());
    });
    try {
      return await Promise.race([work, asked]);
    } finally {
      this.#onAsk = undefined;
    }
  }

  /** Ends the operation. @param flush - takes up an order that came too late; says whether it could */
  async settled(flush: () => Promise<boolean>): Promise<void> {
    this.#isRunning = false;
    const killing = this.#killing;
    if (killing === undefined) return;
    await killing.then(
      () => undefined,
      () => undefined,
    );
    if (await flush()) this.#killing = undefined;
  }
}
