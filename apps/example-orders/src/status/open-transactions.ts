import { tracingChannel } from "node:diagnostics_channel";
import type { TransactionEvent } from "@nsj/mdb-core";

/** A transaction that has not ended yet. */
export interface OpenTransaction {
  /** The label. */
  readonly database: string;
  readonly propagation: string;
  /** Since its call, in milliseconds. */
  readonly openMs: number;
}

/** What is part of another one, and ends with it. */
type Seen = TransactionEvent & { readonly kind?: string };
const inside = new Set(["joined", "savepoint"]);

/** Listens to the library's events and knows which transactions are open. */
export class OpenTransactions {
  readonly #open = new Map<Seen, number>();
  readonly #channel = tracingChannel<unknown, Seen>("mdb:transaction");
  readonly #subscribers = {
    start: (event: Seen) => {
      if (!inside.has(event.kind ?? "")) this.#open.set(event, performance.now());
    },
    asyncEnd: (event: Seen) => void this.#open.delete(event),
    end() {},
    asyncStart() {},
    error() {},
  };

  constructor() {
    this.#channel.subscribe(this.#subscribers);
  }

  /** Those that are open now, the oldest first. */
  list(): readonly OpenTransaction[] {
    const now = performance.now();
    return [...this.#open].map(([{ database, propagation }, since]) => ({
      database,
      propagation,
      openMs: now - since,
    }));
  }

  stop(): void {
    this.#channel.unsubscribe(this.#subscribers);
  }
}
