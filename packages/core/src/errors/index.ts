export { type ErrorCode, type ErrorCodeFacts, type ErrorCodes, errorCodes, factsOf } from "./codes.ts";
export { AuthenticationError, ConnectError, ConnectionLostError, ConnectTimeoutError } from "./connection-errors.ts";
export {
  CheckViolationError,
  type ConstraintFacts,
  ConstraintViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  UniqueViolationError,
} from "./constraint-errors.ts";
export {
  ConfigurationError,
  InvalidCursorError,
  NotConfiguredError,
  ParameterError,
  UnknownDatabaseError,
  UnsupportedError,
} from "./input-errors.ts";
export { isMdbError, MdbError, type MdbErrorOptions } from "./mdb-error.ts";
export {
  PoolClosedError,
  PoolDeadlockError,
  PoolError,
  type PoolFigures,
  PoolOverloadedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "./pool-errors.ts";
export {
  ConversionError,
  NoRowsError,
  type RowIssue,
  RowValidationError,
  StaleEntityError,
  TooManyRowsError,
} from "./row-errors.ts";
export {
  BranchPendingError,
  HeuristicOutcomeError,
  type LabelState,
  type LabelStates,
  PartialCommitError,
  type SpanningFacts,
} from "./spanning-errors.ts";
export {
  CancelledError,
  DeadlockError,
  LockTimeoutError,
  PermissionError,
  type PositionFacts,
  ReadOnlyError,
  ResourceError,
  SerializationError,
  SqlSyntaxError,
  StatementError,
  StatementTextError,
  StatementTimeoutError,
  StoppedError,
  UndefinedObjectError,
  ValueError,
} from "./statement-errors.ts";
export {
  CommitOutcomeUnknownError,
  HookError,
  SessionClosedError,
  TransactionAbortedError,
  TransactionClosedError,
  TransactionStateError,
  UnexpectedRollbackError,
} from "./transaction-errors.ts";
