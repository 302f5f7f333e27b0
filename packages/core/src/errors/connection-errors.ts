import type { ErrorCode } from "./codes.ts";
import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** No connection could be opened: refused, unknown host, TLS, unknown database. */
export class ConnectError extends MdbError {
  static override readonly className: string = "ConnectError";
  constructor(message: string, options?: MdbErrorOptions, code: ErrorCode = "MDB_CONNECT") {
    super(code, message, options);
  }
}

/** The server did not finish the login within `connectTimeoutMs`. */
export class ConnectTimeoutError extends ConnectError {
  static override readonly className = "ConnectTimeoutError";
  constructor(message: string, options?: MdbErrorOptions) {
    super(message, options, "MDB_CONNECT_TIMEOUT");
  }
}

/** The server refused the user, password or certificate. */
export class AuthenticationError extends ConnectError {
  static override readonly className = "AuthenticationError";
  constructor(message: string, options?: MdbErrorOptions) {
    super(message, options, "MDB_AUTHENTICATION");
  }
}

/**
 * The connection died. `retryable`: nothing of it was kept, because COMMIT had not been sent or the statement had not; otherwise a statement on its own was
 * on its way, and what it did is unknown.
 */
export class ConnectionLostError extends MdbError {
  static override readonly className = "ConnectionLostError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_CONNECTION_LOST", message, options);
  }
}
