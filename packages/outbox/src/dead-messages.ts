import { type Database, sql } from "@nsj/mdb-core";
import { messageColumns } from "./ddl.ts";
import type { Message } from "./message.ts";
import { readColumns, readMessage } from "./read-message.ts";
import type { OutboxTables } from "./tables.ts";

/** A message that was given up. */
export interface DeadMessage extends Message {
  readonly attempts: number;
  /** The last error: its name and code; never its values. */
  readonly reason: string;
  readonly diedAt: Date;
}

/** The oldest first. */
export async function deadMessages(database: Database, { dead }: OutboxTables): Promise<readonly DeadMessage[]> {
  const rows = await database.query(
    `select attempts, reason, died_at, ${readColumns} from ${dead} order by died_at, message_id`,
    [],
    { rowMode: "array" },
  );
  return rows.map(([attempts, reason, diedAt, ...columns]) => {
    const { isReadable: _, ...message } = readMessage(columns);
    return { ...message, attempts: Number(attempts), reason: String(reason), diedAt: new Date(Number(diedAt)) };
  });
}

/** Gives them another life, all or none. Gives how many there were. */
export async function revive(
  database: Database,
  { dead, messages }: OutboxTables,
  ids: readonly string[],
): Promise<number> {
  return database.transaction(async (tx) => {
    let revived = 0;
    // Sorted: two who revive the same ones must not wait for each other.
    for (const id of [...new Set(ids)].sort()) {
      const now = sql.raw(String(Date.now()));
      // The first to write it here is the one that may remove it there: two who revive the same message do it once.
      const { rowCount } = await tx.execute(
        sql`update ${sql.raw(dead)} set written_at = ${now} where message_id = ${id}`,
      );
      if (rowCount === 0) continue;
      await tx.execute(
        sql`insert into ${sql.raw(messages)} (${sql.raw(messageColumns)}) select ${sql.raw(messageColumns)} from ${sql.raw(dead)} where message_id = ${id}`,
      );
      await tx.execute(sql`delete from ${sql.raw(dead)} where message_id = ${id}`);
      revived++;
    }
    return revived;
  });
}
