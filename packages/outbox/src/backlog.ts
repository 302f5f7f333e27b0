import { performance } from "node:perf_hooks";
import type { Database } from "@nsj/mdb-core";
import { type BacklogEvent, backlogs, type TopicBacklog } from "./events.ts";
import { limitMs, type OutboxTables } from "./tables.ts";

const everyMs = 10_000;

/**
 * Since when a message of an outbox's table is late, as an expression of SQL, for queries of one's own; null where it is not due. One that was put off on purpose is late from then on; one that
 * has failed, from its beginning. Wants the parameter `:now`, in milliseconds since 1970.
 */
export const lateSince =
  "case when attempts > 0 or not_before <= written_at then written_at when not_before <= :now then not_before end";

/** Tells on `mdb:outbox:backlog` what waits, while somebody wants to know. */
export class Backlog {
  readonly #database: Database;
  readonly #table: string;
  readonly #topics: readonly string[];
  #toldAt = Number.NEGATIVE_INFINITY;
  #hasTold = false;

  /** @param topics - of these it is told too that nothing waits */
  constructor(database: Database, { messages }: OutboxTables, topics: readonly string[]) {
    this.#database = database;
    this.#table = messages;
    this.#topics = topics;
  }

  async tellSometimes(): Promise<void> {
    if (!backlogs.hasSubscribers || performance.now() - this.#toldAt < everyMs) return;
    this.#toldAt = performance.now();
    const now = Date.now();
    const rows = await this.#database.query(
      `select topic, count(*), min(${lateSince}) from ${this.#table} group by topic`,
      { now },
      { rowMode: "array", timeoutMs: limitMs },
    );
    const byTopic = new Map<string, TopicBacklog>();
    for (const topic of this.#topics) byTopic.set(topic, { topic, waiting: 0, ageMs: 0 });
    for (const [name, count, oldest] of rows) {
      const topic = String(name);
      const ageMs = oldest === null ? 0 : Math.max(0, now - Number(oldest));
      byTopic.set(topic, { topic, waiting: Number(count), ageMs });
    }
    this.#hasTold = true;
    this.#publish([...byTopic.values()]);
  }

  /** Another relay tells it from now on. */
  end(): void {
    this.#toldAt = Number.NEGATIVE_INFINITY;
    if (!this.#hasTold) return;
    this.#hasTold = false;
    this.#publish(undefined);
  }

  #publish(topics: BacklogEvent["topics"]): void {
    const event: BacklogEvent = { ...this.#database.place, table: this.#table, topics };
    backlogs.publish(event);
  }
}
