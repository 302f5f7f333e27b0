export { nodeSqlite, nodeSqliteDriver } from "./driver.ts";
export type { NodeSqliteOptions } from "./options.ts";
