import {
  type BeginOptions,
  type DriverConnection,
  type OperationContext,
  StatementCache,
  unlimited,
} from "@nsj/mdb-core";
import { whenUnlocked } from "./lock.ts";
import { openDatabase } from "./open-database.ts";
import { type PreparedStatement, prepare } from "./statement.ts";

/** One open database. */
export function connectionTo(filename: string, lockTimeoutMs: number): DriverConnection {
  let database = openDatabase(filename);
  const statements = new StatementCache<PreparedStatement>(100);
  /** A transaction that begins with its first statement, which has a deadline for the lock. */
  let held: BeginOptions | null = null;
  let readOnly = false;

  function run<T>(context: OperationContext, action: () => T) {
    return whenUnlocked(lockTimeoutMs, context, () => {
      if (readOnly && !database.isTransaction) {
        database.exec("pragma query_only = off");
        readOnly = false;
      }
      if (held !== null) {
        // A transaction that takes the lock only when it comes to write may have read what is no longer so.
        database.exec(held.readOnly === true ? "begin; pragma query_only = on" : "begin immediate");
        readOnly = held.readOnly === true;
        held = null;
      }
      return action();
    });
  }

  function rollback() {
    held = null;
    if (database.isTransaction) database.exec("rollback");
  }

  /** SQLite rolls back what is open. */
  function destroy() {
    held = null;
    if (database.isOpen) database.close();
  }

  return {
    onFatal: null,
    get usable() {
      return database.isOpen;
    },
    get txStatus() {
      return database.isOpen && (held !== null || database.isTransaction) ? "active" : "idle";
    },
    query: ({ text, values }, context) =>
      run(context, () => {
        const statement = statements.get(text) ?? prepare(database, text, values.length);
        const result = statement.execute(values);
        statements.set(text, statement);
        return result;
      }),
    close: async () => destroy(),
    destroy,
    begin(options) {
      held = options;
    },
    commit() {
      if (held === null) return run(unlimited, () => database.exec("commit"));
      held = null;
    },
    rollback,
    savepoint: (name) => run(unlimited, () => database.exec(`savepoint ${name}`)),
    rollbackTo: (name) => database.exec(`rollback to ${name}`),
    releaseSavepoint: (name) => database.exec(`release ${name}`),
    stream({ text, values }, { fetchSize, ...context }) {
      let rows: ReturnType<PreparedStatement["open"]> | undefined;
      return {
        get columns() {
          return rows?.columns ?? [];
        },
        async read() {
          if (rows !== undefined) return rows.read();
          // Compiled for itself: whoever runs a statement again ends the rows that it was giving.
          rows = await run(context, () => prepare(database, text, values.length).open(values, fetchSize));
          return rows.first;
        },
        close: () => rows?.close(),
      };
    },
    reset({ scope }) {
      rollback();
      if (scope === "transaction") return "done";
      const fresh = openDatabase(filename, database);
      statements.clear();
      database.close();
      database = fresh;
      return "done";
    },
    raw: () => database,
  };
}
