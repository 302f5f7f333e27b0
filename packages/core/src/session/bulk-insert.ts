import type { BulkTarget, ParameterValue } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { bindRow, type Identifier, parseTableName, quoteIdentifier, resolveIdentifier } from "../sql/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { executeMany } from "./execute-many.ts";
import type { BulkRow } from "./executor.ts";
import type { Operation } from "./operation.ts";

/** Rows handed to the driver at once: enough to hide a round trip, little enough to keep memory flat. */
const batchSize = 1_000;

type Batch = readonly (readonly ParameterValue[])[];

type RunAs = <T>(text: string, perform: Operation<T>["perform"]) => Promise<T>;

/**
 * Loads rows by the driver's bulk path, else with one INSERT per row. An error that the caller's own row source throws reaches the
 * caller as it is.
 */
export async function bulkInsert(
  context: DatabaseContext,
  table: string | Identifier,
  columns: readonly string[],
  rows: Iterable<BulkRow> | AsyncIterable<BulkRow>,
  run: RunAs,
): Promise<{ rowCount: number }> {
  const target = bulkTarget(context, table, columns);
  const source = new RowSource(context, columns, rows);
  const text = insertText(context, target);
  try {
    if (!context.capabilities.bulkLoad) return await insertOneByOne(context, text, source, run);
    return await run(text, async (connection, operation) => {
      if (connection.bulkLoad === undefined) throw new Error("the driver declares bulk loads but has no bulkLoad()");
      const loaded = await connection.bulkLoad(target, source.batches(), operation);
      return { rowCount: loaded.rows };
    });
  } catch (error) {
    throw source.failed ? source.error : error;
  }
}

function bulkTarget(context: DatabaseContext, table: string | Identifier, columns: readonly string[]): BulkTarget {
  if (columns.length === 0)
    throw new ParameterError(`${nameOf(context)}: bulkInsert needs at least one column`, context);
  return { table: parseTableName(table, context), columns: columns.flatMap((it) => resolveIdentifier([it], context)) };
}

async function insertOneByOne(
  context: DatabaseContext,
  text: string,
  source: RowSource,
  run: RunAs,
): Promise<{ rowCount: number }> {
  let rowCount = 0;
  for await (const batch of source.batches()) {
    const inserted = await run(text, executeMany(context, text, batch));
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

function placeholder(style: DatabaseContext["dialect"]["placeholder"], position: number): string {
  switch (style) {
    case "dollar":
      return `$${position}`;
    case "question":
      return "?";
    case "at-name":
      return `@p${position}`;
    case "colon-number":
      return `:${position}`;
  }
}

/** The caller's rows in batches, and what went wrong while reading them. */
class RowSource {
  readonly #context: DatabaseContext;
  readonly #columns: readonly string[];
  readonly #rows: Iterable<BulkRow> | AsyncIterable<BulkRow>;
  failed = false;
  error: unknown;

  constructor(context: DatabaseContext, columns: readonly string[], rows: Iterable<BulkRow> | AsyncIterable<BulkRow>) {
    this.#context = context;
    this.#columns = columns;
    this.#rows = rows;
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    try {
      yield* Symbol.asyncIterator in this.#rows ? this.#awaited(this.#rows) : this.#atOnce(this.#rows);
    } catch (error) {
      this.failed = true;
      this.error = error;
      throw error;
    }
  }

  /** Without a promise for each row, which would cost several times as much as the row. */
  *#atOnce(rows: Iterable<BulkRow>): Generator<Batch, void, undefined> {
    let batch: (readonly ParameterValue[])[] = [];
    let index = 0;
    for (const row of rows) {
      batch.push(bindRow(this.#columns, row, index++, this.#context));
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async *#awaited(rows: AsyncIterable<BulkRow>): AsyncGenerator<Batch, void, undefined> {
    let batch: (readonly ParameterValue[])[] = [];
    let index = 0;
    for await (const row of rows) {
      batch.push(bindRow(this.#columns, row, index++, this.#context));
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}
