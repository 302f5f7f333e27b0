import type { Transaction } from "@nsj/mdb-core";

/** What is written into an outbox. */
export interface NewMessage {
  /** What it is about: which handler gets it. At most 100 characters. */
  readonly topic: string;
  /**
   * What it belongs to: messages of one key reach their handlers in the order in which they were written, one after another. At most 200
   * characters. Without one it has no order.
   */
  readonly key?: string | undefined;
  /** Bytes, or anything that JSON can hold. */
  readonly body: unknown;
  /** Not before this moment, by the clock of the relay. At once by default. */
  readonly availableAt?: Date | undefined;
  /**
   * Something that only one message has, at most 200 characters: where one with it waits already, is dead, or is kept (`keepMs`), nothing is written,
   * and `add` gives the id of that one.
   */
  readonly dedupeKey?: string | undefined;
  /** The W3C trace context of whoever writes it, handed to the handler. By default what the outbox's own `traceparent` gives. */
  readonly traceparent?: string | undefined;
}

/** Options of `add` and `addMany`. */
export interface AddOptions {
  /**
   * `true`: takes a lock for each key, until the transaction ends, so that messages of one key are in the order in which their transactions commit. Needed
   * only where two transactions that write the same key have nothing else in common that one of them waits for. Two transactions that take
   * several keys one after another may be a deadlock: add them by one `addMany`, which sorts them. Default `false`.
   */
  readonly serialize?: boolean | undefined;
}

/** What a handler gets. */
export interface Message {
  /** The same each time it is handed over: the idempotency key for whoever takes one. */
  readonly id: string;
  readonly topic: string;
  readonly key: string | undefined;
  /** What JSON gave, or the bytes (a `Uint8Array`) that were written. */
  readonly body: unknown;
  /** The trace context of whoever wrote it, for a span that links to his. */
  readonly traceparent: string | undefined;
}

/** What a handler gets beside the message. */
export interface HandlerContext {
  /** 1 the first time. */
  readonly attempt: number;
  /**
   * Aborted when the relay stops, when `handlerTimeoutMs` is over, and when the relay has lost its right to the message: somebody else may hand it over
   * again then.
   */
  readonly signal: AbortSignal;
}

/**
 * Does what a message asks for. Resolved means done: the message is removed. Rejected means again, later. It may be called more than once for one
 * message, and never out of order within a key. Two calls for one message are under way at a time only where the first did not heed its signal.
 */
export type Handler = (message: Message, context: HandlerContext) => Promise<unknown>;

/** Several messages at once, all or none; in their order. */
export type BatchHandler = (messages: readonly Message[], signal: AbortSignal) => Promise<void>;

/** A handler that can also take several at once. */
export interface BatchingHandler extends Handler {
  readonly batch: BatchHandler;
}

/** What runs in the transaction of a message. */
export type Effect = (transaction: Transaction, message: Message) => Promise<unknown>;

/** What runs in the transaction of several messages, of which none was applied before; in their order. */
export type BatchEffect = (transaction: Transaction, messages: readonly Message[]) => Promise<unknown>;
