import type { ErrorCode } from "./codes.ts";
import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** The pool at the moment of an error. */
export interface PoolFigures {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  readonly busy: number;
  readonly connecting: number;
  readonly waiting: number;
  /** How long the oldest holder has had its connection, in milliseconds; `undefined` when nobody holds one. */
  readonly oldestLeaseMs: number | undefined;
}

/** The pool could not give a connection. The base of the errors below. */
export class PoolError extends MdbError {
  static override readonly className: string = "PoolError";
  /** The pool's figures when it happened. */
  readonly pool: PoolFigures;
  constructor(code: ErrorCode, message: string, options: MdbErrorOptions & { pool: PoolFigures }) {
    super(code, message, options);
    this.pool = options.pool;
  }
}

/** No connection came free within `acquireTimeoutMs` or the caller's own deadline. `cause` is the last connect error, if any. */
export class PoolTimeoutError extends PoolError {
  static override readonly className = "PoolTimeoutError";
  constructor(message: string, options: MdbErrorOptions & { pool: PoolFigures }) {
    super("MDB_POOL_TIMEOUT", message, options);
  }
}

/** The pool, its database or its manager is closed. */
export class PoolClosedError extends PoolError {
  static override readonly className = "PoolClosedError";
  constructor(message: string, options: MdbErrorOptions & { pool: PoolFigures }) {
    super("MDB_POOL_CLOSED", message, options);
  }
}

/** `maxQueue` callers are waiting already. */
export class PoolQueueFullError extends PoolError {
  static override readonly className = "PoolQueueFullError";
  constructor(message: string, options: MdbErrorOptions & { pool: PoolFigures }) {
    super("MDB_POOL_QUEUE_FULL", message, options);
  }
}

/**
 * Every connection is held, and no holder has done anything for `pool.deadlockPatienceMs`: they seem to wait for this caller, or for each
 * other. Suspected, not proven.
 */
export class PoolDeadlockError extends PoolError {
  static override readonly className = "PoolDeadlockError";
  /** Where the holders took their connections; filled where `leakDetectionMs` is on. */
  readonly holders: readonly string[];
  constructor(message: string, options: MdbErrorOptions & { pool: PoolFigures; holders?: readonly string[] }) {
    super("MDB_POOL_DEADLOCK", message, options);
    this.holders = options.holders ?? [];
  }
}

/** The pool sheds load: this caller's deadline would pass before its turn. */
export class PoolOverloadedError extends PoolError {
  static override readonly className = "PoolOverloadedError";
  constructor(message: string, options: MdbErrorOptions & { pool: PoolFigures }) {
    super("MDB_POOL_OVERLOADED", message, options);
  }
}
