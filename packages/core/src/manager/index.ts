export {
  type Composite,
  type CompositeEnvironment,
  type CompositeManager,
  type DatabaseOf,
  openComposite,
  type RoutedDriver,
} from "./composite.ts";
export type { AnyDriver, DatabaseData, DatabaseEntry } from "./configuration.ts";
export { ConnectionPool } from "./connection-pool.ts";
export { Database, type DatabaseLife } from "./database.ts";
export { type DatabaseEntries, DatabaseManager } from "./database-manager.ts";
export type { DatabaseStats } from "./database-stats.ts";
export { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "./definitions.ts";
export type { Health } from "./health.ts";
export type { ManagerOptions } from "./manager-options.ts";
export type { MemberOptions, Membership, SharedMemberOptions } from "./member.ts";
export type { Environment } from "./open-database.ts";
export { openManagers } from "./open-managers.ts";
export { planOf } from "./plan-of.ts";
export type { LabelOf, Register, RegisteredLabel } from "./register.ts";
export type { RegisteredManager } from "./registered-manager.ts";
export { RoutedDatabase, type RoutedParts } from "./routed-database.ts";
export type { Entered, Entering, Router } from "./router.ts";
export { onSlow, type SlowOptions, type SlowStatement, type SlowWatch } from "./slow-statements.ts";
export type { SpanningTransactions } from "./spanning-manager.ts";
export { Transactional, type TransactionTarget, transactional } from "./transactional.ts";
