import { setImmediate as nextTurn } from "node:timers/promises";
import type { BulkTarget, Clock, DriverConnection, OperationContext, ParameterValue } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";
import { refuseLate } from "./patience.ts";

type Host = Required<
  Pick<
    DriverConnection,
    "txStatus" | "query" | "begin" | "commit" | "rollback" | "savepoint" | "rollbackTo" | "releaseSavepoint"
  >
>;

const savepoint = "mdb_bulk_load";

/** Inserts every row by one prepared statement, all in one transaction, or in one savepoint of the transaction that is open. */
export async function loadRows(
  host: Host,
  { table, columns }: BulkTarget,
  batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  context: OperationContext,
  clock: Clock,
): Promise<{ readonly rows: number }> {
  refuseLate(context, clock);
  const names = columns.map(quoteIdentifier).join(", ");
  const text = `INSERT INTO ${table.map(quoteIdentifier).join(".")} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
  const nested = host.txStatus === "active";
  if (nested) await host.savepoint(savepoint);
  else await host.begin({ readOnly: false });
  try {
    let rows = 0;
    for await (const batch of batches) {
      refuseLate(context, clock);
      for (const values of batch) {
        const inserted = host.query({ text, values }, context);
        if (inserted instanceof Promise) await inserted;
      }
      rows += batch.length;
      await nextTurn();
    }
    if (nested) await host.releaseSavepoint(savepoint);
    else await host.commit();
    return { rows };
  } catch (error) {
    await undo(host, nested);
    throw error;
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
