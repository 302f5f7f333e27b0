export { closeWithin, type Shutdown } from "./close-within.ts";
export { errorAnswer, type OnError } from "./error-answer.ts";
export { type DatabaseHealth, type HealthReport, healthReport } from "./health-report.ts";
export { type MetricsHandler, type MetricsOptions, metrics } from "./metrics.ts";
export { endWithAnswer, type NodeSessions, nodeSessions } from "./node-sessions.ts";
export { printError } from "./print-error.ts";
export { RequestSessions } from "./request-sessions.ts";
export { closeIdleConnections, type ShutDownOptions, shutDown } from "./shut-down.ts";
export { defaultStatusCodes, type ErrorBody, errorBody, type StatusCodes } from "./status-codes.ts";
