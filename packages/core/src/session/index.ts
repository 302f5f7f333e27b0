export type { AbandonedEvent } from "./abandoned.ts";
export { askApart } from "./ask-apart.ts";
export { openAutocommitStream, runAutocommit } from "./autocommit.ts";
export { borrow } from "./borrow.ts";
export { type Bounds, boundsFrom, unbounded, withinBounds } from "./bounds.ts";
export { checkWork } from "./check-work.ts";
export { type DatabaseContext, nameOf } from "./database-context.ts";
export type { EventPlace, QueryEvent, QueryKind, TransactionEvent, TransactionOutcome } from "./diagnostics.ts";
export { eventPlace } from "./diagnostics.ts";
export type {
  BulkRow,
  CallResult,
  Executor,
  Result,
  ResultSetRows,
  Row,
  RowOf,
  Transaction,
} from "./executor.ts";
export { type ExecutorInternals, internalsOf } from "./executor-internals.ts";
export { failureOf } from "./failure.ts";
export { HeldTransaction } from "./held-transaction.ts";
export type { Hook } from "./hooks.ts";
export { isUndoneLater, type Lending, type StandIn } from "./lending.ts";
export type { Operation } from "./operation.ts";
export { ambientPart, livingPart } from "./participant.ts";
export { checkPinOptions, holdingScope, PinnedConnection, type PinOptions } from "./pinned-connection.ts";
export { Pipelining } from "./pipelining/pipelining.ts";
export { checkPipeliningOptions, type PipeliningOptions } from "./pipelining/pipelining-options.ts";
export { joinsWhatRuns, propagate } from "./propagate.ts";
export { currentScope, runInScope } from "./scope.ts";
export { Session } from "./session.ts";
export { checkLabels, refuseUnable } from "./spanning/choose-decider.ts";
export { Coordinator } from "./spanning/coordinator.ts";
export type { InDoubt } from "./spanning/in-doubt.ts";
export type { BranchesInDoubt } from "./spanning/last-look.ts";
export type { EnteredMember } from "./spanning/member-recovery.ts";
export type { Verdict } from "./spanning/protocol.ts";
export type { DoubtDecision, RecoveredBranch, RecoveryRound, Unreachable } from "./spanning/recovery.ts";
export type { RecoveryOptions } from "./spanning/recovery-loop.ts";
export type { InDoubtEvent, SpanningEvent } from "./spanning/spanning-events.ts";
export {
  checkSpanningOptions,
  noSpanningOptions,
  type SpanningMode,
  type SpanningOptions,
  spanningModes,
} from "./spanning/spanning-options.ts";
export { prepareStore, storeDdl } from "./spanning/store-ddl.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./standard-schema.ts";
export { StatementExecutor } from "./statement-executor.ts";
export type { ArrayRows, Fetching, StatementOptions, StreamOptions, WithSchema } from "./statement-options.ts";
export type { StreamLease } from "./stream-lease.ts";
export { newTally, type Tally } from "./tally.ts";
export {
  type HeldTransactionOptions,
  noSessionOptions,
  type Propagation,
  type RetryOptions,
  type SessionOptions,
  type TransactionOptions,
} from "./transaction-options.ts";
export type { Occupant } from "./turn.ts";
export { validateRows } from "./validate-rows.ts";
