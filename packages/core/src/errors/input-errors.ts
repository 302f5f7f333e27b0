import { MdbError, type MdbErrorOptions } from "./mdb-error.ts";

/** A session was asked for before `ConnectionPool.configure()`. */
export class NotConfiguredError extends MdbError {
  static override readonly className = "NotConfiguredError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_NOT_CONFIGURED", message, options);
  }
}

/** No database has this label. */
export class UnknownDatabaseError extends MdbError {
  static override readonly className = "UnknownDatabaseError";
  /** The labels that exist: the five nearest, where there are more. */
  readonly labels: readonly string[];
  /** How many labels there are. */
  readonly labelCount: number;
  /** The label that was probably meant. */
  readonly suggestion: string | undefined;
  constructor(
    message: string,
    options: MdbErrorOptions & { labels: readonly string[]; labelCount: number; suggestion?: string | undefined },
  ) {
    super("MDB_UNKNOWN_DATABASE", message, options);
    this.labels = options.labels;
    this.labelCount = options.labelCount;
    this.suggestion = options.suggestion;
  }
}

/** The configuration cannot be right. Thrown when it is given, before anything connects. */
export class ConfigurationError extends MdbError {
  static override readonly className = "ConfigurationError";
  /** The key that is wrong, with its path: `"pool.max"`. */
  readonly key: string | undefined;
  constructor(message: string, options: MdbErrorOptions & { key?: string | undefined } = {}) {
    super("MDB_CONFIGURATION", message, options);
    this.key = options.key;
  }
}

/** Parameters do not fit the statement. Thrown before anything is sent; names and positions only, never values. */
export class ParameterError extends MdbError {
  static override readonly className = "ParameterError";
  /** The names or positions concerned. */
  readonly parameters: readonly string[];
  constructor(message: string, options: MdbErrorOptions & { parameters?: readonly string[] } = {}) {
    super("MDB_PARAMETER", message, options);
    this.parameters = options.parameters ?? [];
  }
}

/** A page was asked for behind a text that is no cursor of it: made up, damaged, or of a page in another order. */
export class InvalidCursorError extends MdbError {
  static override readonly className = "InvalidCursorError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_INVALID_CURSOR", message, options);
  }
}

/** The engine cannot do what was asked for; found before anything is sent wherever possible. */
export class UnsupportedError extends MdbError {
  static override readonly className = "UnsupportedError";
  constructor(message: string, options?: MdbErrorOptions) {
    super("MDB_UNSUPPORTED", message, options);
  }
}
