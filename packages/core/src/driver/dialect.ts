import type { LogicalType } from "./logical-type.ts";
import type { Plans } from "./plans.ts";

/** What differs in SQL text from engine to engine. Frozen data, no behaviour. */
export interface DialectFacts {
  /** `$1`, `?`, `@p1`, `:1`. */
  readonly placeholder: "dollar" | "question" | "at-name" | "colon-number";
  /** What encloses an identifier; the closing one is doubled inside. */
  readonly quote: readonly [open: string, close: string];
  /** `false`: no name can hold the closing quote, not even doubled (Oracle). Then core refuses such a name. */
  readonly quoteInNames?: boolean;
  /** What the engine does to an identifier that is not quoted. */
  readonly foldCase: "lower" | "upper" | "none";
  readonly maxIdentifier: { readonly length: number; readonly unit: "bytes" | "chars" };
  /** Parameters per statement. */
  readonly maxParameters: number;
  /** Elements of one IN list. */
  readonly maxInList: number;
  /** The server keeps plans by a statement's text, for all sessions: DAOs write IN lists in a few sizes, the last value repeated. */
  readonly sharedPlans?: boolean;
  /** Rows of one VALUES list. */
  readonly maxRowsPerValues: number;
  readonly limit: "limit-offset" | "offset-fetch" | "offset-fetch-needs-order";
  /** By verb: how a statement gives back the rows that it wrote. */
  readonly returning: Readonly<Record<"insert" | "update" | "delete", RowsReturned>>;
  /**
   * How a SELECT ends that reads rows as they are now, where a transaction otherwise reads them as they were when it began: `"for update"`.
   * Used to read back what was written, where `returning` says `"none"`. Absent: such a read sees what its transaction has written.
   */
  readonly lockingRead?: string;
  /**
   * What follows `insert into t` for a row of which the database fills everything; `$` stands for a column that it fills:
   * `"() values ()"`, `"($) values (default)"`. `"default values"` when absent.
   */
  readonly emptyInsert?: string;
  /**
   * How one statement inserts a row or updates the one that is there: `"on-conflict"` names the constraint, `"merge"` gives a condition,
   * `"on-duplicate-key"` takes whichever unique key matches (MySQL's, with `last_insert_id(n)` and `values(column)`).
   */
  readonly upsert: "on-conflict" | "merge" | "on-duplicate-key" | "none";
  /**
   * An expression, for the clause that gives rows back from `"on-conflict"` or `"merge"`, that is true or 1 when the row was inserted and
   * false or 0 when it was updated; `null` when the engine has none.
   */
  readonly upsertInserted: string | null;
  /** What compares with a pattern: `"glob"` where LIKE ignores case and GLOB does not; else LIKE, whose case the collation decides. */
  readonly patternMatch: "like" | "glob";
  /** Whether NULL sorts before every value (`"low"`) or behind (`"high"`) in ascending order. */
  readonly nullsSort: "low" | "high";
  readonly emptyStringIsNull: boolean;
  /** An array is a value of its own (PostgreSQL's `any($1)`); elsewhere core refuses it and points to `sql.list`. */
  readonly arrayParameters: boolean;
  /**
   * A parameter has a type of its own, which decides how it is compared and whether an index serves: a DAO asks for its table's columns
   * and names them in {@link ParameterHint.column}. Absent: the engine gives a parameter the type of what it stands beside.
   */
  readonly typedParameters?: boolean;
  /**
   * For logical types whose values an engine stores in several forms (SQLite's dates and UUIDs): what makes two forms of one value equal.
   * Absent: a column holds one form.
   */
  readonly storedForms?: Readonly<Partial<Record<LogicalType, StoredForm>>>;
  /**
   * By a column's `databaseType` or logical type: how a keyset page reads the exact place of a row, where the value that a driver gives
   * is less exact, of another form, or not what the engine sorts by. Absent: the value is exact.
   */
  readonly exactPlaces?: Readonly<Record<string, ExactPlace>>;
  /**
   * By `databaseType`: columns whose moments may have more digits than the milliseconds of a `Date`. In a DAO's filter a `Date` stands for
   * all of its millisecond there. Absent: there are none.
   */
  readonly finerThanDate?: readonly string[];
  /** The last year of those columns, which holds every moment that a `Date` has no next millisecond for. Absent: they go on as far as a `Date`. */
  readonly lastYear?: number;
  /** How SQL writes the floats that no parameter can be, `nan` only where a float can hold it. Absent: the engine has none of them. */
  readonly nonFinite?: { readonly nan?: string; readonly infinity: string; readonly minusInfinity: string };
  /** How columns of the library's own tables are declared, where standard SQL's words are not understood or mean something else. */
  readonly columnTypes?: Partial<ColumnTypes>;
  /** A statement that checks the deferred constraints of the open transaction now, for this transaction only. Absent: COMMIT alone checks them. */
  readonly checkDeferred?: string;
  readonly booleanType: "native" | "bit" | "number" | "integer";
  readonly transactionalDdl: boolean;
  /** What a SELECT without a table needs (`"dual"` for Oracle before 23); `null` for nothing. */
  readonly selectNeedsFrom: string | null;
  /**
   * What the scanner for `:name` must know of the engine's lexical rules: `dollarQuotes` `$tag$...$tag$`, `backslashEscapes`
   * `E'...'`, `brackets` `[name]`, `backticks` `` `name` ``, `qQuotes` `q'[...]'`, `nestedComments`, `slices` `a[1:2]`; and MySQL's own:
   * `backslashStrings` a backslash escapes in every string, and `"..."` is one; `hashComments` `# ...`; `spacedDashes` `--` begins a comment only
   * before a blank, and a comment ends at a line feed only; `executableComments` what stands in a comment that begins with `!` is code.
   */
  readonly lexical: readonly LexicalFeature[];
  /** Absent where the engine does not tell a plan without the values. */
  readonly plans?: Plans;
}

/**
 * How a verb gives back the rows that it wrote, in the same statement.
 *
 * - `"returning"`: a RETURNING clause at the end; the rows of a VALUES list come in its order
 * - `"output"`: an OUTPUT clause in front of VALUES or WHERE; rows come in any order
 * - `"returning-into"`: RETURNING ... INTO output parameters, one row for each statement; see `returning` of `Statement`
 * - `"none"`: not at all. Then DAOs read the rows by their primary key in the same transaction, and `affected` must count the rows that a
 *   statement found, whether or not it changed anything in them
 */
export type RowsReturned = "returning" | "output" | "returning-into" | "none";

/** How values of a logical type are found whichever form they are stored in. In each text `$` stands for the column or the value. */
export interface StoredForm {
  /** Makes every form the same: `date($)`. */
  readonly alike: string;
  /**
   * Between which bounds every form of a value lies as it is stored, the lower one included, so that an index serves: `["date($)",
   * "date($, '+1 day')"]`. Where there are none, `equal` names the forms themselves.
   */
  readonly near?: readonly [from: string, below: string];
  /** Forms that an equal value is looked for in, instead of `alike`: `["lower($)", "upper($)"]`. */
  readonly equal?: readonly string[];
}

/** See {@link DialectFacts.exactPlaces}. In each text `$` stands for the column or the value. */
export interface ExactPlace {
  /** Reads the place. */
  readonly read: string;
  /** Makes a value of the column's type of what `read` gave. */
  readonly write: string;
}

/** See {@link DialectFacts.columnTypes}. */
export interface ColumnTypes {
  /** A date with its time; default `timestamp`. */
  readonly moment: string;
  /** A primary key of 64 bits that the database fills, in growing order; default `bigint generated by default as identity primary key`. */
  readonly generatedKey: string;
  /** A text of any script; its length in parentheses follows. Default `varchar`. */
  readonly text: string;
  /** A text of any length and script; default `text`. */
  readonly longText: string;
  /** Bytes of any length; default `blob`. */
  readonly longBytes: string;
  /** What stands behind the columns of a table, where it decides whether its rows are part of a transaction, or which texts it can hold; nothing by default. */
  readonly afterColumns: string;
}

/** See {@link DialectFacts.lexical}. */
export type LexicalFeature =
  | "dollarQuotes"
  | "backslashEscapes"
  | "brackets"
  | "backticks"
  | "qQuotes"
  | "nestedComments"
  | "slices"
  | "backslashStrings"
  | "hashComments"
  | "spacedDashes"
  | "executableComments";
