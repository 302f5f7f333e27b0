import type { WireValue } from "./native.ts";

/** A statement, encoded. */
export interface Encoded {
  readonly text: string;
  readonly values: readonly WireValue[];
  /** OIDs of the parameters, 0 where the server is to find out. */
  readonly types: readonly number[] | undefined;
  /** What its prepared statement is kept under. */
  readonly key: string;
}
