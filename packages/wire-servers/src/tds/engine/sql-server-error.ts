/** How much an error undoes. */
export type ErrorReach =
  /** The statement fails, the batch goes on (severity 11 to 16, most of them). */
  | "statement"
  /** The batch ends; the transaction stays. */
  | "batch"
  /** The batch ends and the transaction is rolled back, whatever XACT_ABORT says. */
  | "transaction"
  /** The server closes the connection (severity 20 and above). */
  | "connection";

/** What else an error says. */
export interface SqlServerErrorFacts {
  readonly severity?: number;
  readonly state?: number;
  readonly reach?: ErrorReach;
  readonly line?: number;
  readonly procedure?: string;
  readonly cause?: unknown;
}

/** An error as SQL Server raises it, with its number and its words. */
export class SqlServerError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly reach: ErrorReach;
  line: number;
  procedure: string;

  constructor(number: number, text: string, facts: SqlServerErrorFacts = {}) {
    super(text, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.number = number;
    this.severity = facts.severity ?? 16;
    this.state = facts.state ?? 1;
    this.reach = facts.reach ?? "statement";
    this.line = facts.line ?? 1;
    this.procedure = facts.procedure ?? "";
  }
}

/** The number of refusals: no error of SQL Server has it. */
export const refusalNumber = 49_999;

/**
 * What the server says to a statement that it does not understand. Never one of SQL Server's own errors, so that no test can take it
 * for one.
 */
export class NotUnderstoodError extends SqlServerError {
  constructor(what: string, cause?: unknown) {
    super(refusalNumber, `The TDS test server does not understand this: ${what}`, { reach: "batch", cause });
  }
}

/** 102, or 156 when a keyword is in the way. */
export function syntaxError(near: string, keyword: boolean, line = 1): SqlServerError {
  return keyword
    ? new SqlServerError(156, `Incorrect syntax near the keyword '${near}'.`, { severity: 15, reach: "batch", line })
    : new SqlServerError(102, `Incorrect syntax near '${near}'.`, { severity: 15, reach: "batch", line });
}
