import type { ResultSet } from "../driver/index.ts";
import type { Sql } from "../sql/index.ts";
import type { Columns } from "./columns.ts";

/** The condition that finds what was written. @param generatedKey - the key that the engine made */
export type Find = (generatedKey: ResultSet["generatedKey"]) => Sql;

/** A statement that writes, in the two parts between which SQL Server wants its OUTPUT clause. */
export interface Write {
  /** Whose way of giving rows back counts. */
  readonly verb: "insert" | "update";
  readonly columns: Columns;
  /** `insert into t (a, b)`, `update t set a = 1` */
  readonly head: Sql;
  /** `values (1, 2)`, `where id = 1` */
  readonly tail: Sql;
  /** How the rows are found afterwards, where the verb gives none back. @throws UnsupportedError when they could not be */
  find(): Find;
}

/** One more column beside the table's own, computed where the row is written: `$action`, an ordinal. */
export interface ExtraColumn {
  readonly name: string;
  /** As the OUTPUT or RETURNING clause computes it. */
  readonly expression: string;
  /** A value of its type, for the table that catches the rows. */
  readonly sample: string;
}
