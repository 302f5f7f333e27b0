import { STATUS_CODES } from "node:http";
import { type ErrorCode, isMdbError } from "@nsj/mdb-core";

/** HTTP status codes by error code. */
export type StatusCodes = Readonly<Partial<Record<ErrorCode | (string & {}), number>>>;

/** What is told without being asked; everything else is a 500. */
export const defaultStatusCodes: StatusCodes = Object.freeze({
  MDB_INVALID_CURSOR: 400,
  MDB_NO_ROWS: 404,
  MDB_UNIQUE_VIOLATION: 409,
  MDB_FOREIGN_KEY_VIOLATION: 409,
  MDB_STALE_ENTITY: 409,
  MDB_SERIALIZATION: 409,
  MDB_DEADLOCK: 409,
  MDB_NOT_NULL_VIOLATION: 422,
  MDB_CHECK_VIOLATION: 422,
  MDB_VALUE: 422,
  MDB_LOCK_TIMEOUT: 503,
  MDB_CONNECT: 503,
  MDB_CONNECT_TIMEOUT: 503,
  MDB_CONNECTION_LOST: 503,
  MDB_POOL_TIMEOUT: 503,
  MDB_POOL_QUEUE_FULL: 503,
  MDB_POOL_OVERLOADED: 503,
  MDB_POOL_CLOSED: 503,
  MDB_POOL_DEADLOCK: 503,
  MDB_STATEMENT_TIMEOUT: 504,
  // Of @nsj/mdb-tenants, which need not be there.
  MDB_UNKNOWN_TENANT: 404,
  MDB_TENANT_UNAVAILABLE: 503,
  MDB_TENANT_RESOLVE: 503,
  MDB_TENANT_MISSING: 400,
  MDB_TENANT_CONTRADICTED: 403,
  // The status that nginx made known for "client closed request"; nobody is left to read it.
  MDB_CANCELLED: 499,
});

/** What a client may be told of an error: its code and a short title, never the message, which names tables and statements. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly code: ErrorCode;
  readonly error: string;
  /** Whether the same request may succeed when it is made again. */
  readonly retryable: boolean;
}

/** The answer for an error of the library; `undefined` for any other, which is for the framework. */
export function errorBody(error: unknown, overrides: StatusCodes = {}): ErrorBody | undefined {
  if (!isMdbError(error)) return undefined;
  const statusCode = overrides[error.code] ?? defaultStatusCodes[error.code] ?? 500;
  const title = STATUS_CODES[statusCode] ?? (statusCode === 499 ? "Client Closed Request" : "Error");
  return { statusCode, code: error.code, error: title, retryable: error.retryable };
}
