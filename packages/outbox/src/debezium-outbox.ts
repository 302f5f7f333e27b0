import { type Database, sql } from "@nsj/mdb-core";
import { type CheckedMessage, checkAddOptions, checkMessage } from "./checked-message.ts";
import { columnTypesOf } from "./ddl.ts";
import { lockKeys, locksDdl } from "./key-lock.ts";
import type { AddOptions, NewMessage } from "./message.ts";
import { momentOf } from "./moment.ts";
import type { DebeziumOptions } from "./outbox-options.ts";
import { createMissing, statementsOf, type TableDdl } from "./table-ddl.ts";
import { checkName } from "./tables.ts";
import { toldAdd } from "./told-add.ts";

/** What is written into an outbox that Debezium reads. */
export interface DebeziumMessage extends Pick<NewMessage, "topic" | "key" | "body" | "traceparent"> {
  /** What it is about; by it Debezium chooses where the message goes. The topic by default. At most 100 characters. */
  readonly aggregateType?: string | undefined;
}

/**
 * An outbox whose table Debezium's outbox event router reads from the database's log: `id`, `aggregatetype`, `aggregateid`, `type` and `payload`, and
 * `tracingspancontext`. Debezium hands the messages over; here they are only written. May be used concurrently.
 */
export class DebeziumOutbox {
  readonly #database: Database;
  readonly #table: string;
  readonly #locks: string;
  readonly #payload: "text" | "bytes";
  readonly #traceparent: (() => string | undefined) | undefined;

  /** Made by `outbox`. */
  constructor(database: Database, { table = "mdb_outbox", payload = "text", traceparent }: DebeziumOptions) {
    checkName(table);
    this.#database = database;
    this.#table = table;
    this.#locks = `${table}_locks`;
    this.#payload = payload;
    this.#traceparent = traceparent;
  }

  /** The statements that make its table, for whoever may create it. Nothing is sent. */
  ddl(): readonly string[] {
    return statementsOf(this.#database, this.#ddl());
  }

  #ddl(): readonly TableDdl[] {
    const { text, longText, longBytes } = columnTypesOf(this.#database);
    const table = this.#table;
    const statements = [
      `create table ${table} (id ${text}(36) not null primary key, aggregatetype ${text}(100) not null, aggregateid ${text}(200) not null, type ${text}(100) not null, payload ${this.#payload === "bytes" ? longBytes : longText} not null, tracingspancontext ${text}(200), written_at numeric(15) not null)`,
      `create index ${table}_age on ${table} (written_at)`,
    ];
    return [{ table, statements }, ...locksDdl(this.#database, this.#locks)];
  }

  /** Creates its table, where it is missing: also by several processes at once. Never called by the library itself. */
  createTables(): Promise<void> {
    return createMissing(this.#database, this.#ddl());
  }

  /**
   * Writes a message into the transaction of its database that is running: `topic` becomes the `type`, and `key` the `aggregateid`, which is the message's
   * id where there is no key. Gives the message's id.
   * @throws TransactionStateError where none is running: the message would be real although the work is not
   * @throws RangeError, TypeError for a message that does not fit; nothing was sent
   */
  async add(message: DebeziumMessage, options: AddOptions = {}): Promise<string> {
    const [id] = await this.addMany([message], options);
    return id as string;
  }

  /** Writes several, in this order, and gives their ids. See {@link add}. */
  async addMany(messages: readonly DebeziumMessage[], options: AddOptions = {}): Promise<readonly string[]> {
    return toldAdd(this.#database, this.#table, messages, () => this.#write(messages, options));
  }

  async #write(messages: readonly DebeziumMessage[], options: AddOptions): Promise<readonly string[]> {
    const { serialize = false } = checkAddOptions(options);
    const checked = messages.map((message) => this.#checked(message));
    if (serialize && checked.some(({ key }) => key === null)) {
      throw new RangeError("serialize is for messages that have a key");
    }
    await this.#database.transaction(
      async (tx) => {
        if (serialize)
          await lockKeys(
            tx,
            this.#locks,
            checked.map(({ key }) => key as string),
          );
        for (const { id, aggregateType, key, topic, body, traceparent } of checked) {
          const context = traceparent === null ? null : `traceparent=${traceparent}`;
          await tx.execute(
            sql`insert into ${sql.raw(this.#table)} (id, aggregatetype, aggregateid, type, payload, tracingspancontext, written_at) values (${id}, ${aggregateType}, ${key ?? id}, ${topic}, ${body}, ${context}, ${Date.now()})`,
          );
        }
      },
      { propagation: "mandatory" },
    );
    return checked.map(({ id }) => id);
  }

  /**
   * Removes what was written before a moment, by the clocks of the writers. Debezium reads the log and misses nothing by it, as long as its connector has
   * not been away for longer. Gives how many there were.
   */
  async forget(before: Date): Promise<number> {
    const { rowCount } = await this.#database.execute(
      sql`delete from ${sql.raw(this.#table)} where written_at < ${momentOf(before)}`,
    );
    return rowCount;
  }

  #checked({ aggregateType, ...message }: DebeziumMessage): CheckedMessage & { readonly aggregateType: string } {
    for (const name of ["availableAt", "dedupeKey"] as const) {
      if (name in message)
        throw new TypeError(`an outbox that Debezium reads has no ${name}: nobody here holds a message back`);
    }
    if (aggregateType?.length === 0 || (aggregateType?.length ?? 0) > 100) {
      throw new RangeError(`the aggregateType of a message has 1 to 100 characters, not ${aggregateType?.length}`);
    }
    const checked = checkMessage(message, this.#traceparent);
    if (this.#payload === "text" && typeof checked.body !== "string") {
      throw new TypeError('the payload of this outbox is text: bytes need payload: "bytes"');
    }
    const body =
      this.#payload === "bytes" && typeof checked.body === "string" ? Buffer.from(checked.body) : checked.body;
    return { ...checked, body, aggregateType: aggregateType ?? message.topic };
  }
}
