import type { Database } from "@nsj/mdb-core";
import { type Inbox, inbox } from "./inbox.ts";
import type { BatchEffect, BatchHandler, BatchingHandler, Effect, Handler, Message } from "./message.ts";

/** Options of {@link toDatabase}. */
interface ToDatabaseOptions {
  /** Where it is remembered what was applied; one with the table `mdb_inbox` in the same database by default. */
  readonly inbox?: Inbox;
  /** The name of the sender, apart from other senders. `"outbox"` by default. */
  readonly source?: string;
}

/**
 * A handler whose effect is in a database: it happens once, however often the message is handed over. The message's id and the effect are written
 * in one transaction. Several messages that are due together are applied in one transaction, in their order; where that fails, one by one.
 */
export function toDatabase(database: Database, effect: Effect, options: ToDatabaseOptions = {}): Handler {
  const each: BatchEffect = async (tx, messages) => {
    for (const message of messages) await effect(tx, message);
  };
  return batchesToDatabase(database, each, options);
}

/**
 * As {@link toDatabase}, with an effect that takes several messages at once, in their order, and so needs not a round trip for each of them. Where it fails, it
 * is called again for each of them alone.
 */
export function batchesToDatabase(
  database: Database,
  effect: BatchEffect,
  { inbox: remembered = inbox(database), source = "outbox" }: ToDatabaseOptions = {},
): Handler {
  const batch: BatchHandler = async (messages, signal) => {
    const ids = messages.map(({ id }) => id);
    await database.transaction(
      async (tx) => {
        const fresh = await remembered.remember(tx, source, ids);
        if (fresh.size === 0) return;
        await effect(
          tx,
          messages.filter(({ id }) => fresh.has(id)),
        );
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
