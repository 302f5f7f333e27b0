export { type ErrorCode, type ErrorCodeFacts, type ErrorCodes, errorCodes } from "./codes.ts";
export * from "./connection-errors.ts";
export * from "./constraint-errors.ts";
export * from "./input-errors.ts";
export { isMdbError, MdbError, type MdbErrorOptions } from "./mdb-error.ts";
export * from "./pool-errors.ts";
export * from "./row-errors.ts";
export * from "./statement-errors.ts";
export * from "./transaction-errors.ts";
