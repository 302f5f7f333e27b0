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
import { type CheckedRelayOptions, mayListen } from "./relay-options.ts";
import { Rest } from "./rest.ts";
import type { OutboxTables } from "./tables.ts";

/** What a relay is made of. */
export interface RelayFacts {
  readonly database: Database;
  readonly tables: OutboxTables;
  readonly keepMs: number | undefined;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly options: CheckedRelayOptions;
  /** What the announcer of its outbox sends. */
  readonly announcerId: string;
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
    const { database, tables, keepMs, handlers, options, announcerId } = facts;
    this.#facts = facts;
    this.#lanes = new Lanes(database, tables, options.leaseMs);
    this.#chores = new Chores(database, tables, keepMs, [...handlers.keys()], (error) => this.#told(error));
    this.#messages = new LaneMessages(database, tables, options.order);
    const changes = new LaneChanges(database, tables, keepMs !== undefined);
    const calls = new HandlerCalls({ database, table: tables.messages, handlers, options });
    this.#worker = new LaneWorker({ calls, messages: this.#messages, changes, handlers, options });
    this.#rest = new Rest(options.idleMs);
    if (mayListen(database, options.listen)) {
      this.#listener = new Listener(database, tables.messages, announcerId, () => this.wake());
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
      this.#end(stopping);
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

  /** Takes no new message. */
  #end(stopping = this.#stopping): void {
    stopping?.abort();
    this.#rest.end();
    this.#due.tell();
  }

  /** A database that is closed takes nothing any more: a relay that nobody has stopped ends with it. */
  #endWithDatabase(): boolean {
    const { closed } = this.#facts.database;
    if (closed) this.#end();
    return closed;
  }

  #told(error: unknown): void {
    if (!this.#endWithDatabase()) this.#facts.options.onError(error, undefined);
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
    if (!this.#facts.database.closed) await this.#lanes.release().catch((error: unknown) => this.#told(error));
  }

  /** Shows that it lives, however long handlers take. */
  async #live(ended: AbortSignal): Promise<void> {
    const { leaseMs } = this.#facts.options;
    while (!ended.aborted && !this.#endWithDatabase()) {
      try {
        const before = this.#lanes.size;
        await this.#lanes.look();
        if (this.#lanes.size > before) this.wake();
        if (this.#lanes.has(0)) this.#chores.begin(ended);
        else await this.#chores.end();
      } catch (error) {
        this.#told(error);
      }
      await elapsed(leaseMs / 4, ended);
    }
  }

  /** Looks where there is something, after each pause. */
  async #look(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#rest.wait();
      if (signal.aborted || this.#endWithDatabase()) return;
      // Those that are known already are read anyway. One that somebody is at is asked for too: he has read what was there when he began.
      const unknown = this.#lanes.held().filter((lane) => !this.#due.has(lane));
      try {
        if (unknown.length > 0) this.#due.add(await this.#messages.dueIn(unknown));
      } catch (error) {
        this.#told(error);
      }
      // Also of what was known before its lane was this relay's.
      this.#due.tell();
    }
  }

  /** Takes one lane after another in which there is something. */
  async #work(signal: AbortSignal): Promise<void> {
    const { batchSize } = this.#facts.options;
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
        this.#told(error);
      } finally {
        this.#lanes.giveBack(held);
      }
    }
  }
}
