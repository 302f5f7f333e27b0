import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** A value of the database cannot be represented as the configuration asks (an integer beyond 2^53 as `number`). */
export class ConversionError extends MdbError {
  static override readonly className = "ConversionError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_CONVERSION", message, options);
  }
}

/** Exactly one row was asked for and none came. */
export class NoRowsError extends MdbError {
  static override readonly className = "NoRowsError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_NO_ROWS", message, options);
  }
}

/** At most one row was asked for and more came. */
export class TooManyRowsError extends MdbError {
  static override readonly className = "TooManyRowsError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_TOO_MANY_ROWS", message, options);
  }
}

/** Somebody else changed or deleted the entity since it was read. */
export class StaleEntityError extends MdbError {
  static override readonly className = "StaleEntityError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_STALE_ENTITY", message, options);
  }
}

/** One complaint of a Standard Schema about a row. */
export interface RowIssue {
  readonly message: string;
  /** The path inside the row: `["address", "city"]`. */
  readonly path: readonly PropertyKey[];
}

/** A row does not satisfy the schema it was asked for with. */
export class RowValidationError extends MdbError {
  static override readonly className = "RowValidationError";
  /** 0-based index of the row in the result. */
  readonly rowIndex: number;
  readonly issues: readonly RowIssue[];
  constructor(message: string, options: MdbErrorOptions & { rowIndex: number; issues: readonly RowIssue[] }) {
    super("MDB_ROW_VALIDATION", message, options);
    this.rowIndex = options.rowIndex;
    this.issues = options.issues;
  }
}
