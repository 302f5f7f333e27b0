export { ambientParticipation, currentScope, runInScope } from "./ambient.ts";
export { holdAutocommit, runAutocommit } from "./autocommit.ts";
export { boundsFrom } from "./bounds.ts";
export type { DatabaseContext } from "./database-context.ts";
export { type QueryEvent, type TransactionEvent, traceTransaction } from "./diagnostics.ts";
export type {
  BulkRow,
  CallResult,
  Executor,
  Result,
  ResultSetRows,
  Row,
  RowOf,
  StatementOptions,
  StreamOptions,
  Transaction,
} from "./executor.ts";
export { failureOf } from "./failure.ts";
export type { Hold } from "./hold.ts";
export type { Hook } from "./hooks.ts";
export { acquireRequest, poolSource } from "./lease-source.ts";
export type { Operation } from "./operation.ts";
export { PinnedConnection } from "./pinned-connection.ts";
export { Pipelining } from "./pipelining.ts";
export { checkPipeliningOptions, type PipeliningOptions } from "./pipelining-options.ts";
export { propagate } from "./propagate.ts";
export { ScopeHolder } from "./scope-holder.ts";
export { Session } from "./session.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./standard-schema.ts";
export { type ExecutorInternals, internalsOf, StatementExecutor } from "./statement-executor.ts";
export {
  type Propagation,
  propagations,
  type RetryOptions,
  type SessionOptions,
  type TransactionOptions,
} from "./transaction-options.ts";
export { validateRows } from "./validate-rows.ts";
