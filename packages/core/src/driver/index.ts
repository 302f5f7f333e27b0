export { bareHost } from "./bare-host.ts";
export {
  type Branch,
  type BranchEnd,
  branchIdentifier,
  type PreparedBranch,
  readBranchIdentifier,
  type Vote,
} from "./branch.ts";
export type { Capabilities } from "./capabilities.ts";
export { certificateErrorCodes } from "./certificate-error-codes.ts";
export { checkOptions, type OptionRule, type OptionRules, type OptionType } from "./check-options.ts";
export { type Clock, systemClock, type Timer, type TimerOptions } from "./clock.ts";
export type {
  BeginOptions,
  CursorOptions,
  DriverConnection,
  ExecuteManyFailure,
  ExecuteManyResult,
  Fate,
  ResetPlan,
  RowStream,
} from "./connection.ts";
export type { ConnectionTarget } from "./connection-target.ts";
export type { ColumnTypes, DialectFacts, ExactPlace, LexicalFeature, RowsReturned, StoredForm } from "./dialect.ts";
export type { Connector, ConnectorEnvironment, Driver } from "./driver.ts";
export { classifier, DriverFault, unknownError } from "./driver-fault.ts";
export { type ErrorInfo, type ErrorKind, errorKinds } from "./error-info.ts";
export type { ForeignOptions, OurOption } from "./foreign-options.ts";
export { type Isolation, isolationLevels } from "./isolation.ts";
export { isJsonText, type JsonText, jsonText } from "./json-text.ts";
export type { LogicalType, ScalarLogicalType } from "./logical-type.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export { noCapabilities } from "./no-capabilities.ts";
export { type OperationContext, unlimited } from "./operation.ts";
export { passwordSource } from "./password-source.ts";
export type { Plans, StatementPlan } from "./plans.ts";
export {
  lackingBeside,
  narrowedCapabilities,
  type ServerCapabilities,
  type ServerCapability,
  serverCapabilityNames,
} from "./server-capabilities.ts";
export { readServerUrl } from "./server-url.ts";
export { type ContextPart, contextParts, type SessionContext } from "./session-context.ts";
export { singlePrecision } from "./single-precision.ts";
export { socketErrorCodes } from "./socket-error-codes.ts";
export type {
  BulkTarget,
  Call,
  CallParameter,
  ColumnInfo,
  ParameterHint,
  ParameterValue,
  ResultSet,
  Statement,
} from "./statement.ts";
export { StatementCache } from "./statement-cache.ts";
export { type ErrorPlace, translateError } from "./translate-error.ts";
export { type Expiry, watchExpiry } from "./watch-expiry.ts";
