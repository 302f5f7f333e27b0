import { referenceSql } from "../reference/reference-subject.ts";
import { deceptions } from "./deceptions.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Bugs that a look at what went in and came out does not show: only the server's own account does, or the next statement. */
export const deceivingMutants: readonly Mutant[] = deceptions.map(({ name, caughtBy, connection }) =>
  mutant(name, caughtBy[0], { connection: (inner) => connection(inner, referenceSql) }),
);
