import { tracingChannel } from "node:diagnostics_channel";
import type { Database } from "@nsj/mdb-core";
import { Discard } from "./discard.ts";
import { HandlerTimeoutError } from "./handler-timeout-error.ts";
import type { LaneChanges } from "./lane-changes.ts";
import type { LaneMessages, StoredMessage } from "./lane-messages.ts";
import type { HeldLane } from "./lanes.ts";
import type { BatchHandler, BatchingHandler, Handler } from "./message.ts";
import { reasonOf } from "./reason.ts";
import type { CheckedRelayOptions } from "./relay-options.ts";

/** What subscribers of the tracing channel `mdb:message` see: one call of a handler. Never a body or a key. */
export interface MessageEvent {
  /** The label of the outbox's database. */
  readonly database: string;
  readonly topic: string;
  readonly id: string;
  /** 1 the first time. */
  readonly attempt: number;
  /** The trace context of whoever wrote the message. */
  readonly traceparent: string | undefined;
  /** How many messages one call got. They are neighbours; the other facts are those of the first. */
  readonly count: number;
}

const handled = tracingChannel<unknown, MessageEvent>("mdb:message");

interface WorkerFacts {
  readonly database: Database;
  readonly messages: LaneMessages;
  readonly changes: LaneChanges;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly options: CheckedRelayOptions;
}

/** Deals with the messages of one lane after another. */
export class LaneWorker {
  readonly #facts: WorkerFacts;

  constructor(facts: WorkerFacts) {
    this.#facts = facts;
  }

  /** Deals with those that are due, in their order. Says how many there were, and whether the lane is still held. */
  async work(held: HeldLane, signal: AbortSignal): Promise<{ readonly found: number; readonly isHeld: boolean }> {
    const { changes, messages, options, handlers } = this.#facts;
    const found = await messages.next(held, options.batchSize);
    const done: StoredMessage[] = [];
    /** Keys of which a message has failed just now. */
    const heldUp = new Set<string>();
    let isHeld = true;
    const mayGoOn = (): boolean => isHeld && !signal.aborted && !held.lost.aborted;
    for (const group of groupsOf(found, (topic) => handlers.get(topic))) {
      const due = group.messages.filter(({ key }) => key === undefined || !heldUp.has(key));
      if (group.batch !== undefined && due.length > 1 && mayGoOn()) {
        // Where it fails, which one it was is found out one by one.
        if (await this.#batch(group.batch, due, [signal, held.lost])) {
          done.push(...due);
          continue;
        }
      }
      for (const message of due) {
        if (!mayGoOn()) break;
        if (message.key !== undefined && heldUp.has(message.key)) continue;
        const failure = await this.#handle(message, [signal, held.lost]);
        if (failure === undefined) {
          done.push(message);
          continue;
        }
        if (options.order === "key" && message.key !== undefined) heldUp.add(message.key);
        isHeld = await this.#failed(held, message, failure.error);
      }
    }
    return { found: found.length, isHeld: (await changes.remove(held, done)) && isHeld };
  }

  async #batch(batch: BatchHandler, messages: readonly StoredMessage[], signals: AbortSignal[]): Promise<boolean> {
    try {
      await this.#call(messages, signals, (signal) => batch(messages, signal));
      return true;
    } catch {
      return false;
    }
  }

  async #handle(message: StoredMessage, signals: AbortSignal[]): Promise<{ readonly error: unknown } | undefined> {
    const handler = this.#facts.handlers.get(message.topic);
    const { id, topic, key, body, traceparent, attempts } = message;
    try {
      if (handler === undefined) throw new Error(`there is no handler for the topic ${JSON.stringify(topic)}`);
      await this.#call([message], signals, (signal) =>
        handler({ id, topic, key, body, traceparent }, { attempt: attempts + 1, signal }),
      );
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** Waits for a handler for `handlerTimeoutMs` at most. */
  async #call(
    messages: readonly StoredMessage[],
    signals: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const { handlerTimeoutMs } = this.#facts.options;
    const [{ topic, id, attempts, traceparent }] = messages as [StoredMessage];
    const ending = new AbortController();
    const forward = ({ target }: Event): void => ending.abort((target as AbortSignal).reason);
    for (const signal of signals) {
      if (signal.aborted) ending.abort(signal.reason);
      // Not `AbortSignal.any`: these signals live as long as the relay.
      else signal.addEventListener("abort", forward);
    }
    const over = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new HandlerTimeoutError(topic, handlerTimeoutMs);
      ending.abort(error);
      over.reject(error);
    }, handlerTimeoutMs);
    const run = async (): Promise<void> => {
      await Promise.race([work(ending.signal), over.promise]);
    };
    const count = messages.length;
    const event = { database: this.#facts.database.label, topic, id, attempt: attempts + 1, traceparent, count };
    try {
      await (handled.hasSubscribers ? handled.tracePromise(run, event) : run());
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", forward);
    }
  }

  async #failed(held: HeldLane, message: StoredMessage, error: unknown): Promise<boolean> {
    const { changes, messages, options } = this.#facts;
    options.onError(error, { id: message.id, topic: message.topic });
    if (error instanceof Discard) return changes.bury(held, message, `discarded: ${error.message}`);
    if (message.attempts + 1 >= options.attempts) return changes.bury(held, message, reasonOf(error));
    const limitMs = Math.min(options.maxBackoffMs, options.initialBackoffMs * 2 ** message.attempts);
    const notBefore = Math.round(Date.now() + Math.random() * limitMs);
    // Whatever is told of the change: it may have been made.
    messages.expect(held, notBefore);
    return changes.putOff(held, message, notBefore);
  }
}

interface Group {
  readonly messages: readonly StoredMessage[];
  readonly batch: BatchHandler | undefined;
}

/** Neighbours that one handler can take at once. One that has failed is alone: with it the whole of a batch would fail each time. */
function* groupsOf(
  messages: readonly StoredMessage[],
  handlerOf: (topic: string) => Handler | undefined,
): Generator<Group> {
  for (let start = 0; start < messages.length; ) {
    const handler = handlerOf(messages[start]?.topic ?? "");
    const batch = (handler as Partial<BatchingHandler> | undefined)?.batch;
    const belongs = ({ attempts, topic }: StoredMessage): boolean => attempts === 0 && handlerOf(topic) === handler;
    let end = start + 1;
    if (batch !== undefined && messages[start]?.attempts === 0) {
      for (let next = messages[end]; next !== undefined && belongs(next); next = messages[end]) end++;
    }
    yield { messages: messages.slice(start, end), batch };
    start = end;
  }
}
