import type { Clock } from "../../driver/index.ts";

/** How a manager looks after what transactions over several databases have left. */
export interface RecoveryOptions {
  /** Between two rounds, in milliseconds; 30 000 by default, and up to a tenth more, so that many processes do not come at once. */
  readonly everyMs?: number | undefined;
  /**
   * Labels that took part in an earlier life of the application: recovery begins with `connect()`. Without them it begins with the first transaction
   * over several databases, for its labels.
   */
  readonly labels?: readonly string[] | undefined;
  /** How long decisions are kept, in milliseconds; 604 800 000 by default, seven days, which is the least. */
  readonly retentionMs?: number | undefined;
}

/** Until the second look at something that may be about to end by itself, in milliseconds. */
const secondLookMs = 1_000;
const defaultEveryMs = 30_000;

/** What a loop is made of. */
export interface RecoveryLoopFacts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly everyMs: number | undefined;
  /** One round; gives whether another look is due soon. Never rejects. */
  round(): Promise<boolean>;
}

/** Runs rounds of recovery, one after another, until it is stopped. Does not keep the process alive. */
export class RecoveryLoop {
  readonly #facts: RecoveryLoopFacts;
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> | undefined;
  #isStarted = false;
  #isStopped = false;
  #isSoon = false;

  constructor(facts: RecoveryLoopFacts) {
    this.#facts = facts;
  }

  /** The first round begins at once. May be called again. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#run();
  }

  /** Something has been left: it is looked after earlier than at the next round. */
  soon(): void {
    this.#isStarted = true;
    this.#isSoon = true;
    if (this.#running === undefined) this.#schedule();
  }

  /** Waits for the round that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #run(): void {
    if (this.#isStopped || this.#running !== undefined) return;
    this.#isSoon = false;
    this.#running = this.#facts.round().then((isSoon) => {
      this.#isSoon ||= isSoon;
      this.#running = undefined;
      this.#schedule();
    });
  }

  #schedule(): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    const { clock, random, everyMs = defaultEveryMs } = this.#facts;
    const delayMs = this.#isSoon ? Math.min(secondLookMs, everyMs) : everyMs * (1 + random() / 10);
    this.#timer = clock.setTimer(() => this.#run(), delayMs, { keepProcessAlive: false });
  }
}
