import type { DeadMessage, Outbox, OutboxStats } from "@nsj/mdb-outbox";
import type { Databases } from "../databases.ts";

/** How old an answer may be, in milliseconds: many pages may look on. */
const freshMs = 1_000;
const shown = 20;

/** Work that spans both databases, at one moment. */
export interface WorkStatus {
  readonly outbox: OutboxStats;
  /** The latest that were given up. Never their bodies. */
  readonly dead: readonly Pick<DeadMessage, "id" | "topic" | "key" | "attempts" | "reason" | "diedAt">[];
  /** Prepared transactions that wait for a decision. */
  readonly inDoubt: readonly {
    readonly label: string;
    readonly identifier: string | undefined;
    readonly decision: string;
    readonly preparedAt: number | undefined;
  }[];
}

/** Asks the databases, once for all who look. */
export class WorkWatch {
  readonly #databases: Databases;
  readonly #outbox: Outbox;
  #latest: { readonly at: number; readonly status: Promise<WorkStatus> } | undefined;

  constructor(databases: Databases, outbox: Outbox) {
    this.#databases = databases;
    this.#outbox = outbox;
  }

  now(): Promise<WorkStatus> {
    const at = performance.now();
    if (this.#latest === undefined || at - this.#latest.at > freshMs) this.#latest = { at, status: this.#ask() };
    return this.#latest.status;
  }

  async #ask(): Promise<WorkStatus> {
    const [outbox, dead, inDoubt] = await Promise.all([
      this.#outbox.stats(),
      this.#outbox.dead(),
      this.#databases.inDoubt(),
    ]);
    return {
      outbox,
      dead: dead
        .toReversed()
        .slice(0, shown)
        .map(({ id, topic, key, attempts, reason, diedAt }) => ({ id, topic, key, attempts, reason, diedAt })),
      inDoubt: inDoubt.map(({ label, identifier, decision, preparedAt }) => ({
        label,
        identifier,
        decision,
        preparedAt,
      })),
    };
  }
}
