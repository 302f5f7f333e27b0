import { type Database, sql, type Transaction } from "@nsj/mdb-core";
import { messageColumns } from "./ddl.ts";
import type { StoredMessage } from "./lane-messages.ts";
import type { HeldLane } from "./lanes.ts";
import { inFewSizes, piecesOf } from "./pieces.ts";
import { limitMs, type OutboxTables } from "./tables.ts";

/** What becomes of messages: each change is made only where the lane is held. Nobody can take it over until the change is done, but for {@link LaneChanges.remove}. */
export class LaneChanges {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #isKept: boolean;

  /** @param isKept - whether what is done is kept for a while */
  constructor(database: Database, tables: OutboxTables, isKept: boolean) {
    this.#database = database;
    this.#tables = tables;
    this.#isKept = isKept;
  }

  /** Removes what is done, or moves it to what is kept. Says whether the lane was still held. */
  async remove(held: HeldLane, done: readonly StoredMessage[]): Promise<boolean> {
    if (done.length === 0) return true;
    const places = done.map(({ place }) => place);
    if (this.#database.engine === "postgres") return this.#removeAtOnce(held, places);
    return this.#isKept ? this.#moveToKept(held, places) : this.#removePlainly(held, places);
  }

  /**
   * One statement for each piece, elsewhere. The lane is not locked by it: who takes it over meanwhile may have read them already, and hands them over once more, as he
   * would if nothing were removed.
   */
  async #removePlainly(held: HeldLane, places: readonly StoredMessage["place"][]): Promise<boolean> {
    const { messages, lanes } = this.#tables;
    const { lane, fence } = held;
    for (const piece of piecesOf(places)) {
      const { rowCount } = await this.#database.execute(
        sql`delete from ${sql.raw(messages)} where id in (${sql.list(inFewSizes(piece))}) and exists (select 1 from ${sql.raw(lanes)} l where l.lane = ${lane} and l.fence = ${fence})`,
        { timeoutMs: limitMs },
      );
      // Nothing is removed where the lane is lost, or where somebody has emptied the table by hand.
      if (rowCount === 0 && !(await this.#isHeld(held))) return false;
    }
    return true;
  }

  async #isHeld({ lane, fence }: HeldLane): Promise<boolean> {
    const count = await this.#database.queryScalar(
      sql`select count(*) from ${sql.raw(this.#tables.lanes)} where lane = ${lane} and fence = ${fence}`,
      { timeoutMs: limitMs },
    );
    return Number(count) === 1;
  }

  #moveToKept(held: HeldLane, places: readonly StoredMessage["place"][]): Promise<boolean> {
    const { messages, done: kept } = this.#tables;
    return this.#whileHeld(held, async (tx) => {
      for (const piece of piecesOf(places)) {
        const these = sql.list(inFewSizes(piece));
        await tx.execute(
          sql`insert into ${sql.raw(kept)} (${sql.raw(messageColumns)}, attempts, done_at) select ${sql.raw(`${messageColumns}, attempts + 1, ${Date.now()} from ${messages}`)} where id in (${these})`,
        );
        await tx.execute(sql`delete from ${sql.raw(messages)} where id in (${these})`);
      }
    });
  }

  /** PostgreSQL does all of it in one statement, and so in one round trip. */
  async #removeAtOnce({ lane, fence }: HeldLane, places: readonly StoredMessage["place"][]): Promise<boolean> {
    const { messages, lanes, done } = this.#tables;
    const keep = `, kept as (insert into ${done} (${messageColumns}, attempts, done_at) select ${messageColumns}, attempts + 1, ${Date.now()} from gone)`;
    const isHeld = await this.#database.queryScalar(
      sql`with held as (update ${sql.raw(lanes)} set beat = beat + 1 where lane = ${lane} and fence = ${fence} returning lane), gone as (delete from ${sql.raw(messages)} where id = any(${places.map(String)}::bigint[]) and lane in (select lane from held) returning ${sql.raw(messageColumns)}, attempts) ${sql.raw(this.#isKept ? keep : "")} select count(*) from held`,
      { timeoutMs: limitMs },
    );
    return Number(isHeld) === 1;
  }

  /** Puts a message that has failed off. */
  async putOff(held: HeldLane, { place, attempts }: StoredMessage, notBefore: number): Promise<boolean> {
    return this.#whileHeld(held, (tx) =>
      tx.execute(
        sql`update ${sql.raw(this.#tables.messages)} set attempts = ${attempts + 1}, not_before = ${notBefore} where id = ${place}`,
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

  /** Says whether the lane was held. */
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
