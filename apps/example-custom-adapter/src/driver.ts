import { type DatabaseDefinition, type DatabaseOptions, type Driver, defineDatabase } from "@nsj/mdb-core";
import { connectionTo } from "./connection.ts";
import { capabilities, dialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { whenUnlocked } from "./lock.ts";
import { type NodeSqliteOptions, optionKeys, parseUrl, readOptions } from "./options.ts";

/** Node's own SQLite. */
export const nodeSqliteDriver = Object.freeze<Driver<NodeSqliteOptions, "node-sqlite">>({
  spi: 1,
  name: "node-sqlite",
  schemes: ["node-sqlite"],
  optionKeys,
  dialect,
  capabilities,
  connector(options) {
    const { filename, lockTimeoutMs } = readOptions(options);
    return {
      target: { address: filename },
      capabilities: filename === ":memory:" ? { maxConnections: 1 } : {},
      connect: async (context) => whenUnlocked(lockTimeoutMs, context, () => connectionTo(filename, lockTimeoutMs)),
    };
  },
  parseUrl,
  classify,
});

/** A database of Node's own SQLite: `nodeSqlite({ filename: "audit.db" })`. */
export function nodeSqlite(options: NodeSqliteOptions & DatabaseOptions): DatabaseDefinition<"node-sqlite"> {
  return defineDatabase(nodeSqliteDriver, options);
}
