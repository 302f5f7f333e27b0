import { type Database, DeadlockError, LockTimeoutError, sql, type Transaction } from "@nsj/mdb-core";
import type { TableDdl } from "./table-ddl.ts";
import { hashOf } from "./tables.ts";

/** Rows of the table of locks: two keys that share one wait for each other, which is slower and not wrong. */
const slotCount = 16;

/** How a transaction keeps others away from a name until it ends. */
interface KeyLock {
  /** What it needs a table for, by the table's name. */
  readonly ddl: (table: string) => readonly TableDdl[];
  readonly take: (tx: Transaction, table: string, key: string) => Promise<unknown>;
}

const none = { ddl: () => [] };

const byEngine: Readonly<Record<string, KeyLock>> = {
  postgres: {
    ...none,
    take: (tx, table, key) =>
      tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`${table} ${key}`}, 0)) is null as taken`),
  },
  mssql: { ...none, take: takeApplicationLock },
  // Whoever writes is alone until he commits.
  sqlite: { ...none, take: async () => undefined },
};

/** The rest: rows of a table of their own. Those of the lanes are written by relays, which a long transaction must not hold up. */
const byRow: KeyLock = {
  ddl: (table) => [
    {
      table,
      statements: [`create table ${table} (slot integer not null primary key, uses numeric(15) not null)`],
      rows: {
        key: "slot",
        count: slotCount,
        insert: (slot) => `insert into ${table} (slot, uses) values (${slot}, 0)`,
      },
    },
  ],
  take: (tx, table, key) =>
    tx.execute(sql`update ${sql.raw(table)} set uses = uses + 1 where slot = ${hashOf(key) % slotCount}`),
};

const lockOf = (engine: string): KeyLock => byEngine[engine] ?? byRow;

/** The table that locks of keys need; none on most engines. */
export function locksDdl({ engine }: Database, table: string): readonly TableDdl[] {
  return lockOf(engine).ddl(table);
}

/** Takes the locks of keys, in an order that is the same for everybody, until the transaction ends. */
export async function lockKeys(tx: Transaction, table: string, keys: Iterable<string>): Promise<void> {
  const lock = lockOf(tx.engine);
  const order = [...new Set(keys)].sort(
    (a, b) => (hashOf(a) % slotCount) - (hashOf(b) % slotCount) || (a < b ? -1 : 1),
  );
  for (const key of order) await lock.take(tx, table, key);
}

async function takeApplicationLock(tx: Transaction, table: string, key: string): Promise<void> {
  const { returnValue } = await tx.call("sp_getapplock", {
    Resource: `${table} ${key}`,
    LockMode: "Exclusive",
    LockOwner: "Transaction",
    LockTimeout: -1,
  });
  const status = Number(returnValue);
  if (status >= 0) return;
  const facts = { database: tx.label, engine: tx.engine, vendorCode: status };
  if (status === -3)
    throw new DeadlockError("the lock of a message's key closed a circle of waiting transactions", facts);
  throw new LockTimeoutError("the lock of a message's key was not granted", facts);
}
