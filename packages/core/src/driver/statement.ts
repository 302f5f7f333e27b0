import type { JsonText } from "./json-text.ts";
import type { LogicalType } from "./logical-type.ts";

/**
 * A value as core hands it to a driver. Core has refused everything else (`undefined`, `NaN`, an invalid `Date`, text with half of a
 * surrogate pair, functions, class instances) before the driver sees the statement, and has turned plain objects into {@link JsonText} (test with `isJsonText`).
 */
export type ParameterValue =
  | null
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | JsonText
  | readonly ParameterValue[];

/** How one parameter differs from an ordinary input of a type that follows from its value. */
export interface ParameterHint {
  /** `"in"` by default. Other directions occur in {@link Call} only. */
  readonly direction?: "in" | "out" | "inout";
  /** The engine's own type name (`"varchar"`, `"decimal(38,10)"`) where the value alone does not tell it. */
  readonly type?: string;
  /**
   * The column that the parameter is stored in or compared with, as this driver described it. Where the dialect says `typedParameters`,
   * the driver declares the parameter by it as well as the value allows; a value that does not fit goes by itself. Without `type` only.
   */
  readonly column?: ColumnInfo;
}

/** One statement, ready to send: the engine's own placeholders, values in their order. Immutable. */
export interface Statement {
  /**
   * SQL text with the engine's placeholders. The same `sql` template gives the same text each time. Several statements, where
   * `multipleResultSets` is not declared, are refused as `"unsupported"` or by the server, or run whole: never in part.
   */
  readonly text: string;
  /**
   * One value per placeholder, in the order in which the engine counts them. Core has not counted the placeholders of a text that the user
   * wrote with them: too few or too many values fail as `"parameter"` or as whatever the server says, and none becomes NULL.
   */
  readonly values: readonly ParameterValue[];
  /** Sparse: `hints[i]` speaks of `values[i]`. Absent when no parameter needs one. */
  readonly hints?: readonly (ParameterHint | undefined)[];
  /**
   * Only for verbs whose `returning` is `"returning-into"` in the dialect: the text ends in `RETURNING ... INTO` with one more placeholder for each of
   * these columns, behind those of `values`. The driver binds them for output and gives what comes back as rows of these columns.
   */
  readonly returning?: readonly ColumnInfo[];
}

/** A stored procedure to run. */
export interface Call {
  /** The procedure's name, each part unquoted: `["sales", "transfer"]`. */
  readonly procedure: readonly string[];
  /** Named parameters in the order the caller wrote them; `value` is ignored for `"out"`. */
  readonly parameters: readonly CallParameter[];
}

/** One parameter of a {@link Call}. */
export interface CallParameter extends ParameterHint {
  readonly name: string;
  readonly value: ParameterValue;
}

/** Where `bulkLoad` puts its rows. */
export interface BulkTarget {
  /** The table's name, each part unquoted: `["sales", "orders"]`. */
  readonly table: readonly string[];
  /** The columns that the rows fill, unquoted, in the order of each row's values. */
  readonly columns: readonly string[];
  /** Where core knows them: what these columns are, as this driver described them; see {@link ParameterHint.column}. */
  readonly columnInfo?: readonly (ColumnInfo | undefined)[];
}

/** What a column of a result holds. */
export interface ColumnInfo {
  /** The name as the engine reports it; core undoes an upper-case fold. */
  readonly name: string;
  /** The engine's own type name, for people: `"numeric"`, `"datetime2"`; empty when the engine does not tell. */
  readonly databaseType: string;
  /** Which rule of the type contract applies to its values. */
  readonly type: LogicalType;
  readonly nullable?: boolean;
  readonly precision?: number;
  readonly scale?: number;
}

/** What one statement gave. Rows are positional; core makes the objects. */
export interface ResultSet {
  /** Empty for a statement that returns no rows. */
  readonly columns: readonly ColumnInfo[];
  /** One array per row, values in the canonical form of their column's logical type (see {@link LogicalType}). */
  readonly rows: unknown[][];
  /** Rows that were inserted, updated, deleted or returned, 0 for any other statement; `null` when the engine does not count. */
  readonly affected: number | null;
  /**
   * The key that the engine made for the one row of an INSERT, as it is found by. Needed where the dialect's `returning.insert` is `"none"`;
   * absent where no key was made.
   */
  readonly generatedKey?: string | number | bigint;
  /** The next result, when the text held several statements or a procedure returned several sets. */
  readonly next?: ResultSet;
  /** Values of output parameters, by name, in the canonical form of their type; with `call` only. */
  readonly out?: Readonly<Record<string, unknown>>;
  /** The logical types of `out`, by name; a value without one reaches the caller as it is. */
  readonly outTypes?: Readonly<Record<string, LogicalType>>;
  /** What a procedure or function returned; with `call` only. */
  readonly returnValue?: unknown;
  /** The logical type of `returnValue`; without one it reaches the caller as it is. */
  readonly returnType?: LogicalType;
}
