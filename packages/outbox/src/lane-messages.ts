import { type Database, sql, type Transaction } from "@nsj/mdb-core";
import type { HeldLane } from "./lanes.ts";
import type { Message } from "./message.ts";
import type { OutboxTables } from "./tables.ts";

/** A message as it lies in the outbox. */
export interface StoredMessage extends Message {
  /** Its place in the order. */
  readonly place: number | bigint | string;
  /** How often it has failed. */
  readonly attempts: number;
}

/** The messages of an outbox, lane by lane. What is removed or changed is so only for as long as the lane is held. */
export class LaneMessages {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #order: "key" | "none";

  constructor(database: Database, tables: OutboxTables, order: "key" | "none") {
    this.#database = database;
    this.#tables = tables;
    this.#order = order;
  }

  /** The next ones that are due, in their order. One that waits for its next attempt holds up what comes behind it in its key. */
  async next({ lane }: HeldLane, count: number): Promise<readonly StoredMessage[]> {
    const { messages } = this.#tables;
    const now = Date.now();
    const heldUp =
      this.#order === "none"
        ? ""
        : `and not exists (select 1 from ${messages} b where b.lane = m.lane and b.message_key = m.message_key and b.id < m.id and b.attempts > 0 and b.not_before > :now)`;
    const rows = await this.#database.query(
      `select m.id, m.message_id, m.topic, m.message_key, m.body, m.attempts from ${messages} m where m.lane = :lane and m.not_before <= :now ${heldUp} order by m.id ${this.#firstRows(count)}`,
      { lane, now },
      { rowMode: "array" },
    );
    return rows.map(([place, id, topic, key, body, attempts]) => ({
      place: place as StoredMessage["place"],
      id: String(id),
      topic: String(topic),
      key: key === null ? undefined : String(key),
      body: JSON.parse(String(body)),
      attempts: Number(attempts),
    }));
  }

  /** Removes what is done. Says whether the lane was still held. */
  async remove(held: HeldLane, done: readonly StoredMessage[]): Promise<boolean> {
    if (done.length === 0) return true;
    return this.#database.transaction(async (tx) => {
      if (!(await this.#isHeld(tx, held))) return false;
      const places = done.map(({ place }) => place);
      await tx.execute(sql`delete from ${sql.raw(this.#tables.messages)} where id in (${sql.list(places)})`);
      return true;
    }, aside);
  }

  /** Puts a message that has failed off. */
  async putOff(held: HeldLane, { place, attempts }: StoredMessage, delayMs: number): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      if (!(await this.#isHeld(tx, held))) return false;
      await tx.execute(
        sql`update ${sql.raw(this.#tables.messages)} set attempts = ${attempts + 1}, not_before = ${Math.round(Date.now() + delayMs)} where id = ${place}`,
      );
      return true;
    }, aside);
  }

  /** Moves a message to the dead ones. @param reason - for people; no values */
  async bury(held: HeldLane, message: StoredMessage, reason: string): Promise<boolean> {
    const { messages, dead } = this.#tables;
    const { place, id, topic, key, body, attempts } = message;
    return this.#database.transaction(async (tx) => {
      if (!(await this.#isHeld(tx, held))) return false;
      await tx.execute(sql`delete from ${sql.raw(messages)} where id = ${place}`);
      await tx.execute(
        sql`insert into ${sql.raw(dead)} (message_id, topic, message_key, body, attempts, reason, died_at) values (${id}, ${topic}, ${key ?? null}, ${JSON.stringify(body)}, ${attempts + 1}, ${reason.slice(0, 1_000)}, ${Date.now()})`,
      );
      return true;
    }, aside);
  }

  /** An UPDATE, so that nobody can take the lane over before this transaction has ended. */
  async #isHeld(tx: Transaction, { lane, fence }: HeldLane): Promise<boolean> {
    const { rowCount } = await tx.execute(
      sql`update ${sql.raw(this.#tables.lanes)} set beat = beat + 1 where lane = ${lane} and fence = ${fence}`,
    );
    return rowCount === 1;
  }

  #firstRows(count: number): string {
    if (this.#database.dialect.limit === "limit-offset") return `limit ${count}`;
    return `offset 0 rows fetch next ${count} rows only`;
  }
}

/** The relay's own transactions are never part of somebody else's. */
const aside = { propagation: "requires_new" } as const;
