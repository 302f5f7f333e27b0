import { channel } from "node:diagnostics_channel";
import type { DatabaseContext } from "./database-context.ts";

/** What subscribers of `mdb:abandoned` get: code that was not waited for any longer has failed after all. */
export interface AbandonedEvent {
  readonly database: string;
  readonly engine: string;
  /** "a callback", "the rows of a bulk load". */
  readonly what: string;
  readonly error: unknown;
}

const abandoned = channel("mdb:abandoned");

/** Takes the late error of something that nobody waits for: told on the channel, and handled as far as the process is concerned. */
export function tellAbandoned({ database, engine }: DatabaseContext, what: string, error: unknown): void {
  if (abandoned.hasSubscribers) abandoned.publish({ database, engine, what, error } satisfies AbandonedEvent);
}
