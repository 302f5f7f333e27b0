import type { ResultSet, Statement } from "./statement.ts";

/** How an engine means to run a statement, whatever its values are. */
export interface StatementPlan {
  /** The engine's own words: JSON on PostgreSQL, MariaDB and MySQL, XML on SQL Server, lines on Oracle and SQLite. */
  readonly text: string;
  /** Tables that are read from their first row to their last, by the names or aliases under which the plan has them. */
  readonly scans: readonly string[];
}

/** How an engine is asked for a plan without the values, and without running the statement. */
export interface Plans {
  /**
   * What the plan is made of: `"no-values"` where the engine plans without them, `"other-values"` where it cannot, and others stand in for them, `"last-run"` where it
   * is the plan that the server keeps of what it ran last.
   */
  readonly basis: "no-values" | "other-values" | "last-run";
  /** Sent first, where it depends on the server how it is asked: its version. */
  readonly about?: Statement;
  /**
   * What is sent, one after the other on one connection of the pool; the last one has the answer. No setting of the session may be left behind.
   * @param text - one statement that reads or writes rows, with this dialect's placeholders
   * @param about - the answer to `about`, which was sent on the same connection
   */
  ask(text: string, about?: ResultSet): readonly Statement[];
  /**
   * For an engine that writes the plan into a table, or may run functions of the text while it plans: it is asked inside a transaction that is rolled back, and
   * the session is reset. Default `false`.
   */
  readonly undone?: boolean;
  /** Reads the answer; `undefined` where the server tells no plan of this text. @param text - what `ask` was given */
  read(answer: ResultSet, text: string): StatementPlan | undefined;
}
