import { setImmediate as nextTurn } from "node:timers/promises";
import type { BulkTarget, DriverConnection, OperationContext, ParameterValue } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";
import type { Patience } from "./patience.ts";

type Host = Required<
  Pick<
    DriverConnection,
    "usable" | "txStatus" | "query" | "begin" | "commit" | "rollback" | "savepoint" | "rollbackTo" | "releaseSavepoint"
  >
>;

const savepoint = "mdb_bulk_load";

/**
 * Inserts every row by one prepared statement, all in one transaction, or in one savepoint of the transaction that is open. A source that
 * does not come back in time is left: nothing else could stop this, and the connection may be all that there is of the database.
 */
export async function loadRows(
  host: Host,
  { table, columns, columnInfo }: BulkTarget,
  batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  context: OperationContext,
  patience: Patience,
): Promise<{ readonly rows: number }> {
  const names = columns.map(quoteIdentifier).join(", ");
  const text = `INSERT INTO ${table.map(quoteIdentifier).join(".")} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
  // Into a column of days a Date goes without its time.
  const hints = columnInfo?.map((column) => (column?.type === "date" ? { type: column.type } : undefined));
  const nested = host.txStatus === "active";
  if (nested) await host.savepoint(savepoint);
  else await host.begin({ readOnly: false });
  const source = batches[Symbol.asyncIterator]();
  let isOver = false;
  const nextBatch = async () => {
    try {
      const next = await source.next();
      isOver = next.done === true;
      return next;
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  try {
    let rows = 0;
    for (;;) {
      const next = await patience.until(nextBatch);
      if (next.done === true) break;
      const batch = next.value;
      for (const values of batch) {
        const inserted = host.query({ text, values, ...(hints && { hints }) }, context);
        if (inserted instanceof Promise) await inserted;
      }
      rows += batch.length;
      await nextTurn();
    }
    if (nested) await host.releaseSavepoint(savepoint);
    else await host.commit();
    return { rows };
  } catch (error) {
    if (!isOver) void abandon(source);
    if (host.usable) await undo(host, nested);
    throw error;
  }
}

/** Tells the source that nobody asks any more, without waiting for what it is doing. */
async function abandon(source: AsyncIterator<unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // The load has failed already, with an error of its own.
  }
}

async function undo(host: Host, nested: boolean): Promise<void> {
  if (!nested) await host.rollback();
  // A failure may have ended the whole transaction, and the savepoint with it.
  else if (host.txStatus === "active") {
    await host.rollbackTo(savepoint);
    await host.releaseSavepoint(savepoint);
  }
}
