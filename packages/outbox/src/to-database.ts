import { ConfigurationError, checkOptions, type Database, type OptionRules } from "@nsj/mdb-core";
import { type Inbox, inbox } from "./inbox.ts";
import type { BatchEffect, BatchHandler, BatchingHandler, Effect, Handler, Message } from "./message.ts";

/** Options of {@link toDatabase}. */
interface ToDatabaseOptions {
  /** Where it is remembered what was applied; one with the table `mdb_inbox` in the same database by default. */
  readonly inbox?: Inbox | undefined;
  /** The name of the sender, apart from other senders; at most 100 characters. `"outbox"` by default. */
  readonly source?: string | undefined;
}

/** As long as the inbox's column is. */
const longestSource = 100;
const rules: OptionRules<ToDatabaseOptions> = { inbox: { type: "object" }, source: { type: "string" } };

/**
 * A handler whose effect is in a database: it happens once, however often the message is handed over. The message's id and the effect are written
 * in one transaction. Several messages that are due together are applied in one transaction, in their order; where that fails, one by one.
 * @throws ConfigurationError for options that are none
 */
export function toDatabase(database: Database, effect: Effect, options: ToDatabaseOptions = {}): Handler {
  checkEffect(effect);
  const each: BatchEffect = async (tx, messages) => {
    for (const message of messages) await effect(tx, message);
  };
  return batchesToDatabase(database, each, options);
}

/**
 * As {@link toDatabase}, with an effect that takes several messages at once, in their order, and so needs not a round trip for each of them. Where it fails, it
 * is called again for each of them alone.
 */
export function batchesToDatabase(database: Database, effect: BatchEffect, options: ToDatabaseOptions = {}): Handler {
  checkOptions<ToDatabaseOptions>("toDatabase", options, rules);
  checkEffect(effect);
  const { inbox: remembered = inbox(database), source = "outbox" } = options;
  if (source.length === 0 || source.length > longestSource) {
    const message = `toDatabase: option "source" has 1 to ${longestSource} characters, not ${source.length}`;
    throw new ConfigurationError(message, { key: "source" });
  }
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

function checkEffect(effect: unknown): void {
  if (typeof effect !== "function") throw new ConfigurationError("toDatabase: its effect must be a function");
}
