import type { Database } from "@nsj/mdb-core";
import type { Examination } from "./finding.ts";

/** A database with what was found. */
export interface Examined extends Examination {
  readonly database: Database;
  /** The name of its store of decisions, where it has one. */
  readonly store?: string | undefined;
}
