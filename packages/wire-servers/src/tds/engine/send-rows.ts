import type { BackingRow, BackingValue } from "../../shared/backing-cursor.ts";
import type { ResultColumn } from "../protocol/response.ts";
import type { ResponseStream } from "../protocol/response-stream.ts";
import type { StaticColumn } from "../tsql/emit-query.ts";
import type { SqlSession } from "./session.ts";

/** A statement of PostgreSQL that gives rows, and what the translator knows of them. */
export interface RowSource {
  readonly text: string;
  readonly values: readonly BackingValue[];
  readonly known: readonly (StaticColumn | undefined)[];
  readonly mayBeNull: boolean;
  /** It changes data, and so must not be started twice. */
  readonly isChange: boolean;
}

const portion = 200;

/** Runs a statement and sends its rows, with the client's back-pressure. Gives their number. */
export async function sendRows(source: RowSource, session: SqlSession, response: ResponseStream): Promise<number> {
  const { text, values, known, mayBeNull, isChange } = source;
  // Most results are small: one round trip does. A query of more rows is started again, to be read in portions.
  const first = await session.postgres.first(text, values, isChange ? 0 : portion);
  const { catalog } = session.host;
  await catalog.learn(first.columns, session.postgres);
  const columns = catalog
    .resultColumns(first.columns, known, mayBeNull)
    .map((it, index) => withScale(it, index, first.rows));
  response.columns(columns);
  if (first.complete) {
    for (const row of first.rows) await response.row(columns, row);
    return first.rowCount ?? first.rows.length;
  }
  const cursor = session.postgres.cursor(text, values);
  try {
    do {
      session.checkAttention();
      for (const row of await cursor.read(portion)) await response.row(columns, row);
    } while (!cursor.finished);
    return cursor.rowCount ?? 0;
  } finally {
    await cursor.close();
  }
}

/** A numeric without a declared scale has the largest one that the first rows show. */
function withScale(column: ResultColumn, index: number, rows: readonly BackingRow[]): ResultColumn {
  if (column.type.name !== "numeric" || column.type.scale !== undefined) return column;
  const scales = rows.map((row) => row[index]?.split(".")[1]?.length ?? 0);
  return { ...column, type: { name: "numeric", precision: 38, scale: Math.max(0, ...scales) } };
}
