import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { DriverFault, type ParameterValue, type ResultSet } from "@nsj/mdb-core";
import { canonicalRow, columnsOf, toSqlite } from "./values.ts";

export type PreparedStatement = ReturnType<typeof prepare>;

/** Compiles a statement that takes this many values. */
export function prepare(database: DatabaseSync, text: string, count: number) {
  const statement = database.prepare(text);
  const totalChanges = database.prepare("select total_changes() as changes");
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const checkCount = (length: number, isRight: boolean) => {
    if (isRight) return;
    throw new DriverFault(`the statement does not have ${length} placeholders`, { kind: "parameter" });
  };
  // A placeholder without a value would be NULL without a word. `iterate` binds, and runs nothing before its first row is asked for.
  checkCount(count, failure(() => statement.iterate(...new Array<null>(count + 1).fill(null))) !== undefined);
  // SQLite compiles the first statement of a text and leaves the rest alone.
  const rest = text.slice(statement.sourceSQL.length);
  if (rest.trim() !== "" && failure(() => database.prepare(rest))?.code !== "ERR_INVALID_ARG_VALUE") {
    throw new DriverFault("a text of more than one statement", { kind: "unsupported" });
  }
  const bound = (values: readonly ParameterValue[]) => {
    checkCount(values.length, values.length === count);
    return values.map(toSqlite);
  };
  return {
    /** Runs it to its end. */
    execute(values: readonly ParameterValue[]): ResultSet {
      const parameters = bound(values);
      if (statement.columns().length > 0) {
        const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
        const columns = columnsOf(statement, rows);
        return { columns, rows: rows.map((row) => canonicalRow(row, columns)), affected: rows.length };
      }
      // After anything but INSERT, UPDATE and DELETE, `changes` still says what the last one of these did.
      const before = totalChanges.get()?.["changes"];
      const { changes } = statement.run(...parameters);
      return { columns: [], rows: [], affected: totalChanges.get()?.["changes"] === before ? 0 : Number(changes) };
    },
    /** Runs it up to its first rows. */
    open(values: readonly ParameterValue[], fetchSize: number) {
      const cursor = statement.iterate(...bound(values)) as unknown as Iterator<SQLOutputValue[]>;
      const take = () => {
        const rows: SQLOutputValue[][] = [];
        for (let it = cursor.next(); it.done !== true; it = cursor.next()) if (rows.push(it.value) === fetchSize) break;
        return rows;
      };
      const first = take();
      const columns = columnsOf(statement, first);
      const batch = (rows: SQLOutputValue[][]) =>
        rows.length > 0 ? rows.map((row) => canonicalRow(row, columns)) : null;
      return { columns, first: batch(first), read: () => batch(take()), close: () => void cursor.return?.() };
    },
  };
}

function failure(action: () => unknown): (Error & { readonly code?: string }) | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
