import type { ErrorKind, LogicalType, SessionContext } from "@nsj/mdb-core";
import type { Failure } from "./failure.ts";

/** SQL that cannot be written the same way for every engine. Whatever is absent makes the cases that need it skip. */
export interface EngineSql {
  /** A query that gives one column `n` with the integers from 1 to `count`, in order. Used as a derived table too. */
  series(count: number): string;
  /** The definition of an integer column that is the primary key and that the database fills. The DAO suite needs it. */
  readonly identityKey?: string;
  /** Statements that make a trigger which, for each row that is inserted into `table` or updated there, adds its `id` to `log`. */
  readonly trigger?: (table: string, log: string) => readonly string[];
  /** A query that gives the server's version as text. */
  readonly version?: string;
  /** An expression that gives the present moment as an instant, by the server's clock. */
  readonly now?: string;
  /** A query that gives how many prepared statements the server keeps for this session. */
  readonly openStatements?: string;
  /** A statement that fails, and behind whose error the server ends the session. */
  readonly hangUp?: string;
  /** A query that gives its one row only after this time on the server. */
  sleep?(milliseconds: number): string;
  /** A query that gives rows, and fails on the server when it comes to row `at` of `count`. */
  failMidway?(count: number, at: number): string;
  /** Gives an expression one of the subject's types. Default: `cast(expression as type)`, with the type's name in {@link Subject.types}. */
  cast?(expression: string, type: "integer" | "bigint"): string;
  /** A literal of this type. Default: the text in single quotes. */
  literal?(type: LogicalType, text: string): string;
  /**
   * Statements that leave a transaction open behind the driver's back, sent by `query`: `begin`, then a write to `table`, which has one integer
   * column `id`.
   */
  openTransaction?(table: string): readonly string[];
  /**
   * Statements of which the last one fails, and by which the server ends the open transaction by itself. `table` has one integer column `id`.
   */
  endTransaction?(table: string): readonly string[];
  /** A query that gives the isolation level of the current transaction, as a word that differs from level to level. */
  readonly currentIsolation?: string;
  /** Makes the session give up waiting for a lock after this time. */
  lockTimeout?(milliseconds: number): string;
  /** Makes the server stop the session's statements after this time. */
  statementTimeout?(milliseconds: number): string;
  /** How the engine gives up the durability of commits. Absent: it cannot, or not for a session. */
  readonly durability?: DurabilitySql;
  /** A query that locks the row of `table` whose integer column `id` is 1, without changing it: `select ... for update`. */
  lockingQuery?(table: string): string;
  /**
   * Statements that prepare a transaction of somebody else's, which writes to `table` with its one integer column `id`, and the one that rolls it
   * back. `name` is a letter, then letters and digits.
   */
  foreignBranch?(table: string, name: string): { readonly prepare: readonly string[]; readonly undo: string };
  /** What a transaction can do after which it cannot be prepared, by what that is. Needed where the capability `branches` is declared. */
  readonly unpreparable?: Readonly<Record<string, readonly string[]>>;
  /**
   * How to fail in a way that the suite cannot bring about by itself: statements of which the last one must fail, or a function that
   * gives or throws the native error. Asked for are `too-many-connections`, `value`, `serialization`, `lock-timeout`, `permission`,
   * `resource`, `unsupported`, `parameter` and `other`.
   */
  readonly failures?: Readonly<Partial<Record<ErrorKind, Failure>>>;
  /** What a user can leave in a session. Needed where the capability `reset` or `noticesSessionChanges` is declared. */
  readonly session?: SessionSql;
  /** For whom a connection works. Needed where the capability `context` is declared. */
  readonly context?: ContextSql;
  /** Stored procedures. Needed where the capability `procedures` is declared. */
  readonly procedure?: ProcedureSql;
}

/** See {@link EngineSql.durability}. */
export interface DurabilitySql {
  /** A statement after which the session's commits need not be on the disk. */
  readonly relax: string;
  /** A query of one value that tells how durable the commit of the open transaction will be. */
  readonly ask: string;
  /** The answers that mean that it will be on the disk. */
  readonly durable: readonly string[];
}

/** See {@link EngineSql.session}. */
export interface SessionSql {
  /**
   * Every way that the engine has: a setting, a role, a session variable, a temporary table, a lock of the session, a listener, a cursor, a
   * statement prepared by SQL, an attached database, an isolation level.
   */
  readonly leftovers: readonly Leftover[];
  /** Statements that look like those, but whose effect ends with the transaction in which they run. */
  readonly local?: readonly string[];
  /** Statements that look like those, but change nothing. */
  readonly harmless?: readonly string[];
}

/** One way to leave something in a session that the next user of the connection would see. */
export interface Leftover {
  /** What is left, for messages: `"a role"`. */
  readonly what: string;
  /** The one statement that leaves it. The suite runs it again and again, each time after a reset. */
  readonly leave: string;
  /** A query that leaves it too, for streams. Absent: no query does. */
  readonly query?: string;
  /** A query of one value that tells whether it is there: its answer is not the one that a new session gives. */
  readonly ask: string;
  /** `"never"`: the engine refuses or ignores it in a transaction. `"at-commit"`: it is there once the transaction is committed. */
  readonly inTransaction?: "never" | "at-commit";
}

/** See {@link EngineSql.context}. */
export interface ContextSql {
  /** For each part that is declared: two contexts that differ, and what tells which one holds. */
  readonly samples: readonly ContextSample[];
  /** A context that the server does not accept. Absent: it accepts any. */
  readonly refused?: SessionContext;
}

/** See {@link ContextSql.samples}. */
export interface ContextSample {
  /** For messages: `"a role"`. */
  readonly what: string;
  /** Statements that make what the contexts speak of, run once by the admin's own connection of the suite. */
  readonly prepare?: readonly string[];
  readonly one: SessionContext;
  readonly other: SessionContext;
  /** A query of one value: its answer in `one`, in `other`, and outside of both, are three texts. */
  readonly ask: string;
}

/** See {@link EngineSql.procedure}. */
export interface ProcedureSql {
  /**
   * Creates the procedure `name(a in integer, b in out integer, total out integer)` that inserts `a` into the column `id` of `table`, sets `total` to
   * `a + b` and doubles `b`.
   */
  create(name: string, table: string): readonly string[];
  drop(name: string): readonly string[];
}
