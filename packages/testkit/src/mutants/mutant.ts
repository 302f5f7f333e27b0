import type { Driver } from "@nsj/mdb-core";
import { type ReferenceOptions, referenceDriver } from "../reference/reference-driver.ts";
import { type Mutation, mutated } from "./mutation.ts";

/** A driver with one bug, and the question of the suite that has to find it. */
export interface Mutant {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** `"area: case"` of the conformance suite: this case fails for the mutant, and passes for the driver it was made of. */
  readonly caughtBy: string;
  readonly driver: Driver<ReferenceOptions>;
}

/** The reference driver with one change. It has every member. */
export function mutant(name: string, caughtBy: string, mutation: Mutation<ReferenceOptions>): Mutant {
  return { name, caughtBy, driver: mutated(referenceDriver, mutation) };
}
