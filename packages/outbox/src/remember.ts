import { sql, type Transaction } from "@nsj/mdb-core";
import { inFewSizes, piecesOf } from "./pieces.ts";
import { storedText } from "./stored-text.ts";

interface Place {
  readonly table: string;
  /** Who has sent it. */
  readonly source: string;
}

/**
 * Writes into an inbox's table that these are done, in the transaction that does them, and gives those that were not done before. However many there are,
 * it is one statement where the engine leaves out what is there already, else two.
 */
export async function remember(tx: Transaction, place: Place, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { returning, upsert } = tx.dialect;
  const leavesOut = upsert === "on-conflict" && returning.insert === "returning";
  const asked = new Map(ids.map((id) => [storedText(id), id]));
  const stored = { ...place, source: storedText(place.source) };
  const fresh = new Set<string>();
  for (const piece of piecesOf([...asked.keys()])) {
    const written = leavesOut ? await writeUnknown(tx, stored, piece) : await writeAfterLooking(tx, stored, piece);
    for (const id of written) fresh.add(asked.get(id) as string);
  }
  return fresh;
}

/** Who comes at the same time waits for the other's transaction, and then leaves out what that has written. */
async function writeUnknown(tx: Transaction, { table, source }: Place, ids: readonly string[]): Promise<string[]> {
  const doneAt = Date.now();
  // An array is one value: one text, and so one plan, for however many there are.
  const rows =
    tx.engine === "postgres"
      ? sql`select ${source}, unnest(${[...ids]}::varchar[]), ${doneAt}::bigint`
      : sql.values(ids.map((id) => [source, id, doneAt]));
  const written = await tx.query(
    sql`insert into ${sql.raw(table)} (source, id, done_at) ${rows} on conflict (source, id) do nothing returning id`,
    { rowMode: "array" },
  );
  return written.map(([id]) => String(id));
}

/** Who comes at the same time waits for the other's transaction, and fails where that has written one of them. */
async function writeAfterLooking(tx: Transaction, { table, source }: Place, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query(
    sql`select id from ${sql.raw(table)} where source = ${source} and id in (${sql.list(inFewSizes(ids))})`,
    { rowMode: "array" },
  );
  const known = new Set(rows.map(([id]) => String(id)));
  const news = ids.filter((id) => !known.has(id));
  if (news.length === 0) return [];
  const doneAt = Date.now();
  if (tx.dialect.maxRowsPerValues < news.length) {
    const text = `insert into ${table} (source, id, done_at) values (:source, :id, :doneAt)`;
    await tx.executeMany(
      text,
      news.map((id) => ({ source, id, doneAt })),
    );
  } else {
    const values = sql.values(news.map((id) => [source, id, doneAt]));
    await tx.execute(sql`insert into ${sql.raw(table)} (source, id, done_at) ${values}`);
  }
  return news;
}
