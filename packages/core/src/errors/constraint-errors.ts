import type { ErrorCode } from "./codes.ts";
import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** What the engine tells about a constraint; each fact only where it does. */
export interface ConstraintFacts {
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** A constraint of the database said no. The base of the four errors below. */
export class ConstraintViolationError extends MdbError {
  static override readonly className: string = "ConstraintViolationError";
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  /** Empty when the engine does not tell. */
  readonly columns: readonly string[];
  constructor(code: ErrorCode, message: string, options: MdbErrorOptions & ConstraintFacts = {}) {
    super(code, message, options);
    this.constraint = options.constraint;
    this.table = options.table;
    this.columns = options.columns ?? [];
  }
}

/** A row with this key exists already. */
export class UniqueViolationError extends ConstraintViolationError {
  static override readonly className = "UniqueViolationError";
  constructor(message: string, options?: MdbErrorOptions & ConstraintFacts) {
    super("MDB_UNIQUE_VIOLATION", message, options);
  }
}

/** A referenced row is missing, or a row is still referenced. */
export class ForeignKeyViolationError extends ConstraintViolationError {
  static override readonly className = "ForeignKeyViolationError";
  constructor(message: string, options?: MdbErrorOptions & ConstraintFacts) {
    super("MDB_FOREIGN_KEY_VIOLATION", message, options);
  }
}

/** A column that must have a value got NULL. */
export class NotNullViolationError extends ConstraintViolationError {
  static override readonly className = "NotNullViolationError";
  constructor(message: string, options?: MdbErrorOptions & ConstraintFacts) {
    super("MDB_NOT_NULL_VIOLATION", message, options);
  }
}

/** A check constraint said no. */
export class CheckViolationError extends ConstraintViolationError {
  static override readonly className = "CheckViolationError";
  constructor(message: string, options?: MdbErrorOptions & ConstraintFacts) {
    super("MDB_CHECK_VIOLATION", message, options);
  }
}
