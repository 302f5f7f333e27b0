import { randomBytes } from "node:crypto";
import { type Database, type DatabaseEntry, DatabaseManager } from "@nsj/mdb-core";
import { type Inbox, inbox, type Outbox, type OutboxOptions, outbox, type toDatabase } from "@nsj/mdb-outbox";
import { afterAll, beforeAll, onTestFinished } from "vitest";

/** What one test works with: tables of its own. */
export interface Bed {
  readonly database: Database;
  readonly events: Outbox;
  readonly remembered: Inbox;
  /** The outbox's table. */
  readonly table: string;
  /** Where {@link Bed.effect} writes to. */
  readonly applied: string;
  readonly effect: Parameters<typeof toDatabase>[1];
  /** Writes one message. */
  write(n: number, key?: string, topic?: string): Promise<string>;
  untilEmpty(): Promise<void>;
  /** What was applied. */
  numbers(): Promise<readonly number[]>;
}

/** Opens the database once for a suite. Gives what makes a bed. @param entry - called once the servers are up */
export function outboxBeds(entry: () => DatabaseEntry): (options?: OutboxOptions) => Promise<Bed> {
  let databases: DatabaseManager;
  beforeAll(() => {
    databases = new DatabaseManager({ main: entry() });
  });
  afterAll(() => databases.close());

  return async (options = {}) => {
    const database = databases.database("main");
    const table = newTable();
    const applied = `${table}_did`;
    const events = outbox(database, { ...options, table });
    const remembered = inbox(database, { table: `${table}_in` });
    await events.createTables();
    await events.createTables();
    await remembered.createTables();
    await database.execute(`create table ${applied} (message varchar(36) not null, n integer not null)`);
    const tables = [...events.ddl().flatMap(tablesMade), `${table}_in`, applied];
    onTestFinished(async () => {
      for (const name of tables) await database.execute(`drop table ${name}`);
    });
    return {
      database,
      events,
      remembered,
      table,
      applied,
      effect: (tx, { id, body }) =>
        tx.execute(`insert into ${applied} (message, n) values (:id, :n)`, { id, n: (body as { n: number }).n }),
      write: (n, key, topic = "did") =>
        database.transaction(() => events.add({ topic, key, body: { n, text: "Grüße €" } })),
      untilEmpty: async () => until(async () => (await events.size()) === 0),
      numbers: async () =>
        (await database.query(`select n from ${applied}`, [], { rowMode: "array" })).map(([n]) => Number(n)),
    };
  };
}

/** A name that no other test has. */
export function newTable(): string {
  return `o${randomBytes(5).toString("hex")}`;
}

/** Looks again and again. The test's own limit is the end of it. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The tables that a statement makes. */
export function tablesMade(statement: string): readonly string[] {
  const name = /^create table (\w+)/.exec(statement)?.[1];
  return name === undefined ? [] : [name];
}
