import { type Database, sql, type Transaction } from "@nsj/mdb-core";
import { messageColumns } from "./ddl.ts";
import { firstRows } from "./first-rows.ts";
import type { HeldLane } from "./lanes.ts";
import type { Message } from "./message.ts";
import { readBody } from "./stored-body.ts";
import type { OutboxTables } from "./tables.ts";

/** A message as it lies in the outbox. */
export interface StoredMessage extends Message {
  /** Its place in the order. */
  readonly place: number | bigint | string;
  /** How often it has failed. */
  readonly attempts: number;
}

/** How long anything with the outbox's own tables may take: what hangs is tried again. */
const limitMs = 30_000;

interface Manner {
  readonly order: "key" | "none";
  /** Whether what is done is kept for a while. */
  readonly isKept: boolean;
}

/** The messages of an outbox, lane by lane. What is removed or changed is so only for as long as the lane is held. */
export class LaneMessages {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #manner: Manner;

  constructor(database: Database, tables: OutboxTables, manner: Manner) {
    this.#database = database;
    this.#tables = tables;
    this.#manner = manner;
  }

  /** The next ones that are due, in their order. One that waits for its next attempt holds up what comes behind it in its key. */
  async next({ lane }: HeldLane, count: number): Promise<readonly StoredMessage[]> {
    // On SQL Server a plain read waits for whoever writes a message into the lane; elsewhere it does not see him. Neither does it this way.
    const hint = this.#database.engine === "mssql" ? "with (readpast)" : "";
    const { messages } = this.#tables;
    const heldUp =
      this.#manner.order === "none"
        ? ""
        : `and not exists (select 1 from ${messages} b ${hint} where b.lane = m.lane and b.message_key = m.message_key and b.id < m.id and b.attempts > 0 and b.not_before > :now)`;
    const rows = await this.#database.query(
      `select m.id, m.message_id, m.topic, m.message_key, m.body, m.body_bytes, m.traceparent, m.attempts from ${messages} m ${hint} where m.lane = :lane and m.not_before <= :now ${heldUp} order by m.id ${firstRows(this.#database, count)}`,
      { lane, now: Date.now() },
      { rowMode: "array", timeoutMs: limitMs },
    );
    return rows.map(([place, id, topic, key, text, bytes, traceparent, attempts]) => ({
      place: place as StoredMessage["place"],
      id: String(id),
      topic: String(topic),
      key: key === null ? undefined : String(key),
      body: readBody(text, bytes),
      traceparent: traceparent === null ? undefined : String(traceparent),
      attempts: Number(attempts),
    }));
  }

  /** Removes what is done, or moves it to what is kept. Says whether the lane was still held. */
  async remove(held: HeldLane, done: readonly StoredMessage[]): Promise<boolean> {
    if (done.length === 0) return true;
    const { messages, done: kept } = this.#tables;
    return this.#whileHeld(held, async (tx) => {
      const places = sql.list(done.map(({ place }) => place));
      if (this.#manner.isKept) {
        await tx.execute(
          sql`insert into ${sql.raw(kept)} (${sql.raw(messageColumns)}, attempts, done_at) select ${sql.raw(`${messageColumns}, attempts + 1, ${Date.now()} from ${messages}`)} where id in (${places})`,
        );
      }
      await tx.execute(sql`delete from ${sql.raw(messages)} where id in (${places})`);
    });
  }

  /** Puts a message that has failed off. */
  async putOff(held: HeldLane, { place, attempts }: StoredMessage, delayMs: number): Promise<boolean> {
    return this.#whileHeld(held, (tx) =>
      tx.execute(
        sql`update ${sql.raw(this.#tables.messages)} set attempts = ${attempts + 1}, not_before = ${Math.round(Date.now() + delayMs)} where id = ${place}`,
      ),
    );
  }

  /** Moves a message to the dead ones. @param reason - for people; no values */
  async bury(held: HeldLane, { place, id }: StoredMessage, reason: string): Promise<boolean> {
    const { messages, dead } = this.#tables;
    return this.#whileHeld(held, async (tx) => {
      await tx.execute(
        sql`insert into ${sql.raw(dead)} (${sql.raw(messageColumns)}, attempts, reason, died_at) select ${sql.raw(`${messageColumns}, attempts + 1, '-', ${Date.now()} from ${messages}`)} where id = ${place}`,
      );
      await tx.execute(sql`update ${sql.raw(dead)} set reason = ${reason.slice(0, 1_000)} where message_id = ${id}`);
      await tx.execute(sql`delete from ${sql.raw(messages)} where id = ${place}`);
    });
  }

  /** Runs `work` in a transaction that nobody can take the lane over from before it has ended. Says whether the lane was held. */
  #whileHeld({ lane, fence }: HeldLane, work: (tx: Transaction) => Promise<unknown>): Promise<boolean> {
    return this.#database.transaction(
      async (tx) => {
        const { rowCount } = await tx.execute(
          sql`update ${sql.raw(this.#tables.lanes)} set beat = beat + 1 where lane = ${lane} and fence = ${fence}`,
        );
        if (rowCount === 1) await work(tx);
        return rowCount === 1;
      },
      { timeoutMs: limitMs },
    );
  }
}
