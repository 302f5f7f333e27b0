export { Discard } from "./discard.ts";
export { IdempotencyError, Inbox, inbox, type OnceOptions } from "./inbox.ts";
export type { Handler, HandlerContext, Message, NewMessage } from "./message.ts";
export { type DeadMessage, Outbox, type OutboxOptions, outbox } from "./outbox.ts";
export type { Handlers, Relay, RunningRelay } from "./relay.ts";
export type { RelayOptions } from "./relay-options.ts";
export { toDatabase } from "./to-database.ts";
