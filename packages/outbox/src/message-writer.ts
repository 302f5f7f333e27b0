import { type Database, sql, type Transaction, UniqueViolationError } from "@nsj/mdb-core";
import { type CheckedMessage, checkAddOptions } from "./checked-message.ts";
import { lockKeys } from "./key-lock.ts";
import type { AddOptions } from "./message.ts";
import { laneCount, laneOf, type OutboxTables } from "./tables.ts";

/** Writes messages into an outbox, in a transaction of the caller's. */
export class MessageWriter {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #isKept: boolean;

  constructor(database: Database, tables: OutboxTables, isKept: boolean) {
    this.#database = database;
    this.#tables = tables;
    this.#isKept = isKept;
  }

  /** Gives the id of each: its own, or that of the one that has its `dedupeKey`. @param onCommit - told of the lanes that have one more */
  async write(messages: readonly CheckedMessage[], options: AddOptions, onCommit: (lanes: readonly number[]) => void) {
    const { serialize = false } = checkAddOptions(options);
    if (serialize && messages.some(({ key }) => key === null)) {
      throw new RangeError("serialize is for messages that have a key");
    }
    return this.#database.transaction(
      async (tx) => {
        if (serialize)
          await lockKeys(
            tx,
            this.#tables.locks,
            messages.map(({ key }) => key as string),
          );
        const placed = messages.map((message) => ({ ...message, lane: laneFor(message) }));
        const ids: string[] = [];
        for (const run of runsOf(placed)) ids.push(...(await this.#writeRun(tx, run)));
        tx.onCommit(() => onCommit([...new Set(placed.map(({ lane }) => lane))]));
        return ids;
      },
      { propagation: "mandatory" },
    );
  }

  async #writeRun(tx: Transaction, run: readonly PlacedMessage[]): Promise<readonly string[]> {
    const [first] = run as [PlacedMessage];
    if (first.dedupeKey !== undefined) return [await this.#writeOnce(tx, first, first.dedupeKey)];
    const text = insertOf(this.#tables.messages, first);
    if (run.length === 1) await tx.execute(text, valuesOf(first));
    else await tx.executeMany(text, run.map(valuesOf));
    return run.map(({ id }) => id);
  }

  async #writeOnce(tx: Transaction, message: PlacedMessage, dedupeKey: string): Promise<string> {
    const known = await this.#idOf(tx, dedupeKey);
    if (known !== undefined) return known;
    try {
      // In a savepoint: somebody else may write it in this moment.
      await tx.savepoint((inner) => inner.execute(insertOf(this.#tables.messages, message), valuesOf(message)));
      return message.id;
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      const quicker = await this.#idOf(tx, dedupeKey, sql.raw(currentRead[tx.engine] ?? ""));
      // A transaction that sees only what was there when it began has to begin anew.
      if (quicker === undefined) throw error;
      return quicker;
    }
  }

  /** In this order, which is the one in which relays move messages: none is missed on its way. */
  async #idOf(tx: Transaction, dedupeKey: string, end = sql.raw("")): Promise<string | undefined> {
    const { messages, dead, done } = this.#tables;
    for (const table of this.#isKept ? [messages, dead, done] : [messages, dead]) {
      const rows = await tx.query(
        sql`select message_id from ${sql.raw(table)} where dedupe_key = ${dedupeKey} ${end}`,
        {
          rowMode: "array",
        },
      );
      if (rows[0] !== undefined) return String(rows[0][0]);
    }
    return undefined;
  }
}

/** Where a transaction reads what was there when it began: how it reads what is there now. The lock is one that it has by then. */
const currentRead: Readonly<Record<string, string>> = { mariadb: "lock in share mode", mysql: "lock in share mode" };

interface PlacedMessage extends CheckedMessage {
  readonly lane: number;
}

function laneFor({ key }: CheckedMessage): number {
  return key === null ? Math.floor(Math.random() * laneCount) : laneOf(key);
}

/** Neighbours that one statement can write. */
function* runsOf(messages: readonly PlacedMessage[]): Generator<readonly PlacedMessage[]> {
  const kindOf = ({ body, dedupeKey }: PlacedMessage) => (dedupeKey === undefined ? typeof body : undefined);
  for (let start = 0; start < messages.length; ) {
    const kind = kindOf(messages[start] as PlacedMessage);
    let end = start + 1;
    while (kind !== undefined && end < messages.length && kindOf(messages[end] as PlacedMessage) === kind) end++;
    yield messages.slice(start, end);
    start = end;
  }
}

/** The other body is not named: not every engine takes a NULL without a type for bytes. */
function insertOf(table: string, { body }: CheckedMessage): string {
  const column = typeof body === "string" ? "body" : "body_bytes";
  return `insert into ${table} (lane, message_id, topic, message_key, ${column}, traceparent, dedupe_key, written_at, not_before) values (:lane, :id, :topic, :key, :body, :traceparent, :dedupeKey, :writtenAt, :notBefore)`;
}

function valuesOf({ id, lane, topic, key, body, notBefore, dedupeKey = id, traceparent }: PlacedMessage) {
  return { lane, id, topic, key, body, traceparent, dedupeKey, writtenAt: Date.now(), notBefore };
}
