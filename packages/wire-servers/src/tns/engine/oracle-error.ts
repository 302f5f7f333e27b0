/** An error as Oracle reports it. */
export class OracleError extends Error {
  /** The number behind `ORA-`. */
  readonly number: number;
  /** Where in the statement, counted in bytes from 0; 0 also where Oracle does not tell. */
  readonly position: number;

  /** `words` is the text behind the number and the colon. */
  constructor(number: number, words: string, position = 0) {
    super(`ORA-${String(number).padStart(5, "0")}: ${words}`);
    this.number = number;
    this.position = position;
  }
}

/** The number of refusals: no error of Oracle has it. */
export const refusalNumber = 49_999;

/** What this server does not understand. Loud, and with a number that no test can take for something else. */
export function notUnderstood(what: string, position = 0): OracleError {
  return new OracleError(refusalNumber, `the TNS test server does not understand ${what}`, position);
}
