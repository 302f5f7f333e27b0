import { tracingChannel } from "node:diagnostics_channel";

/** What is done about the events of a tracing channel. */
export interface Following<Event> {
  start(event: Event): void;
  /** Once for each event that began. */
  ended(event: Event & { readonly error?: unknown }): void;
}

/** Subscribes to a tracing channel. @returns to be called to end that */
export function follow<Event extends object>(name: string, { start, ended }: Following<Event>): () => void {
  const channel = tracingChannel<unknown, Event>(name);
  const subscribers = {
    start: (event: Event) => start(event),
    end() {},
    asyncStart() {},
    asyncEnd: (event: Event) => ended(event),
    error() {},
  };
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
}
