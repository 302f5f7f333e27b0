import type { Database } from "@nsj/mdb-core";
import { Discard } from "./discard.ts";
import { type DeliveryEvent, delivered } from "./events.ts";
import { HandlerTimeoutError } from "./handler-timeout-error.ts";
import type { StoredMessage } from "./lane-messages.ts";
import type { BatchHandler, Handler } from "./message.ts";
import type { CheckedRelayOptions } from "./relay-options.ts";

/** What came of a call. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "failed" | "dead"; readonly error: unknown };

interface CallFacts {
  readonly database: Database;
  /** The outbox's table. */
  readonly table: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly options: Pick<CheckedRelayOptions, "attempts" | "handlerTimeoutMs">;
}

/** Calls handlers, waits for each for `handlerTimeoutMs` at most, and tells each call on `mdb:outbox:deliver`. */
export class HandlerCalls {
  readonly #facts: CallFacts;

  constructor(facts: CallFacts) {
    this.#facts = facts;
  }

  /** Whether all of them were delivered. Where not, which one it was is found out one by one. */
  async several(
    batch: BatchHandler,
    messages: readonly StoredMessage[],
    signals: readonly AbortSignal[],
  ): Promise<boolean> {
    const { kind } = await this.#told(messages, signals, (signal) => batch(messages, signal));
    return kind === "delivered";
  }

  /** @param signals - whoever aborts one of these takes the message away: that is no failure of it */
  one(message: StoredMessage, signals: readonly AbortSignal[]): Promise<Outcome> {
    const { id, topic, key, body, traceparent, attempts, isReadable } = message;
    const handler = this.#facts.handlers.get(topic);
    return this.#told([message], signals, async (signal) => {
      if (handler === undefined) throw new Error(`there is no handler for the topic ${JSON.stringify(topic)}`);
      if (!isReadable) throw new TypeError("the body of the message is no JSON");
      await handler({ id, topic, key, body, traceparent }, { attempt: attempts + 1, signal });
    });
  }

  async #told(
    messages: readonly StoredMessage[],
    signals: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<Outcome> {
    let outcome: Outcome = { kind: "delivered" };
    const event = delivered.hasSubscribers ? this.#eventOf(messages) : undefined;
    const run = async (): Promise<void> => {
      try {
        await this.#bounded(messages, signals, work);
      } catch (error) {
        outcome = this.#failureOf(messages, signals, error);
        throw error;
      } finally {
        if (event !== undefined && (messages.length === 1 || outcome.kind !== "failed")) event.outcome = outcome.kind;
      }
    };
    await (event === undefined ? run() : delivered.tracePromise(run, event)).catch(() => {});
    return outcome;
  }

  #eventOf(messages: readonly StoredMessage[]): DeliveryEvent {
    const { database, table } = this.#facts;
    return {
      ...database.place,
      table,
      messages: messages.map(({ id, topic, attempts, traceparent }) => ({
        id,
        topic,
        attempt: attempts + 1,
        traceparent,
      })),
    };
  }

  #failureOf(messages: readonly StoredMessage[], signals: readonly AbortSignal[], error: unknown): Outcome {
    if (signals.some(({ aborted }) => aborted)) return { kind: "interrupted" };
    const [{ attempts }, ...others] = messages as [StoredMessage];
    const isLast = error instanceof Discard || attempts + 1 >= this.#facts.options.attempts;
    return { kind: isLast && others.length === 0 ? "dead" : "failed", error };
  }

  async #bounded(
    messages: readonly StoredMessage[],
    signals: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const { handlerTimeoutMs } = this.#facts.options;
    const ending = new AbortController();
    const forward = ({ target }: Event): void => ending.abort((target as AbortSignal).reason);
    for (const signal of signals) {
      if (signal.aborted) ending.abort(signal.reason);
      // Not `AbortSignal.any`: these signals live as long as the relay.
      else signal.addEventListener("abort", forward);
    }
    const over = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new HandlerTimeoutError(messages[0]?.topic ?? "", handlerTimeoutMs);
      ending.abort(error);
      over.reject(error);
    }, handlerTimeoutMs);
    try {
      await Promise.race([work(ending.signal), over.promise]);
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", forward);
    }
  }
}
