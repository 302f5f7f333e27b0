import { randomUUID } from "node:crypto";
import { checkOptions, type Database, type Executor, type ForeignOptions, sql, type Transaction } from "@nsj/mdb-core";
import type { NewMessage } from "./message.ts";
import { type Handlers, Relay } from "./relay.ts";
import { checkRelayOptions, type RelayOptions } from "./relay-options.ts";
import { createUnlessThere, laneCount, laneOf, type OutboxTables, outboxDdl, tablesOf } from "./tables.ts";

/** Options of an outbox. */
export interface OutboxOptions {
  /** The table of its messages; those of its lanes and of dead messages begin with the same name. `"mdb_outbox"` by default. */
  readonly table?: string;
}

/** A message that was given up. */
export interface DeadMessage {
  readonly id: string;
  readonly topic: string;
  readonly key: string | undefined;
  readonly body: unknown;
  readonly attempts: number;
  /** The last error: its code and name; never its values. */
  readonly reason: string;
  readonly diedAt: Date;
}

/** The outbox of a database. @throws ConfigurationError for an unknown option; RangeError for a name that is none for a table */
export function outbox(database: Database, options: OutboxOptions = {}): Outbox {
  return new Outbox(database, options);
}

/** What people write for outboxes elsewhere, and what belongs to the relay. */
const foreign: ForeignOptions = {
  tablename: { name: "table" },
  schema: { note: "there is no such option here: its tables are in the schema of the connection" },
  batchsize: { note: "it is an option of relay()" },
  attempts: { note: "it is an option of relay()" },
  leasems: { note: "it is an option of relay()" },
  idlems: { note: "it is an option of relay()" },
};

const longestTopic = 100;
const longestKey = 200;

/**
 * Messages that become real with the transaction in which they are written, and reach their handlers afterwards: at least once, and in the order of
 * each key. May be used concurrently.
 */
export class Outbox {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  /** Relays of this process are told of what was committed here. */
  readonly #relays = new Set<Relay>();

  /** Made by {@link outbox}. */
  constructor(database: Database, options: OutboxOptions) {
    checkOptions<OutboxOptions>("outbox", options, { table: { type: "string" } }, "", foreign);
    const { table = "mdb_outbox" } = options;
    this.#database = database;
    this.#tables = tablesOf(table);
  }

  /** The statements that make its tables, for whoever may create them. Nothing is sent. */
  ddl(): readonly string[] {
    return outboxDdl(this.#database, this.#tables);
  }

  /** Creates its tables, where they are missing. Never called by the library itself. */
  createTables(): Promise<void> {
    return createUnlessThere(this.#database, this.#tables.messages, this.ddl());
  }

  /**
   * Writes a message into the transaction of its database that is running. Gives the message's id.
   * @throws TransactionStateError where none is running: the message would be real although the work is not
   */
  async add(message: NewMessage): Promise<string> {
    const [id] = await this.addMany([message]);
    return id as string;
  }

  /** Writes several, in this order. See {@link add}. */
  async addMany(messages: readonly NewMessage[]): Promise<readonly string[]> {
    const rows = messages.map(rowOf);
    await this.#database.transaction(
      async (tx) => {
        for (const { id, lane, topic, key, body, notBefore } of rows) {
          await tx.execute(
            sql`insert into ${sql.raw(this.#tables.messages)} (lane, message_id, topic, message_key, body, not_before) values (${lane}, ${id}, ${topic}, ${key}, ${body}, ${notBefore})`,
          );
        }
        tx.onCommit(() => {
          for (const relay of this.#relays) relay.wake();
        });
      },
      { propagation: "mandatory" },
    );
    return rows.map(({ id }) => id);
  }

  /**
   * What hands messages over to handlers, by topic. Any number of relays, in any number of processes, may run: each message is handled by one of
   * them at a time.
   * @throws ConfigurationError for options that are none
   */
  relay(handlers: Handlers, options: RelayOptions = {}): Relay {
    const relay: Relay = new Relay({
      database: this.#database,
      tables: this.#tables,
      handlers: new Map(Object.entries(handlers)),
      options: checkRelayOptions(options),
      onRunning: (isRunning) => void (isRunning ? this.#relays.add(relay) : this.#relays.delete(relay)),
    });
    return relay;
  }

  /** Messages that were given up, the oldest first. */
  async dead(): Promise<readonly DeadMessage[]> {
    const { dead } = this.#tables;
    const rows = await this.#database.query(
      `select message_id, topic, message_key, body, attempts, reason, died_at from ${dead} order by died_at, message_id`,
      [],
      { rowMode: "array" },
    );
    return rows.map(([id, topic, key, body, attempts, reason, diedAt]) => ({
      id: String(id),
      topic: String(topic),
      key: key === null ? undefined : String(key),
      body: JSON.parse(String(body)),
      attempts: Number(attempts),
      reason: String(reason),
      diedAt: new Date(Number(diedAt)),
    }));
  }

  /** Gives dead messages another life, at the end of their key's order. Gives how many of these ids there were. */
  async revive(ids: readonly string[]): Promise<number> {
    const wanted = new Set(ids);
    const found = (await this.dead()).filter(({ id }) => wanted.has(id));
    await this.#database.transaction(async (tx) => {
      for (const { id, topic, key, body } of found) await this.#revive(tx, id, { topic, key, body });
    });
    for (const relay of this.#relays) relay.wake();
    return found.length;
  }

  async #revive(tx: Transaction, id: string, message: NewMessage): Promise<void> {
    const { dead, messages } = this.#tables;
    const { rowCount } = await tx.execute(sql`delete from ${sql.raw(dead)} where message_id = ${id}`);
    // Somebody else was quicker.
    if (rowCount === 0) return;
    const { lane, topic, key, body } = rowOf(message);
    await tx.execute(
      sql`insert into ${sql.raw(messages)} (lane, message_id, topic, message_key, body) values (${lane}, ${id}, ${topic}, ${key}, ${body})`,
    );
  }

  /** How many messages wait, for a gauge. @param executor - where to count; its database by default */
  async size(executor: Executor = this.#database): Promise<number> {
    return Number(await executor.queryScalar(`select count(*) from ${this.#tables.messages}`));
  }
}

interface Row {
  readonly id: string;
  readonly lane: number;
  readonly topic: string;
  readonly key: string | null;
  readonly body: string;
  readonly notBefore: number;
}

/** @throws RangeError for what does not fit, TypeError for what JSON cannot hold */
function rowOf({ topic, key, body, availableAt }: NewMessage): Row {
  const text = JSON.stringify(body) as string | undefined;
  if (text === undefined) throw new TypeError("the body of a message is nothing that JSON can hold");
  if (topic.length === 0 || topic.length > longestTopic) {
    throw new RangeError(`the topic of a message has 1 to ${longestTopic} characters, not ${topic.length}`);
  }
  if (key !== undefined && (key.length === 0 || key.length > longestKey)) {
    throw new RangeError(`the key of a message has 1 to ${longestKey} characters, not ${key.length}`);
  }
  const id = randomUUID();
  const lane = key === undefined ? Math.floor(Math.random() * laneCount) : laneOf(key);
  return { id, lane, topic, key: key ?? null, body: text, notBefore: availableAt?.getTime() ?? 0 };
}
