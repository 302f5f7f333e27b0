import type { ErrorKind } from "@nsj/mdb-core";

/** What one number means. */
export interface CodeFacts {
  readonly kind: ErrorKind;
  /** The session is over, or of no more use. */
  readonly fatal?: true;
  /** Running the transaction again may help. */
  readonly again?: true;
}
