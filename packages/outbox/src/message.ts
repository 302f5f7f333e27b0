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
  /** Anything that JSON can hold. */
  readonly body: unknown;
  /** Not before this moment, by the clock of the relay. At once by default. */
  readonly availableAt?: Date | undefined;
}

/** What a handler gets. */
export interface Message {
  /** The same each time it is handed over: the idempotency key for whoever takes one. */
  readonly id: string;
  readonly topic: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** What a handler gets beside the message. */
export interface HandlerContext {
  /** 1 the first time. */
  readonly attempt: number;
  /** Aborted when the relay stops, or has lost its right to the message: somebody else will hand it over again. */
  readonly signal: AbortSignal;
}

/**
 * Does what a message asks for. Resolved means done: the message is removed. Rejected means again, later. It may be called more than once for one
 * message, never at the same time by one relay, and never out of order within a key.
 */
export type Handler = (message: Message, context: HandlerContext) => Promise<unknown>;

/** Several messages at once, all or none; in their order. */
export type BatchHandler = (messages: readonly Message[]) => Promise<void>;

/** A handler that can also take several at once. */
export interface BatchingHandler extends Handler {
  readonly batch: BatchHandler;
}

/** What runs in the transaction of a message. */
export type Effect = (transaction: Transaction, message: Message) => Promise<unknown>;
