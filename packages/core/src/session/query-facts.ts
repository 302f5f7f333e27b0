import type { ResultSet, Statement } from "../driver/index.ts";
import type { BulkInsert } from "./bulk-insert.ts";
import type { Purpose } from "./executor-internals.ts";
import type { Counts, QueryFacts } from "./query-trace.ts";
import type { Text } from "./statement-arguments.ts";
import type { AnyStatementOptions } from "./statement-options.ts";
import { fingerprintOf } from "./value-fingerprint.ts";

/** The verb of a text that a DAO wrote; that of a batch around a temporary table is told by whoever wrote it. */
const verb = /^\s*(\w+)/;

/**
 * What an event says of a statement.
 * @param from - what it was made of, or what a DAO sends it for
 * @param key - which of the databases behind the label is meant, where the context does not tell it
 */
export function queryFacts(
  kind: "query" | "stream",
  { text: statement, values }: Statement,
  name: string | undefined,
  from: Text | Purpose | undefined,
  key: string | undefined,
): QueryFacts {
  const fingerprint = fingerprintOf(values);
  if (from === "internal") return { kind: from, statement, name, fingerprint, parameterized: true, key };
  if (typeof from !== "object" || !("columns" in from)) {
    const parameterized = typeof from !== "string" || values.length > 0;
    return { kind, statement, name, fingerprint, parameterized, key };
  }
  const operation = from.verb ?? verb.exec(statement)?.[1]?.toLowerCase();
  const table = from.columns.table.parts.join(".");
  return { kind, statement, name, fingerprint, parameterized: true, table, operation, key };
}

/** What an event says of a call whose values are always apart from its text. */
export function factsOf(
  kind: "many" | "call",
  statement: string,
  { name }: AnyStatementOptions,
  key?: string | undefined,
): QueryFacts {
  return { kind, statement, name, parameterized: true, key };
}

/** What an event says of a statement with many parameter sets: how many, where that is known before they are taken. */
export function factsOfMany(text: string, options: AnyStatementOptions, sets: Iterable<unknown>): QueryFacts {
  return { ...factsOf("many", text, options), batchSize: Array.isArray(sets) ? sets.length : undefined };
}

/** What an event says of a bulk load. */
export function factsOfLoad({ table }: BulkInsert, { name }: AnyStatementOptions): QueryFacts {
  const written = typeof table === "string" ? table : table.parts.join(".");
  return { kind: "bulk", name, parameterized: true, table: written, operation: "insert" };
}

/** What a result says of its rows. */
export function countsOf(result: ResultSet): Counts {
  let returnedRows = 0;
  let gives = false;
  for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
    returnedRows += set.rows.length;
    if (set.columns.length > 0) gives = true;
  }
  const rowCount = result.affected ?? result.rows.length;
  return gives ? { rowCount, returnedRows } : { rowCount };
}

/** What is known of many statements, or a load: a number. */
export function countedOnly({ rowCount }: { readonly rowCount: number }): Counts {
  return { rowCount };
}
