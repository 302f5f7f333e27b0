import { performance } from "node:perf_hooks";
import { type Database, sql } from "@nsj/mdb-core";
import { firstRows } from "./first-rows.ts";
import type { OutboxTables } from "./tables.ts";

const everyMs = 60_000;
const atOnce = 500;

/** Messages that are done and kept for a while. */
export class DoneMessages {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #keepMs: number;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, tables: OutboxTables, keepMs: number) {
    this.#database = database;
    this.#tables = tables;
    this.#keepMs = keepMs;
  }

  /** Forgets those that are older, at most once a minute; in small pieces, by their keys, so that nobody waits for it. */
  async forgetSometimes(ended: AbortSignal): Promise<void> {
    const now = performance.now();
    if (now - this.#forgotAt < Math.min(everyMs, this.#keepMs)) return;
    this.#forgotAt = now;
    const { done } = this.#tables;
    const before = Date.now() - this.#keepMs;
    while (!ended.aborted) {
      const old = await this.#database.query(
        `select message_id from ${done} where done_at < :before order by done_at ${firstRows(this.#database, atOnce)}`,
        { before },
        { rowMode: "array" },
      );
      if (old.length === 0) return;
      const ids = old.map(([id]) => String(id));
      await this.#database.execute(sql`delete from ${sql.raw(done)} where message_id in (${sql.list(ids)})`);
      if (old.length < atOnce) return;
    }
  }
}
