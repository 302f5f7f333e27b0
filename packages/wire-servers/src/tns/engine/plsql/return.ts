import type { OracleValue } from "../../values/oracle-type.ts";
import type { Held } from "./environment.ts";

/** Leaves a subprogram. */
export class Return extends Error {
  readonly held: Held | undefined;

  constructor(held: Held | undefined) {
    super("RETURN");
    this.held = held;
  }
}

/** The value of something that is no cursor. */
export function plain(held: Held): OracleValue {
  return "rows" in held ? null : held.value;
}
