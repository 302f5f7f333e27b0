import type { Clock, OperationContext } from "@nsj/mdb-core";
import { givenUp } from "./faults.ts";

/** How long a statement may go on behind an order, in milliseconds, before it is given again; then twice as long, and so on. */
const firstPauseMs = 50;

/** What an {@link Interruption} needs of its connection. */
export interface Interruptible {
  readonly clock: Clock;
  /** Resolves when the statement that runs is answered; `undefined` when none runs. */
  answer(): Promise<void> | undefined;
  /** Stops what the server runs now. Resolves when the server has taken the order. */
  kill(context: OperationContext): Promise<void>;
}

/**
 * What stops the operation that is under way. An order to the server that has been sent is waited for: one that arrives late would stop a later statement.
 */
export class Interruption {
  readonly #connection: Interruptible;
  #isRunning = false;
  #isAsked = false;
  #killing: Promise<void> | undefined;
  #onAsk: (() => void) | undefined;

  constructor(connection: Interruptible) {
    this.#connection = connection;
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
    const answer = this.#connection.answer();
    if (answer !== undefined) this.#killing ??= this.#killUntil(answer, context);
    await this.#killing;
  }

  /** The server forgets an order that overtakes the statement that it is meant for: it is given again while that goes on. */
  async #killUntil(answer: Promise<void>, context: OperationContext): Promise<void> {
    let isAnswered = false;
    const answered = answer.then(() => {
      isAnswered = true;
    });
    for (let pauseMs = firstPauseMs; !isAnswered; pauseMs *= 2) {
      await this.#connection.kill(context);
      await this.#untilAnswered(answered, pauseMs, context.deadline);
    }
  }

  async #untilAnswered(answered: Promise<void>, pauseMs: number, deadline: number): Promise<void> {
    const { clock } = this.#connection;
    const passed = Promise.withResolvers<void>();
    const ms = Math.max(0, Math.min(pauseMs, deadline - clock.now()));
    const timer = clock.setTimer(passed.resolve, ms, { keepProcessAlive: true });
    await Promise.race([answered, passed.promise]);
    timer.cancel();
  }

  /** To be called before each of the operation's statements. @throws DriverFault when it was given up */
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

  /** Resolves when no order is on its way. */
  async delivered(): Promise<void> {
    await this.#killing?.catch(() => undefined);
  }

  /** Ends the operation, at once where no order was given. @param flush - takes up an order that came too late; says whether it could */
  settled(flush: () => Promise<boolean>): Promise<void> | undefined {
    this.#isRunning = false;
    return this.#killing && this.#takenUp(flush);
  }

  async #takenUp(flush: () => Promise<boolean>): Promise<void> {
    await this.delivered();
    if (await flush()) this.#killing = undefined;
  }
}
