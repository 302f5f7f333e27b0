import { tracingChannel } from "node:diagnostics_channel";

/** What is done about the events of a tracing channel. */
export interface Following<Event> {
  start?(event: Event): void;
  /** Once for each event that has ended. */
  ended(event: Event & { readonly error?: unknown }): void;
}

/** Subscribes to a tracing channel, and only to what is wanted of it. @returns to be called to end that */
export function follow<Event extends object>(name: string, { start, ended }: Following<Event>): () => void {
  const channel = tracingChannel<unknown, Event>(name);
  const begin = start && ((event: unknown) => start(event as Event));
  const end = (event: unknown): void => ended(event as Event);
  if (begin !== undefined) channel.start.subscribe(begin);
  channel.asyncEnd.subscribe(end);
  return () => {
    if (begin !== undefined) channel.start.unsubscribe(begin);
    channel.asyncEnd.unsubscribe(end);
  };
}
