export { type EmbeddedPostgres, embeddedPostgres } from "./fresh/embedded-postgres.ts";
export { type FreshDatabases, type FreshPlace, freshDatabases } from "./fresh/fresh-databases.ts";
export type { RecordedStatement } from "./record/recorded-statement.ts";
export { type IndexedOptions, Recording, type RecordOptions, type RepeatOptions, record } from "./record/recording.ts";
export type { Repeat } from "./record/repeats.ts";
export type { TestHooks } from "./rollback/hooks.ts";
export {
  beginRollback,
  type RollbackOptions,
  type RunningRollback,
  rollbackEach,
} from "./rollback/rollback-each.ts";
