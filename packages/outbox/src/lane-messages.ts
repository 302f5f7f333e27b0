import { type Database, sql } from "@nsj/mdb-core";
import { firstRows } from "./first-rows.ts";
import type { HeldLane } from "./lanes.ts";
import { type ReadMessage, readColumns, readMessage } from "./read-message.ts";
import { limitMs, type OutboxTables } from "./tables.ts";

/** A message as it lies in the outbox. */
export interface StoredMessage extends ReadMessage {
  /** Its place in the order. */
  readonly place: number | bigint | string;
  /** How often it has failed. */
  readonly attempts: number;
}

/** The messages of an outbox, lane by lane. */
export class LaneMessages {
  readonly #database: Database;
  readonly #messages: string;
  readonly #lanes: string;
  readonly #order: "key" | "none";
  /** On SQL Server a plain read waits for whoever writes a message into the lane; elsewhere it does not see him. Neither does it this way. */
  readonly #hint: string;
  /**
   * Until when a message of a lane waits for its next attempt, at the latest. Only whoever has the lane puts one off, so that he has to ask once; and as
   * nearly always none is put off, he need not look for those that are held up.
   */
  readonly #heldUpUntil = new WeakMap<HeldLane, number>();

  constructor(database: Database, { messages, lanes }: OutboxTables, order: "key" | "none") {
    this.#database = database;
    this.#messages = messages;
    this.#lanes = lanes;
    this.#order = order;
    this.#hint = database.engine === "mssql" ? "with (readpast)" : "";
  }

  /** Those of these lanes in which a message is due, held up or not; by one question for all of them. */
  async dueIn(lanes: readonly number[]): Promise<readonly number[]> {
    const rows = await this.#database.query(
      sql`select l.lane from ${sql.raw(this.#lanes)} l where l.lane in (${sql.list(lanes)}) and exists (select 1 from ${sql.raw(`${this.#messages} m ${this.#hint}`)} where m.lane = l.lane and m.not_before <= ${Date.now()})`,
      { rowMode: "array", timeoutMs: limitMs },
    );
    return rows.map(([lane]) => Number(lane));
  }

  /** The next ones that are due, in their order. One that waits for its next attempt holds up the others of its key. */
  async next(held: HeldLane, count: number): Promise<readonly StoredMessage[]> {
    const { lane } = held;
    const now = Date.now();
    const heldUp = (await this.#mayBeHeldUp(held, now))
      ? // Not correlated: asked for each message, it would read the whole lane for each message.
        `and (m.message_key is null or m.message_key not in (select b.message_key from ${this.#messages} b ${this.#hint} where b.lane = :lane and b.attempts > 0 and b.not_before > :now and b.message_key is not null))`
      : "";
    const rows = await this.#database.query(
      `select m.id, m.attempts, ${readColumns} from ${this.#messages} m ${this.#hint} where m.lane = :lane and m.not_before <= :now ${heldUp} order by m.id ${firstRows(this.#database, count)}`,
      { lane, now },
      { rowMode: "array", timeoutMs: limitMs },
    );
    return rows.map(([place, attempts, ...columns]) => ({
      ...readMessage(columns),
      place: place as StoredMessage["place"],
      attempts: Number(attempts),
    }));
  }

  /** To be called before a message of the lane is put off until then. */
  expect(held: HeldLane, notBefore: number): void {
    this.#heldUpUntil.set(held, Math.max(notBefore, this.#heldUpUntil.get(held) ?? 0));
  }

  async #mayBeHeldUp(held: HeldLane, now: number): Promise<boolean> {
    if (this.#order === "none") return false;
    let until = this.#heldUpUntil.get(held);
    if (until === undefined) {
      const latest = await this.#database.queryScalar(
        `select max(not_before) from ${this.#messages} m ${this.#hint} where m.lane = :lane and m.attempts > 0`,
        { lane: held.lane },
        { timeoutMs: limitMs },
      );
      until = Number(latest ?? 0);
      this.#heldUpUntil.set(held, until);
    }
    return until > now;
  }
}
