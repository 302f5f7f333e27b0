export { checkManager } from "./check-manager.ts";
export { closeWithin, type Shutdown } from "./close-within.ts";
export { httpErrorCodes } from "./codes.ts";
export { errorAnswer, type OnError } from "./error-answer.ts";
export { fromClaim } from "./from-claim.ts";
export { fromHeader } from "./from-header.ts";
export { fromHost } from "./from-host.ts";
export { fromPath } from "./from-path.ts";
export { type DatabaseHealth, type HealthReport, healthReport } from "./health-report.ts";
export { keepStreamContext } from "./kept-context.ts";
export { type MetricsHandler, type MetricsOptions, metrics } from "./metrics.ts";
export { endWithAnswer, type NodeSessions, nodeSessions } from "./node-sessions.ts";
export { keepRequestContext, type NextInTenant, nextInTenant, nodeFacts } from "./node-tenant.ts";
export { printError } from "./print-error.ts";
export { RequestSessions } from "./request-sessions.ts";
export { retryAfterSeconds } from "./retry-after.ts";
export { closeIdleConnections, type ShutDownOptions, shutDown } from "./shut-down.ts";
export { defaultStatusCodes, type ErrorBody, errorBody, type StatusCodes } from "./status-codes.ts";
export { ContradictedTenantError, MissingTenantError } from "./tenant-errors.ts";
export { tenantOfRequest } from "./tenant-of-request.ts";
export {
  type CheckedTenantOptions,
  checkTenantOptions,
  type TenantOptions,
  type TenantRunner,
} from "./tenant-options.ts";
export type { RequestFacts, TenantFrom, TenantFunction, TenantSource } from "./tenant-source.ts";
export { runForRequest, tenantIdOf, withinTenantsOf } from "./tenants-of-request.ts";
