import { tracingChannel } from "node:diagnostics_channel";
import type { ConnectionTarget, Isolation } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { DatabaseContext } from "./database-context.ts";

/**
 * What went over the wire: `query` is any statement, `many` that of `executeMany`, `bulk` a bulk load, `call` a procedure. `prepare` and `finish` are
 * the two halves of a commit in a transaction over several databases. `internal` is what the library sends for itself.
 */
export type QueryKind =
  | "query"
  | "stream"
  | "many"
  | "bulk"
  | "call"
  | "begin"
  | "commit"
  | "rollback"
  | "savepoint"
  | "prepare"
  | "finish"
  | "internal";

/** Where something happened, in every event of the session layer. */
export interface EventPlace {
  /** The label. */
  readonly database: string;
  /** Which of the databases behind the label: a tenant's id; absent where there is one. */
  readonly key?: string;
  /** The group that metrics count this database in, where they tell those behind a label apart; see `metricTenant` of tenants. */
  readonly group?: string;
  /** `DatabaseManager.number`: two managers may use one label. */
  readonly manager: number;
  readonly engine: string;
}

/**
 * What subscribers of `mdb:query` see: one statement, from its call to its rows; never its values. A stream lasts from its first read to its last, or
 * to its close. One object for all phases of an event: what is known later is set until its end.
 */
export interface QueryEvent extends EventPlace {
  readonly kind: QueryKind;
  /** The text; `undefined` for what has none here, as COMMIT. */
  readonly statement: string | undefined;
  /** `StatementOptions.name`. */
  readonly name: string | undefined;
  /** Where the database is. Of a database behind a router: once it is known which one that is. With what only a login tells: once it is sent. */
  readonly target: ConnectionTarget;
  /** Its values were given apart from the text: it was made with `sql`, or had parameters. */
  readonly parameterized: boolean;
  /** The table, where a DAO or `bulkInsert` knows it. */
  readonly table: string | undefined;
  /** What it does, where that is known without reading SQL: `"insert"`, `"select"`, `"commit"`, `"rollback to savepoint"`. */
  readonly operation: string | undefined;
  /** Which connection of its pool it was sent on: 1 for the first that was opened. Absent where none was. */
  readonly connection?: number;
  /** The number of the transaction that it was part of, as in {@link TransactionEvent.id}. Absent outside of one. */
  readonly transaction?: number;
  /** From the call until it was sent, in milliseconds: waiting for its turn and for a connection. Absent where it was not sent. */
  readonly waitedMs?: number;
  /** From the call to its end, in milliseconds. Set at its end. */
  readonly durationMs?: number;
  /** How often it was sent: more than once after a connection that turned out dead, or as the victim of a deadlock. */
  readonly attempt?: number;
  /** Parameter sets of `executeMany`: from the start where they are an array, else counted as they are taken. */
  readonly batchSize?: number;
  /** Rows inserted, updated, deleted or returned, of its first result; of a stream, those that were read. Set at its end. */
  readonly rowCount?: number;
  /** Rows that came back, of all its results. Absent for what gives none. */
  readonly returnedRows?: number;
  /** A stream that was left before its last row. */
  readonly leftEarly?: boolean;
  /** Tells apart with which values a text was sent, in a test whose statements are recorded. */
  readonly fingerprint?: string | undefined;
}

/** What a transaction has come to. */
export type TransactionOutcome = "committed" | "rolled back" | "unknown";

/**
 * What subscribers of `mdb:transaction` see: one transaction, savepoint or joined callback, from its call to its end; with `retry`, each attempt. A session
 * has one for each unit of work, from its first statement.
 */
export interface TransactionEvent extends EventPlace {
  /** The transaction's number: the same for everything inside of it, and for no other one of its manager. */
  readonly id: number;
  /** `"spanning"`: the part of one database in a transaction over several. */
  readonly kind: "transaction" | "savepoint" | "joined" | "session" | "spanning";
  readonly propagation: string;
  /** What was asked for; the engine's default where absent. */
  readonly isolation?: Isolation;
  readonly readOnly?: boolean;
  /** Which run of the callback it is, with `retry`; 1 for the first. */
  readonly attempt: number;
  /** What the attempt before this one failed with. */
  readonly retriedAfter?: unknown;
  /**
   * What has become of it, set at its end. Absent for a savepoint that was kept and for a joined callback that resolved: that is the transaction's to
   * say.
   */
  readonly outcome?: TransactionOutcome;
  /** Statements that were run in it. Set at its end. */
  readonly statements?: number;
  /** How long it had its connection, in milliseconds. Set at its end; absent where it never had one, and for what is inside of another. */
  readonly heldMs?: number;
}

/** An event while it is under way. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export const queries = tracingChannel<unknown, QueryEvent>("mdb:query");
export const transactions = tracingChannel<unknown, TransactionEvent>("mdb:transaction");

/** Whether anybody subscribes to `mdb:query`. */
export function isQueryTraced(): boolean {
  return queries.hasSubscribers;
}

/** What every event says of its database. */
export function eventPlace({ database, key, group, tally, engine }: DatabaseContext): EventPlace {
  const { manager } = tally;
  if (key === undefined) return { database, manager, engine };
  return group === undefined ? { database, key, manager, engine } : { database, key, group, manager, engine };
}

/** A rollback failed whose transaction nobody waits for: its connection is gone. */
export function tellRollbackFailed(context: DatabaseContext, id: number, error: MdbError): void {
  if (!transactions.error.hasSubscribers) return;
  transactions.error.publish({
    ...eventPlace(context),
    id,
    kind: "transaction",
    propagation: "requires_new",
    attempt: 1,
    outcome: "rolled back",
    error,
  });
}
