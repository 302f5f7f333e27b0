import type { TracingChannel } from "node:diagnostics_channel";

/** Is told that the work of an event is over, before subscribers are: with the result, where there is one. */
export interface Settling {
  settled(result?: unknown): void;
}

/**
 * Runs `work` as one event of a tracing channel, without its result: rows and live connections have no business in a subscriber's log. What is answered at
 * once is told at once: a promise more would cost as much as the rest of a short statement.
 */
export function traced<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  event: Event,
  work: () => Promise<T>,
): Promise<T>;
export function traced<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  event: Event,
  work: () => T | Promise<T>,
  settling?: Settling,
): T | Promise<T>;
export function traced<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  event: Event,
  work: () => T | Promise<T>,
  settling?: Settling,
): T | Promise<T> {
  // Whoever only counts wants ends: then nobody is told of the beginning, and nothing runs in a context of the event's.
  if (!channel.start.hasSubscribers) return run(channel, event, work, settling);
  return channel.start.runStores(event, () => run(channel, event, work, settling));
}

/** Without closures where there is no promise: each statement pays for them. */
function run<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  event: Event,
  work: () => T | Promise<T>,
  settling: Settling | undefined,
): T | Promise<T> {
  let result: T | Promise<T>;
  try {
    result = work();
  } catch (error) {
    channel.end.publish(event);
    settling?.settled();
    tellEnd(channel, event, error);
    throw error;
  }
  channel.end.publish(event);
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        settling?.settled(value);
        tellEnd(channel, event);
        return value;
      },
      (error: unknown) => {
        settling?.settled();
        tellEnd(channel, event, error);
        throw error;
      },
    );
  }
  settling?.settled(result);
  tellEnd(channel, event);
  return result;
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
    tellEnd(this.#channel, this.event, error);
  }
}

function tellEnd<Event extends object>(channel: TracingChannel<unknown, Event>, event: Event, error?: unknown): void {
  const ended = event as Event & { error?: unknown };
  if (error !== undefined) {
    ended.error = error;
    channel.error.publish(ended as never);
  }
  channel.asyncStart.publish(ended as never);
  channel.asyncEnd.publish(ended as never);
}
