import type { Database } from "@nsj/mdb-core";
import { type AddEvent, added } from "./events.ts";
import type { NewMessage } from "./message.ts";

/** Runs the call of an outbox's `addMany` as one event of `mdb:outbox:add`. */
export async function toldAdd(
  { place }: Database,
  table: string,
  messages: readonly Pick<NewMessage, "topic">[],
  write: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (!added.hasSubscribers) return write();
  const topics = [...new Set(messages.map(({ topic }) => topic))];
  const event: AddEvent = { ...place, table, topics, count: messages.length };
  let ids: readonly string[] = [];
  await added.tracePromise(async () => {
    ids = await write();
    event.ids = ids;
  }, event);
  return ids;
}
