import { OracleError } from "../oracle-error.ts";

/** What is found before a block runs, and is no failure of it. */
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
