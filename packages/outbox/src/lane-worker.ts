import { Discard } from "./discard.ts";
import type { HandlerCalls } from "./handler-calls.ts";
import type { LaneChanges } from "./lane-changes.ts";
import type { LaneMessages, StoredMessage } from "./lane-messages.ts";
import type { HeldLane } from "./lanes.ts";
import type { BatchHandler, BatchingHandler, Handler } from "./message.ts";
import { reasonOf } from "./reason.ts";
import type { CheckedRelayOptions } from "./relay-options.ts";

interface WorkerFacts {
  readonly calls: HandlerCalls;
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
    const { calls, changes, messages, options, handlers } = this.#facts;
    const found = await messages.next(held, options.batchSize);
    const done: StoredMessage[] = [];
    /** Keys of which a message has failed just now. */
    const heldUp = new Set<string>();
    let isHeld = true;
    const mayGoOn = (): boolean => isHeld && !signal.aborted && !held.lost.aborted;
    for (const group of groupsOf(found, (topic) => handlers.get(topic))) {
      const due = group.messages.filter(({ key }) => key === undefined || !heldUp.has(key));
      if (group.batch !== undefined && due.length > 1 && mayGoOn()) {
        if (await calls.several(group.batch, due, [signal, held.lost])) {
          done.push(...due);
          continue;
        }
      }
      for (const message of due) {
        if (!mayGoOn()) break;
        if (message.key !== undefined && heldUp.has(message.key)) continue;
        const outcome = await calls.one(message, [signal, held.lost]);
        if (outcome.kind === "interrupted") break;
        if (outcome.kind === "delivered") {
          done.push(message);
          continue;
        }
        if (options.order === "key" && message.key !== undefined) heldUp.add(message.key);
        isHeld = await this.#failed(held, message, outcome.kind === "dead", outcome.error);
      }
    }
    return { found: found.length, isHeld: (await changes.remove(held, done)) && isHeld };
  }

  async #failed(held: HeldLane, message: StoredMessage, isDead: boolean, error: unknown): Promise<boolean> {
    const { changes, messages, options } = this.#facts;
    options.onError(error, { id: message.id, topic: message.topic });
    if (isDead) {
      const reason = error instanceof Discard ? `discarded: ${error.message}` : reasonOf(error);
      return changes.bury(held, message, reason);
    }
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

/** Neighbours that one handler can take at once. One that has failed, or cannot be read, is alone: with it the whole of a batch would fail each time. */
function* groupsOf(
  messages: readonly StoredMessage[],
  handlerOf: (topic: string) => Handler | undefined,
): Generator<Group> {
  for (let start = 0; start < messages.length; ) {
    const { topic = "" } = messages[start] ?? {};
    const handler = handlerOf(topic);
    const batch = (handler as Partial<BatchingHandler> | undefined)?.batch;
    const belongs = (it: StoredMessage | undefined): boolean =>
      it?.attempts === 0 && it.isReadable && handlerOf(it.topic) === handler;
    let end = start + 1;
    if (batch !== undefined && belongs(messages[start])) while (belongs(messages[end])) end++;
    yield { messages: messages.slice(start, end), batch };
    start = end;
  }
}
