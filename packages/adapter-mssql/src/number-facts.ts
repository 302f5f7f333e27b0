import type { ErrorKind } from "@nsj/mdb-core";

/** What one of the server's numbers means. */
export interface NumberFacts {
  readonly kind: ErrorKind;
  /** The transaction may succeed when it is run again from its start. */
  readonly again?: true;
  /** The server closes the connection with it. */
  readonly fatal?: true;
}

/** A number that means no more than its kind. */
export const fact = (kind: ErrorKind): NumberFacts => ({ kind });
