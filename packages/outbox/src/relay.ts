import type { Database } from "@nsj/mdb-core";
import { Chores } from "./chores.ts";
import { DueLanes } from "./due-lanes.ts";
import { elapsed } from "./elapsed.ts";
import { HandlerCalls } from "./handler-calls.ts";
import { LaneChanges } from "./lane-changes.ts";
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
  readonly #messages: LaneMessages;
  readonly #worker: LaneWorker;
  readonly #chores: Chores;
  readonly #listener: Listener | undefined;
  readonly #rest: Rest;
  readonly #due = new DueLanes();
  #stopping: AbortController | undefined;

  /** Made by `Outbox.relay`. */
  constructor(facts: RelayFacts) {
    const { database, tables, keepMs, handlers, options } = facts;
    this.#facts = facts;
    this.#lanes = new Lanes(database, tables, options.leaseMs);
    this.#chores = new Chores(database, tables, keepMs, [...handlers.keys()], options.onError);
    this.#messages = new LaneMessages(database, tables, options.order);
    const changes = new LaneChanges(database, tables, keepMs !== undefined);
    const calls = new HandlerCalls({ database, table: tables.messages, handlers, options });
    this.#worker = new LaneWorker({ calls, messages: this.#messages, changes, handlers, options });
    this.#rest = new Rest(options.idleMs);
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
      this.#rest.end();
      this.#due.tell();
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

  /** Looks at once, instead of after its pause. @param lanes - where there is something, if that is known: then it reads only these */
  wake(lanes?: readonly number[]): void {
    if (lanes === undefined) this.#rest.end();
    else this.#due.add(lanes.filter((lane) => this.#lanes.has(lane)));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const listening = this.#listener?.run(signal);
    // Lives until the last handler has ended: what that one is at must not be taken over.
    const ended = new AbortController();
    const living = this.#live(ended.signal);
    const looking = this.#look(signal);
    await Promise.all(Array.from({ length: this.#facts.options.concurrency }, () => this.#work(signal)));
    ended.abort();
    await living;
    await looking;
    await this.#chores.end();
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
        if (this.#lanes.has(0)) this.#chores.begin(ended);
        else await this.#chores.end();
      } catch (error) {
        onError(error, undefined);
      }
      await elapsed(leaseMs / 4, ended);
    }
  }

  /** Looks where there is something, after each pause. */
  async #look(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#rest.wait();
      if (signal.aborted) return;
      // Those that are known already are read anyway. One that somebody is at is asked for too: he has read what was there when he began.
      const unknown = this.#lanes.held().filter((lane) => !this.#due.has(lane));
      try {
        if (unknown.length > 0) this.#due.add(await this.#messages.dueIn(unknown));
      } catch (error) {
        this.#facts.options.onError(error, undefined);
      }
      // Also of what was known before its lane was this relay's.
      this.#due.tell();
    }
  }

  /** Takes one lane after another in which there is something. */
  async #work(signal: AbortSignal): Promise<void> {
    const { batchSize, onError } = this.#facts.options;
    while (!signal.aborted) {
      const held = this.#lanes.borrow((lane) => this.#due.has(lane));
      if (held === undefined) {
        await this.#due.news;
        continue;
      }
      this.#due.take(held.lane);
      try {
        const { found, isHeld } = await this.#worker.work(held, signal);
        if (found >= batchSize) this.#due.add([held.lane]);
        if (found > 0) this.#rest.reset();
        if (!isHeld && !held.lost.aborted) this.#lanes.lost(held.lane);
      } catch (error) {
        onError(error, undefined);
      } finally {
        this.#lanes.giveBack(held);
      }
    }
  }
}
