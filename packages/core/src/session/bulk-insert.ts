import type { BulkTarget, ParameterValue } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import {
  bindRow,
  type Identifier,
  parseTableName,
  placeholder,
  quoteIdentifier,
  resolveIdentifier,
} from "../sql/index.ts";
import type { CallersRows } from "./callers-rows.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { executeMany } from "./execute-many.ts";
import type { BulkRow } from "./executor.ts";
import type { Operation } from "./operation.ts";

/** Rows handed to the driver at once: enough to hide a round trip, little enough to keep memory flat. */
const batchSize = 1_000;

/** What to load, and where. */
export interface BulkInsert {
  readonly table: string | Identifier;
  readonly columns: readonly string[];
  readonly rows: Iterable<BulkRow> | AsyncIterable<BulkRow>;
  /** What the columns are, where that is known. */
  readonly columnInfo?: BulkTarget["columnInfo"];
}

type Batch = readonly (readonly ParameterValue[])[];

type RunAs = <T>(text: string, perform: Operation<T>["perform"]) => Promise<T>;

/**
 * Loads rows by the driver's bulk path, else with one INSERT per row. An error that the caller's own row source throws reaches the
 * caller as it is.
 */
export async function bulkInsert(
  context: DatabaseContext,
  { table, columns, rows, columnInfo }: BulkInsert,
  source: CallersRows,
  run: RunAs,
): Promise<{ rowCount: number }> {
  const target = bulkTarget(context, table, columns, columnInfo);
  const text = insertText(context, target);
  const bind = (row: BulkRow, index: number) => bindRow(columns, row, index, context);
  try {
    if (!context.capabilities.bulkLoad)
      return await insertOneByOne(context, text, batches(rows, bind, source), source, run);
    return await run(text, async (connection, operation) => {
      if (connection.bulkLoad === undefined) throw new Error("the driver declares bulk loads but has no bulkLoad()");
      const loaded = await connection.bulkLoad(target, batches(rows, bind, source), operation);
      return { rowCount: loaded.rows };
    });
  } catch (error) {
    throw source.thrown === undefined ? error : source.thrown.error;
  } finally {
    source.end();
  }
}

function bulkTarget(
  context: DatabaseContext,
  table: string | Identifier,
  columns: readonly string[],
  columnInfo: BulkTarget["columnInfo"],
): BulkTarget {
  if (columns.length === 0)
    throw new ParameterError(`${nameOf(context)}: bulkInsert needs at least one column`, context);
  const target = {
    table: parseTableName(table, context),
    columns: columns.flatMap((it) => resolveIdentifier([it], context)),
  };
  return columnInfo === undefined ? target : { ...target, columnInfo };
}

async function insertOneByOne(
  context: DatabaseContext,
  text: string,
  batches: AsyncIterable<Batch>,
  source: CallersRows,
  run: RunAs,
): Promise<{ rowCount: number }> {
  let rowCount = 0;
  for await (const batch of batches) {
    const inserted = await run(text, executeMany(context, text, batch, source));
    rowCount += inserted.rowCount;
  }
  return { rowCount };
}

function insertText(context: DatabaseContext, { table, columns }: BulkTarget): string {
  const { dialect } = context;
  const names = columns.map((column) => quoteIdentifier([column], dialect));
  const placeholders = columns.map((_, index) => placeholder(dialect.placeholder, index + 1));
  return `insert into ${quoteIdentifier(table, dialect)} (${names.join(", ")}) values (${placeholders.join(", ")})`;
}

type Bind = (row: BulkRow, index: number) => readonly ParameterValue[];

function batches(
  rows: Iterable<BulkRow> | AsyncIterable<BulkRow>,
  bind: Bind,
  source: CallersRows,
): AsyncGenerator<Batch, void, undefined> {
  return Symbol.asyncIterator in rows ? awaited(rows, bind, source) : atOnce(rows, bind, source);
}

/** Without a promise for each row, which would cost several times as much as the row. */
async function* atOnce(
  rows: Iterable<BulkRow>,
  bind: Bind,
  source: CallersRows,
): AsyncGenerator<Batch, void, undefined> {
  const iterator = source.now(() => rows[Symbol.iterator]());
  let index = 0;
  let ended = false;
  const next = (): Batch => {
    const batch: (readonly ParameterValue[])[] = [];
    while (batch.length < batchSize) {
      const { done, value } = iterator.next();
      if (done === true) {
        ended = true;
        break;
      }
      batch.push(bind(value, index++));
    }
    return batch;
  };
  try {
    while (!ended) {
      const batch = source.now(next);
      if (batch.length > 0) yield batch;
    }
  } finally {
    if (!ended) source.leave(iterator);
  }
}

async function* awaited(
  rows: AsyncIterable<BulkRow>,
  bind: Bind,
  source: CallersRows,
): AsyncGenerator<Batch, void, undefined> {
  const iterator = source.now(() => rows[Symbol.asyncIterator]());
  let index = 0;
  let ended = false;
  const next = async (): Promise<Batch> => {
    const batch: (readonly ParameterValue[])[] = [];
    while (batch.length < batchSize) {
      const { done, value } = await iterator.next();
      if (done === true) {
        ended = true;
        break;
      }
      batch.push(bind(value, index++));
    }
    return batch;
  };
  try {
    while (!ended) {
      const batch = await source.wait(next);
      if (batch.length > 0) yield batch;
    }
  } finally {
    if (!ended) source.leave(iterator);
  }
}
