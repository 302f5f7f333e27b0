import type { BeginOptions, Isolation } from "@nsj/mdb-core";
import { capabilities } from "./dialect.ts";
import { refusal } from "./faults.ts";

const levels: Readonly<Partial<Record<Isolation, string>>> = {
  "read committed": "ISOLATION LEVEL READ COMMITTED",
  snapshot: "ISOLATION LEVEL SERIALIZABLE",
};

/** What SET TRANSACTION has to say; `undefined`: nothing. @throws DriverFault for a level that Oracle lacks */
export function transactionMode({ isolation, readOnly }: BeginOptions): string | undefined {
  if (isolation !== undefined && !capabilities.isolation.includes(isolation))
    throw refusal("unsupported", `Oracle has no isolation level "${isolation}"`);
  // A read-only transaction sees one state of the database from its first to its last statement, which is all that a snapshot adds.
  if (readOnly === true) return "READ ONLY";
  return isolation === undefined ? undefined : levels[isolation];
}
