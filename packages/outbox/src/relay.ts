import { type Database, isMdbError } from "@nsj/mdb-core";
import { Discard } from "./discard.ts";
import { LaneMessages, type StoredMessage } from "./lane-messages.ts";
import { type HeldLane, Lanes } from "./lanes.ts";
import type { BatchingHandler, Handler, Message } from "./message.ts";
import type { RelayOptions } from "./relay-options.ts";
import type { OutboxTables } from "./tables.ts";

/** Handlers by topic. */
export type Handlers = Readonly<Record<string, Handler>>;

/** What a relay is made of. */
export interface RelayFacts {
  readonly database: Database;
  readonly tables: OutboxTables;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly options: Required<RelayOptions>;
  readonly onRunning: (isRunning: boolean) => void;
}

/** A relay at work: `await using running = relay.start()`. */
export interface RunningRelay extends AsyncDisposable {
  /** Takes no new message, waits for the handlers that run, and gives its lanes to the others. Safe to call twice. */
  stop(): Promise<void>;
}

const firstPauseMs = 20;

/** Hands the messages of an outbox over to handlers. No transaction is open while a handler runs. */
export class Relay {
  readonly #facts: RelayFacts;
  readonly #lanes: Lanes;
  readonly #messages: LaneMessages;
  #stopping: AbortController | undefined;
  #wake: (() => void) | undefined;
  #isAwake = false;

  /** Made by `Outbox.relay`. */
  constructor(facts: RelayFacts) {
    this.#facts = facts;
    this.#lanes = new Lanes(facts.database, facts.tables, facts.options.leaseMs);
    this.#messages = new LaneMessages(facts.database, facts.tables, facts.options.order);
  }

  /** Begins to work, until it is stopped. @throws TypeError when it runs already */
  start(): RunningRelay {
    if (this.#stopping !== undefined) throw new TypeError("this relay runs already; make another one for a second");
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#facts.onRunning(true);
    const running = this.#run(stopping.signal);
    const stop = async (): Promise<void> => {
      stopping.abort();
      this.wake();
      await running;
    };
    return { stop, [Symbol.asyncDispose]: stop };
  }

  /** Looks at once, instead of after its pause. */
  wake(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      this.#isAwake = false;
      let did = 0;
      try {
        did = await this.#round(signal);
      } catch (error) {
        this.#facts.options.onError(error, undefined);
      }
      pauseMs = did > 0 ? firstPauseMs : Math.min(pauseMs * 2, this.#facts.options.idleMs);
      if (did === 0) await this.#pause(pauseMs);
    }
    this.#facts.onRunning(false);
    this.#stopping = undefined;
    // Others take them over later, where this fails.
    await this.#lanes.release().catch((error: unknown) => this.#facts.options.onError(error, undefined));
  }

  /** Goes through its lanes once. Gives how many messages it has dealt with. */
  async #round(signal: AbortSignal): Promise<number> {
    let did = 0;
    for (const held of await this.#lanes.current()) {
      if (signal.aborted) break;
      const messages = await this.#messages.next(held, this.#facts.options.batchSize);
      if (messages.length === 0) continue;
      did += messages.length;
      if (!(await this.#lane(held, messages, signal))) this.#lanes.lost(held.lane);
      // Shows that it lives, however many lanes there are.
      await this.#lanes.current();
    }
    return did;
  }

  /** Deals with messages of one lane, in their order. Says whether the lane is still held. */
  async #lane(held: HeldLane, messages: readonly StoredMessage[], signal: AbortSignal): Promise<boolean> {
    const done: StoredMessage[] = [];
    /** Keys of which a message has failed just now. */
    const heldUp = new Set<string>();
    let isHeld = true;
    for (const group of groupsOf(messages, (topic) => this.#facts.handlers.get(topic))) {
      if (signal.aborted || !isHeld) break;
      const due = group.messages.filter(({ key }) => key === undefined || !heldUp.has(key));
      if (group.batch !== undefined && due.length > 1) {
        try {
          await group.batch(due);
          done.push(...due);
          continue;
        } catch {
          // Which one it was is found out one by one.
        }
      }
      for (const message of due) {
        if (signal.aborted || !isHeld) break;
        if (message.key !== undefined && heldUp.has(message.key)) continue;
        const failure = await this.#handle(message, signal);
        if (failure === undefined) {
          done.push(message);
          continue;
        }
        if (this.#facts.options.order === "key" && message.key !== undefined) heldUp.add(message.key);
        isHeld = await this.#failed(held, message, failure.error);
      }
    }
    return (await this.#messages.remove(held, done)) && isHeld;
  }

  async #handle(message: StoredMessage, signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    const handler = this.#facts.handlers.get(message.topic);
    const { id, topic, key, body, attempts } = message;
    try {
      if (handler === undefined) throw new Error(`there is no handler for the topic ${JSON.stringify(topic)}`);
      await handler({ id, topic, key, body }, { attempt: attempts + 1, signal });
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  async #failed(held: HeldLane, message: StoredMessage, error: unknown): Promise<boolean> {
    const { options } = this.#facts;
    options.onError(error, { id: message.id, topic: message.topic });
    if (error instanceof Discard) return this.#messages.bury(held, message, `discarded: ${error.message}`);
    if (message.attempts + 1 >= options.attempts) return this.#messages.bury(held, message, reasonOf(error));
    const limitMs = Math.min(options.maxBackoffMs, options.initialBackoffMs * 2 ** message.attempts);
    return this.#messages.putOff(held, message, Math.random() * limitMs);
  }

  #pause(pauseMs: number): Promise<void> {
    if (this.#isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, pauseMs);
      this.#wake = end;
    });
  }
}

interface Group {
  readonly messages: readonly StoredMessage[];
  readonly batch: ((messages: readonly Message[]) => Promise<void>) | undefined;
}

/** Neighbours that one handler can take at once. */
function* groupsOf(
  messages: readonly StoredMessage[],
  handlerOf: (topic: string) => Handler | undefined,
): Generator<Group> {
  for (let start = 0; start < messages.length; ) {
    const handler = handlerOf(messages[start]?.topic ?? "");
    const batch = (handler as Partial<BatchingHandler> | undefined)?.batch;
    let end = start + 1;
    while (batch !== undefined && end < messages.length && handlerOf(messages[end]?.topic ?? "") === handler) end++;
    yield { messages: messages.slice(start, end), batch };
    start = end;
  }
}

/** What is kept of an error: messages of drivers may hold values. */
function reasonOf(error: unknown): string {
  if (isMdbError(error)) return `${error.name} ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}
