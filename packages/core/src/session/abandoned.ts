import { channel } from "node:diagnostics_channel";
import type { DatabaseContext } from "./database-context.ts";
import { type EventPlace, eventPlace } from "./diagnostics.ts";

/** What subscribers of `mdb:abandoned` get: code that was not waited for any longer has failed after all. */
export interface AbandonedEvent extends EventPlace {
  /** "a callback", "the rows of a bulk load". */
  readonly what: string;
  readonly error: unknown;
}

const abandoned = channel("mdb:abandoned");

/** Takes the late error of something that nobody waits for: told on the channel, and handled as far as the process is concerned. */
export function tellAbandoned(context: DatabaseContext, what: string, error: unknown): void {
  if (abandoned.hasSubscribers) abandoned.publish({ ...eventPlace(context), what, error } satisfies AbandonedEvent);
}
