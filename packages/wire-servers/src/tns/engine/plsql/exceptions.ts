import { OracleError } from "../oracle-error.ts";
import { quoted } from "../sql/names.ts";
import type { Scope } from "./environment.ts";

/** Oracle's numbers of the exceptions that PL/SQL names. */
export const namedExceptions: Readonly<Record<string, number>> = {
  CURSOR_ALREADY_OPEN: 6511,
  DUP_VAL_ON_INDEX: 1,
  INVALID_CURSOR: 1001,
  INVALID_NUMBER: 1722,
  LOGIN_DENIED: 1017,
  NO_DATA_FOUND: 1403,
  PROGRAM_ERROR: 6501,
  TIMEOUT_ON_RESOURCE: 51,
  TOO_MANY_ROWS: 1422,
  VALUE_ERROR: 6502,
  ZERO_DIVIDE: 1476,
};

/** A failure that a block can catch. */
export class PlsqlException extends OracleError {
  /** The exception's own name, of one that a block has declared. */
  readonly exception: string | undefined;

  constructor(number: number, words: string, exception?: string) {
    super(number, words);
    this.exception = exception;
  }
}

/** What is found before a block runs, and cannot be caught in it. */
export class CompilationError extends OracleError {
  constructor(line: number, column: number, problem: string) {
    super(
      6550,
      `line ${line}, column ${column}:\n${problem}\nORA-06550: line ${line}, column ${column}:\nPL/SQL: Statement ignored`,
    );
  }
}

/** An error of a statement inside a block, which Oracle finds while it compiles the block. */
export function isFoundAtCompilation(error: OracleError): boolean {
  return (error.number >= 900 && error.number <= 999 && error.number !== 960) || error.number === 2289;
}

/** Says whether a handler for a name is for an error. */
export function catches(name: string, error: OracleError, scope: Scope): boolean {
  if (name === "OTHERS") return true;
  if (error instanceof PlsqlException && error.exception !== undefined) return error.exception === name;
  return (scope.exceptionNumber(name) ?? namedExceptions[name]) === error.number;
}

/** What RAISE throws; without a name, inside a handler, what it has caught. */
export function raised(name: string | undefined, scope: Scope, caught: OracleError | undefined): OracleError {
  if (name === undefined)
    return (
      caught ??
      new OracleError(
        6550,
        "line 1, column 1:\nPLS-00367: a RAISE statement with no exception name must be inside an exception handler",
      )
    );
  const number = scope.exceptionNumber(name) ?? namedExceptions[name];
  if (number !== undefined) return new PlsqlException(number, `exception ${quoted(name)}`);
  return new PlsqlException(6510, "PL/SQL: unhandled user-defined exception", name);
}
