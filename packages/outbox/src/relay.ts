import type { Database } from "@nsj/mdb-core";
import { DoneMessages } from "./done-messages.ts";
import { elapsed } from "./elapsed.ts";
import { LaneMessages } from "./lane-messages.ts";
import { LaneWorker } from "./lane-worker.ts";
import { Lanes } from "./lanes.ts";
import { Listener } from "./listener.ts";
import type { Handler } from "./message.ts";
import { outside } from "./outside.ts";
import type { CheckedRelayOptions } from "./relay-options.ts";
import { Rest } from "./rest.ts";
import type { OutboxTables } from "./tables.ts";

/** Handlers by topic. */
export type Handlers = Readonly<Record<string, Handler>>;

/** What a relay is made of. */
export interface RelayFacts {
  readonly database: Database;
  readonly tables: OutboxTables;
  readonly keepMs: number | undefined;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly options: CheckedRelayOptions;
  readonly onRunning: (isRunning: boolean) => void;
}

/** A relay at work: `await using running = relay.start()`. */
export interface RunningRelay extends AsyncDisposable {
  /** How many of the outbox's 16 lanes it has at this moment. */
  readonly lanes: number;
  /** Whether commits of other processes wake it: a NOTIFY of its own has come back. Without that it finds them when it looks, within `idleMs`. */
  readonly isListening: boolean;
  /** Takes no new message, waits for the handlers that run, `handlerTimeoutMs` at most, and gives its lanes to the others. Safe to call twice. */
  stop(): Promise<void>;
}

/** Hands the messages of an outbox over to handlers. No transaction is open while a handler runs. */
export class Relay {
  readonly #facts: RelayFacts;
  readonly #lanes: Lanes;
  readonly #worker: LaneWorker;
  readonly #done: DoneMessages | undefined;
  readonly #listener: Listener | undefined;
  readonly #rest: Rest;
  /** Lanes in which nothing was found since the last pause. */
  readonly #empty = new Set<number>();
  #stopping: AbortController | undefined;

  /** Made by `Outbox.relay`. */
  constructor(facts: RelayFacts) {
    const { database, tables, keepMs, handlers, options } = facts;
    this.#facts = facts;
    this.#lanes = new Lanes(database, tables, options.leaseMs);
    this.#done = keepMs === undefined ? undefined : new DoneMessages(database, tables, keepMs);
    const messages = new LaneMessages(database, tables, { order: options.order, isKept: keepMs !== undefined });
    this.#worker = new LaneWorker({ database, messages, handlers, options });
    this.#rest = new Rest(options.idleMs, () => this.#empty.clear());
    if (database.engine === "postgres" && (options.listen ?? database.stats().max >= 4)) {
      this.#listener = new Listener(database, tables.messages, () => this.wake());
    }
  }

  /** Begins to work, until it is stopped. @throws TypeError when it runs already */
  start(): RunningRelay {
    if (this.#stopping !== undefined) throw new TypeError("this relay runs already; make another one for a second");
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#facts.onRunning(true);
    const running = outside(() => this.#run(stopping.signal));
    const stop = async (): Promise<void> => {
      stopping.abort();
      this.wake();
      await running;
    };
    const lanes = this.#lanes;
    const listener = this.#listener;
    return {
      get lanes(): number {
        return lanes.size;
      },
      get isListening(): boolean {
        return listener?.isHearing ?? false;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }

  /** Looks at once, instead of after its pause. */
  wake(): void {
    this.#rest.end();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const listening = this.#listener?.run(signal);
    // Lives until the last handler has ended: what that one is at must not be taken over.
    const ended = new AbortController();
    const living = this.#live(ended.signal);
    await Promise.all(Array.from({ length: this.#facts.options.concurrency }, () => this.#work(signal)));
    ended.abort();
    await living;
    await listening;
    this.#facts.onRunning(false);
    this.#stopping = undefined;
    // Others take them over later, where this fails.
    await this.#lanes.release().catch((error: unknown) => this.#facts.options.onError(error, undefined));
  }

  /** Shows that it lives, however long handlers take. */
  async #live(ended: AbortSignal): Promise<void> {
    const { leaseMs, onError } = this.#facts.options;
    while (!ended.aborted) {
      try {
        const before = this.#lanes.size;
        await this.#lanes.look();
        if (this.#lanes.size > before) this.wake();
        if (this.#lanes.has(0)) await this.#done?.forgetSometimes();
      } catch (error) {
        onError(error, undefined);
      }
      await elapsed(leaseMs / 4, ended);
    }
  }

  /** Takes one lane after another. */
  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const held = this.#lanes.borrow((lane) => !this.#empty.has(lane));
      if (held === undefined) {
        await this.#rest.wait();
        continue;
      }
      // Noted before it looks: a message that comes meanwhile takes the note away again.
      this.#empty.add(held.lane);
      try {
        const { found, isHeld } = await this.#worker.work(held, signal);
        if (found > 0) {
          this.#empty.delete(held.lane);
          this.#rest.reset();
        }
        if (!isHeld && !held.lost.aborted) this.#lanes.lost(held.lane);
      } catch (error) {
        this.#facts.options.onError(error, undefined);
      } finally {
        this.#lanes.giveBack(held);
      }
    }
  }
}
