import type { Database } from "@nsj/mdb-core";
import { type Inbox, inbox } from "./inbox.ts";
import type { BatchHandler, BatchingHandler, Effect, Handler, Message } from "./message.ts";

/** Options of {@link toDatabase}. */
interface ToDatabaseOptions {
  /** Where it is remembered what was applied; one with the table `mdb_inbox` in the same database by default. */
  readonly inbox?: Inbox;
  /** The name of the sender, apart from other senders. `"outbox"` by default. */
  readonly source?: string;
}

/**
 * A handler whose effect is in a database: it happens once, however often the message is handed over. The message's id and the effect are written
 * in one transaction. Several messages that are due together are applied in one transaction, in their order.
 */
export function toDatabase(
  database: Database,
  effect: Effect,
  { inbox: remembered = inbox(database), source = "outbox" }: ToDatabaseOptions = {},
): Handler {
  const batch: BatchHandler = async (messages, signal) => {
    await database.transaction(
      async (tx) => {
        const fresh = await remembered.remember(
          tx,
          source,
          messages.map(({ id }) => id),
        );
        for (const message of messages) if (fresh.has(message.id)) await effect(tx, message);
      },
      { propagation: "requires_new", signal },
    );
  };
  const handler: BatchingHandler = Object.assign(
    (message: Message, { signal }: { readonly signal: AbortSignal }) => batch([message], signal),
    { batch },
  );
  return handler;
}
