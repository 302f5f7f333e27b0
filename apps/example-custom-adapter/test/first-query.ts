import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { checkOptions, classifier, DatabaseManager, type Driver, defineDatabase, noCapabilities } from "@nsj/mdb-core";
import { dialect } from "../src/dialect.ts";

/** The driver as it was when it answered its first query. */
export const firstDriver = Object.freeze<Driver<{ readonly filename: string }>>({
  spi: 1,
  name: "node-sqlite",
  schemes: ["node-sqlite"],
  optionKeys: ["filename"],
  dialect,
  capabilities: Object.freeze({ ...noCapabilities, execution: "sync" }),
  connector(options) {
    checkOptions("node-sqlite", options, { filename: { type: "string", required: true } });
    const { filename } = options;
    return {
      target: { address: filename },
      async connect() {
        const database = new DatabaseSync(filename);
        return {
          onFatal: null,
          get usable() {
            return database.isOpen;
          },
          get txStatus() {
            return database.isOpen && database.isTransaction ? "active" : "idle";
          },
          query({ text, values }) {
            const statement = database.prepare(text);
            statement.setReturnArrays(true);
            const rows = statement.all(...(values as SQLInputValue[])) as unknown as unknown[][];
            const columns = statement
              .columns()
              .map((it) => ({ name: it.name, databaseType: it.type ?? "", type: "dynamic" as const }));
            return { columns, rows, affected: rows.length };
          },
          begin: () => database.exec("begin"),
          commit: () => database.exec("commit"),
          rollback() {
            if (database.isTransaction) database.exec("rollback");
          },
          async close() {
            if (database.isOpen) database.close();
          },
          destroy() {
            if (database.isOpen) database.close();
          },
        };
      },
    };
  },
  parseUrl: (url) => ({ filename: url.replace(/^node-sqlite:/, "") }),
  classify: classifier(() => undefined),
});

/** Asks it. */
export async function firstQuery() {
  const databases = new DatabaseManager({ main: defineDatabase(firstDriver, { filename: ":memory:" }) });
  const rows = await databases.database("main").query("select 40 + 2 as answer");
  await databases.close();
  return rows; // [ { answer: 42 } ]
}
