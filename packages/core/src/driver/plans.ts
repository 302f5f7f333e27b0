import type { ResultSet, Statement } from "./statement.ts";

/** How an engine means to run a statement, whatever its values are. */
export interface StatementPlan {
  /** The engine's own words: JSON on PostgreSQL, lines on SQLite. */
  readonly text: string;
  /** Tables that are read from their first row to their last, by the names or aliases under which the plan has them. */
  readonly scans: readonly string[];
}

/** How an engine is asked for a plan without the values, and without running anything. */
export interface Plans {
  /** @param text - one statement that reads or writes rows, with this dialect's placeholders */
  ask(text: string): Statement;
  /** Reads the answer. */
  read(answer: ResultSet): StatementPlan;
}
