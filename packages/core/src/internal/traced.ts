import type { TracingChannel } from "node:diagnostics_channel";

/** Runs `work` as one event of a tracing channel, without its result: rows and live connections have no business in a subscriber's log. */
export async function traced<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  event: Event,
  work: () => Promise<T>,
): Promise<T> {
  let outcome: { readonly result: T } | undefined;
  await channel.tracePromise(async () => {
    outcome = { result: await work() };
  }, event);
  return (outcome as { readonly result: T }).result;
}

/** One event of a tracing channel whose end is no promise's: of what its holder ends, or reads to its end. */
export class OpenEvent<Event extends object> {
  readonly event: Event;
  readonly #channel: TracingChannel<unknown, Event>;
  #ended = false;

  constructor(channel: TracingChannel<unknown, Event>, event: Event) {
    this.event = event;
    this.#channel = channel;
    channel.start.publish(event);
    channel.end.publish(event);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Only the first end counts. @param error - what it ended with */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const ended = this.event as Event & { error?: unknown };
    if (error !== undefined) {
      ended.error = error;
      this.#channel.error.publish(ended as never);
    }
    this.#channel.asyncStart.publish(ended as never);
    this.#channel.asyncEnd.publish(ended as never);
  }
}
