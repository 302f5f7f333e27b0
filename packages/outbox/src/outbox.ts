import { type Database, type Executor, sql } from "@nsj/mdb-core";
import { Announcer } from "./announcer.ts";
import { checkMessage } from "./checked-message.ts";
import { outboxDdl } from "./ddl.ts";
import { type DeadMessage, deadMessages, revive } from "./dead-messages.ts";
import { DebeziumOutbox } from "./debezium-outbox.ts";
import type { AddOptions, NewMessage } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { checkOutboxOptions, type DebeziumOptions, type OutboxOptions } from "./outbox-options.ts";
import { Relay } from "./relay.ts";
import { checkHandlers, checkRelayOptions, type Handlers, type RelayOptions } from "./relay-options.ts";
import { type OutboxStats, outboxStats } from "./stats.ts";
import { createMissing, statementsOf, type TableDdl } from "./table-ddl.ts";
import { type OutboxTables, tablesOf } from "./tables.ts";
import { toldAdd } from "./told-add.ts";

/**
 * The outbox of a database. With `format: "debezium"` its table is one that Debezium reads, and no relay runs.
 * @throws RangeError for a name that is none for a table, ConfigurationError for options that are none
 */
export function outbox(database: Database, options: DebeziumOptions): DebeziumOutbox;
export function outbox(database: Database, options?: OutboxOptions): Outbox;
export function outbox(database: Database, options: OutboxOptions | DebeziumOptions = {}): Outbox | DebeziumOutbox {
  checkOutboxOptions(options);
  return options.format === "debezium" ? new DebeziumOutbox(database, options) : new Outbox(database, options);
}

/**
 * Messages that become real with the transaction in which they are written, and reach their handlers afterwards: at least once, and in the order of
 * each key. May be used concurrently.
 */
export class Outbox {
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #keepMs: number | undefined;
  readonly #traceparent: (() => string | undefined) | undefined;
  readonly #writer: MessageWriter;
  readonly #announcer: Announcer;
  /** Relays of this process are told of what was committed here. */
  readonly #relays = new Set<Relay>();

  /** Made by {@link outbox}. */
  constructor(database: Database, { table = "mdb_outbox", keepMs, notify = true, traceparent }: OutboxOptions) {
    this.#database = database;
    this.#tables = tablesOf(table);
    this.#keepMs = keepMs;
    this.#traceparent = traceparent;
    this.#writer = new MessageWriter(database, this.#tables, keepMs !== undefined);
    this.#announcer = new Announcer(database, this.#tables.messages, notify);
  }

  /** The statements that make its tables, for whoever may create them. Nothing is sent. */
  ddl(): readonly string[] {
    return statementsOf(this.#database, this.#ddl());
  }

  #ddl(): readonly TableDdl[] {
    return outboxDdl(this.#database, this.#tables, this.#keepMs !== undefined);
  }

  /** Creates what is missing of its tables: also by several processes at once, and after one that was stopped in the middle. Never called by the library itself. */
  createTables(): Promise<void> {
    return createMissing(this.#database, this.#ddl());
  }

  /**
   * Writes a message into the transaction of its database that is running. Gives the message's id, or that of the one that has its `dedupeKey`.
   * @throws TransactionStateError where none is running: the message would be real although the work is not
   * @throws RangeError, TypeError for a message that does not fit; nothing was sent
   */
  async add(message: NewMessage, options: AddOptions = {}): Promise<string> {
    const [id] = await this.addMany([message], options);
    return id as string;
  }

  /** Writes several, in this order, and gives their ids. See {@link add}. */
  async addMany(messages: readonly NewMessage[], options: AddOptions = {}): Promise<readonly string[]> {
    return toldAdd(this.#database, this.#tables.messages, messages, async () => {
      const checked = messages.map((message) => checkMessage(message, this.#traceparent));
      return this.#writer.write(checked, options, (lanes) => this.#wake(lanes));
    });
  }

  /**
   * What hands messages over to handlers, by topic. Any number of relays, in any number of processes, may run: each message is handled by one of
   * them at a time.
   * @throws ConfigurationError for options that are none, and for handlers that are none
   */
  relay(handlers: Handlers, options: RelayOptions = {}): Relay {
    const relay: Relay = new Relay({
      database: this.#database,
      tables: this.#tables,
      keepMs: this.#keepMs,
      handlers: checkHandlers(handlers),
      options: checkRelayOptions(options),
      announcerId: this.#announcer.id,
      onRunning: (isRunning) => void (isRunning ? this.#relays.add(relay) : this.#relays.delete(relay)),
    });
    return relay;
  }

  /** Messages that were given up, the oldest first. */
  dead(): Promise<readonly DeadMessage[]> {
    return deadMessages(this.#database, this.#tables);
  }

  /** Gives dead messages another life, at the end of their key's order. Gives how many of these ids there were. */
  async revive(ids: readonly string[]): Promise<number> {
    const revived = await revive(this.#database, this.#tables, ids);
    if (revived > 0) this.#wake();
    return revived;
  }

  /** How many messages wait, for a gauge. @param executor - where to count; its database by default */
  async size(executor: Executor = this.#database): Promise<number> {
    return Number(await executor.queryScalar(sql`select count(*) from ${sql.raw(this.#tables.messages)}`));
  }

  /** What waits, for how long, in which lanes, and how much is dead. Reads all that waits: for a page or a gauge that is asked now and then. */
  stats(): Promise<OutboxStats> {
    return outboxStats(this.#database, this.#tables, this.#keepMs !== undefined);
  }

  #wake(lanes?: readonly number[]): void {
    for (const relay of this.#relays) relay.wake(lanes);
    this.#announcer.announce();
  }
}
