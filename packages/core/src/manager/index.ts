export type { AnyDriver, DatabaseData, DatabaseEntry } from "./configuration.ts";
export { ConnectionPool } from "./connection-pool.ts";
export { Database } from "./database.ts";
export { type DatabaseEntries, DatabaseManager, type ManagerOptions } from "./database-manager.ts";
export { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "./definitions.ts";
export type { Health } from "./health.ts";
export type { Environment } from "./open-database.ts";
export type { LabelOf, Register, RegisteredLabel, RegisteredManager } from "./register.ts";
export { Transactional, type TransactionTarget, transactional } from "./transactional.ts";
