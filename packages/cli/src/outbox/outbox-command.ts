import type { Database, DatabaseManager } from "@nsj/mdb-core";
import { table } from "../table.ts";
import { UsageError } from "../usage-error.ts";
import { readLanes } from "./read-outbox.ts";

/** What the command line says. */
export interface OutboxWords {
  readonly table: string;
  readonly dead?: true;
  readonly revive?: readonly string[] | true;
  readonly json?: true;
}

/** How long one statement may take, in milliseconds. */
const limitMs = 30_000;

/** What is used of `@nsj/mdb-outbox`. */
interface Outbox {
  dead(): Promise<readonly Dead[]>;
  revive(ids: readonly string[]): Promise<number>;
}

interface Dead {
  readonly id: string;
  readonly topic: string;
  readonly key: string | undefined;
  readonly attempts: number;
  readonly reason: string;
  readonly diedAt: Date;
}

/** Shows the lanes of an outbox, or its dead messages, or gives these another life. Gives what to write. @throws UsageError */
export async function outboxCommand(databases: DatabaseManager, label: string, words: OutboxWords): Promise<string> {
  const database = databases.database(label);
  if (!/^[a-z][a-z0-9_]{0,23}$/.test(words.table))
    throw new UsageError(`${JSON.stringify(words.table)} is no table of an outbox`);
  if (words.revive !== undefined) return revive(database, words);
  if (words.dead === true) return deadOf(database, words);
  const { lanes, dead } = await readLanes(database, words.table, limitMs);
  if (words.json === true) return JSON.stringify({ lanes, dead });
  const rows = lanes.map(({ lane, owner, waiting, failed, attempts, lagMs }) => [
    lane,
    waiting,
    Math.round(lagMs / 1_000),
    failed,
    attempts,
    owner ?? "nobody",
  ]);
  const waiting = lanes.reduce((sum, it) => sum + it.waiting, 0);
  return `${table(["lane", "waiting", "late s", "failed", "attempts", "relay"], rows)}\n${waiting} wait, ${dead} were given up`;
}

/** Without bodies: they are the application's data. */
async function deadOf(database: Database, words: OutboxWords): Promise<string> {
  const dead = (await open(database, words)).dead();
  const rows = (await dead).map(({ id, topic, key, attempts, reason, diedAt }) => ({
    id,
    topic,
    key,
    attempts,
    reason,
    diedAt,
  }));
  if (words.json === true) return JSON.stringify(rows);
  if (rows.length === 0) return "none were given up";
  return table(
    ["id", "topic", "key", "attempts", "died at", "reason"],
    rows.map((it) => [it.id, it.topic, it.key ?? "", it.attempts, it.diedAt.toISOString(), it.reason]),
  );
}

async function revive(database: Database, words: OutboxWords): Promise<string> {
  const outbox = await open(database, words);
  const ids = words.revive === true ? (await outbox.dead()).map(({ id }) => id) : (words.revive ?? []);
  const revived = await outbox.revive(ids);
  return words.json === true ? JSON.stringify({ revived }) : `${revived} have another life`;
}

async function open(database: Database, words: OutboxWords): Promise<Outbox> {
  // An application without an outbox has no use for the package.
  const name = "@nsj/mdb-outbox";
  const loaded = (await import(name).catch(() => {
    throw new UsageError(`this needs the package ${name}: npm install ${name}`);
  })) as { outbox(database: Database, options: { readonly table: string }): Outbox };
  return loaded.outbox(database, { table: words.table });
}
