import type { Branch, BranchEnd, PreparedBranch, Vote } from "./branch.ts";
import type { ConnectionTarget } from "./connection-target.ts";
import type { Isolation } from "./isolation.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { OperationContext } from "./operation.ts";
import type { ServerCapabilities } from "./server-capabilities.ts";
import type { SessionContext } from "./session-context.ts";
import type { BulkTarget, Call, ColumnInfo, ParameterHint, ParameterValue, ResultSet, Statement } from "./statement.ts";

/** What `begin` is asked for. Core has checked each member against the capabilities. */
export interface BeginOptions {
  /** Absent: the engine's default. A level must hold for this transaction only and never leak into the next one. */
  readonly isolation?: Isolation;
  /** `false` where the caller said that it will write, `true` that it will not; absent when it said nothing. */
  readonly readOnly?: boolean;
  readonly deferrable?: boolean;
  /** The connection learns the transaction's number, for {@link DriverConnection.fateOf}. Only where `fates` is declared. */
  readonly traceable?: boolean;
  /**
   * For an engine with one writer (SQLite). `"late"`: this may turn out only to read, as a session may, so the writer's lock waits for the first
   * write; one that comes after somebody else has written fails as `"serialization"`. Default `"early"`: a write that follows a read never
   * fails for that. Others ignore it.
   */
  readonly writeLock?: "early" | "late";
  /** This may become a prepared branch of a transaction over several databases. Only where `branches` is declared. */
  readonly branch?: Branch;
  /**
   * The commit of this transaction decides over prepared branches of others, so it must be durable before `commit` resolves, whatever the settings
   * of the session or the database allow otherwise; for this transaction only.
   */
  readonly decides?: boolean;
  /**
   * Nobody needs this transaction any more after so many milliseconds: who has begun it ends it earlier, unless its process or its network stands still. A
   * server that can ends it then by itself, so that its locks are free; what is prepared has no limit. Others ignore it.
   */
  readonly limitMs?: number;
}

/**
 * What became of a transaction: `"pending"` while it runs or still waits for its end, `"unknown"` where the server cannot tell or is not the one
 * that ran it.
 */
export type Fate = "committed" | "rolled back" | "pending" | "unknown";

/** How `stream` fetches. */
export interface CursorOptions extends OperationContext {
  /** Rows per batch, at least 1. */
  readonly fetchSize: number;
}

/** Rows on their way. Core calls one member at a time and always ends with `close`. */
export interface RowStream {
  /** Known once the first `read` has settled. */
  readonly columns: readonly ColumnInfo[];
  /**
   * The next batch: at least one row, at most about `fetchSize`; `null` after the last, however often it is asked. Nothing is fetched before
   * it is asked for.
   */
  read(): MaybePromise<unknown[][] | null>;
  /** Closes the cursor, early or not. Idempotent. Afterwards the connection is ready for the next statement, or not `usable`. */
  close(): MaybePromise<void>;
}

/** What has to be put back before somebody else gets the connection. */
export interface ResetPlan {
  /** `"transaction"`: only an open transaction; `"session"`: also settings, temporary tables, locks, listeners. */
  readonly scope: "transaction" | "session";
}

/** Parameter sets for one statement text. */
export interface ExecuteManyResult {
  /** Rows affected by all sets together; `null` when the engine does not count. */
  readonly affected: number | null;
}

/** Thrown by `executeMany` so that core can name the set that failed. */
export interface ExecuteManyFailure {
  /** 0-based index of the failing parameter set. */
  readonly parameterSetIndex: number;
}

/**
 * One physical connection. Core calls one member at a time, except where `concurrency` is `"pipelined"` (then `query` may be
 * called again before the previous call settled), `cancel` (called while `query`, `call`, a stream's `read`, `executeMany` or `bulkLoad`
 * is pending) and `destroy` (called at any time).
 *
 * A member that fails throws or rejects with the native error, or with a `DriverFault` for what the adapter finds by itself; core passes
 * either to `Driver.classify`. When a promise rejects, the connection must already know its state: `usable` and `txStatus` are read right
 * after.
 */
export interface DriverConnection {
  /** `false` once the connection can never be used again. Local, free, true: no I/O, no guess. */
  readonly usable: boolean;
  /**
   * Where the server is: `"idle"` outside a transaction, `"active"` inside, `"failed"` inside one that can only be rolled back,
   * `"unknown"` after something that leaves it open. Local, free, true.
   */
  readonly txStatus: "idle" | "active" | "failed" | "unknown";
  /**
   * What this server lacks of what its driver and the options declare: an older version, another engine that speaks the same protocol. Known when `connect`
   * resolves, from what the login and the first statements tell anyway; never changes. Core narrows the database by its first connection. One that
   * can less than the first is refused by the pool; one that can more is used as far as that one went. A member that is not asked for any
   * more may be there all the same. Absent: it has all.
   */
  readonly capabilities?: ServerCapabilities | undefined;
  /**
   * Where it is, when the login has told more than the connector's `target` has. One object for all connections to the same place, since what is known of a place is
   * remembered by it. Events of statements have it. Absent: the connector's.
   */
  readonly target?: ConnectionTarget | undefined;
  /** Set by the pool. The driver calls it at most once, when the connection dies while no call of core is pending. */
  onFatal: ((error: unknown) => void) | null;
  /**
   * Declared with `noticesSessionChanges`. The driver sets it once something of the session may have been changed that a rollback does not
   * undo and the next borrower would see: a setting, a role, a session variable, a temporary table, an advisory lock, a listener, a cursor, a
   * statement prepared by SQL, an attached database. Known without a round trip, from what the wire tells by itself and from the texts. What
   * ends with its transaction, and what the driver does itself, is none. Core resets the session before anybody else gets the connection, and
   * sets it to `false` then and after `onConnect`.
   */
  dirty?: boolean;
  /**
   * `false` once the server is no longer of the kind that the options ask for (a primary that became a standby). Local, free: from what the
   * wire tells by itself. The pool retires such a connection when it comes back. Absent: it always fits.
   */
  readonly fits?: boolean;
  /**
   * How many transactions a caller's own text (`commit`, `rollback`, `begin`, `commit and chain`) has begun or ended here since the connection
   * was opened, as far as the server's answers tell. `begin`, `commit` and `rollback` of this interface, `reset` and going back to a savepoint are
   * not counted. When it has changed over a statement, the transaction that is open now is not the one that core has begun, though `txStatus` may be
   * the same. Local, free; settled by the time the statement settles, also when that fails. Absent: the engine does not tell, and `txStatus` is
   * all there is.
   */
  readonly txEnded?: number;

  /**
   * The number of the transaction that was begun last, where that was `traceable`; it stays readable after the connection is lost. `null`: by the last
   * statement that was answered it had done nothing that a lost commit could have lost. `undefined`: not known, as where something is sent to others at COMMIT only (NOTIFY).
   * Local, free, and learnt at no extra round trip of a statement. The driver's own format.
   */
  readonly transactionNumber?: string | null | undefined;

  /** Runs one statement and gives all of its rows. */
  query(statement: Statement, context: OperationContext): MaybePromise<ResultSet>;
  /**
   * Starts a transaction. It may be held back and travel with the next statement; then `txStatus` is `"active"` at once, a failure
   * surfaces from that statement, and `commit` or `rollback` without one is free. An engine that may have to wait for a lock holds it
   * back: the statement has a deadline.
   */
  begin(options: BeginOptions): MaybePromise<void>;
  /** Commits. Must reject when the server answers anything but a commit (PostgreSQL answers ROLLBACK to a failed transaction). */
  commit(): MaybePromise<void>;
  /** Rolls back. Does nothing when `txStatus` is `"idle"`. */
  rollback(): MaybePromise<void>;
  /** Says goodbye to the server and frees the socket by the deadline. An open transaction is rolled back. */
  close(context: OperationContext): Promise<void>;
  /** Frees the socket at once. Synchronous, idempotent, never throws; pending calls reject. */
  destroy(reason?: unknown): void;

  /** One cheap round trip. Absent for engines where it proves nothing. */
  ping?(context: OperationContext): Promise<void>;
  /**
   * Puts the session back. `"deferred"`: it will travel with the next statement. `"impossible"`: something of it ends with the session only, and
   * core closes the connection.
   */
  reset?(plan: ResetPlan, context: OperationContext): MaybePromise<"done" | "deferred" | "impossible">;
  /**
   * Stops the statement that runs now, on the server. Resolves only when it can no longer hit a later statement; the pending call
   * then rejects with an error that `classify` names `"cancelled"` (or has succeeded meanwhile). When nothing runs it does nothing and
   * resolves at once: the pool calls it, without knowing, before it destroys a connection that it takes from its holder.
   */
  cancel?(context: OperationContext): Promise<void>;
  /** Starts a statement whose rows are pulled in batches. Does no I/O before the first `read`. */
  stream?(statement: Statement, options: CursorOptions): RowStream;
  /**
   * One text with many parameter sets by the engine's fastest path. Core has opened a transaction around it. A failing set rejects
   * with an error that carries {@link ExecuteManyFailure.parameterSetIndex}, where the engine tells it.
   * @param parameterSets - at least one
   * @param hints - as in `Statement.hints`, the same for every set
   */
  executeMany?(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): MaybePromise<ExecuteManyResult>;
  /** Loads batches of rows by the engine's bulk path. All or nothing; a source that throws leaves nothing behind. */
  bulkLoad?(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
    context: OperationContext,
  ): Promise<{ readonly rows: number }>;
  /** Runs a stored procedure in the current transaction. */
  call?(call: Call, context: OperationContext): MaybePromise<ResultSet>;
  /** Sets a savepoint. Names are made by core: a letter, then letters and digits, 20 characters at most. */
  savepoint?(name: string): MaybePromise<void>;
  /** Rolls back to a savepoint and keeps it; `txStatus` is `"active"` again. */
  rollbackTo?(name: string): MaybePromise<void>;
  /** Forgets a savepoint. Present when `savepoints` is `"full"`. */
  releaseSavepoint?(name: string): MaybePromise<void>;
  /**
   * What became of a transaction of this database, whichever connection ran it. Called on another connection, outside a transaction, after a COMMIT was
   * lost. Declared with `fates`. @param transactionNumber - what {@link DriverConnection.transactionNumber} gave
   */
  fateOf?(transactionNumber: string, context: OperationContext): Promise<Fate>;
  /**
   * Ends the transaction as prepared: from then on it survives this connection and the server's crash, keeps its locks, is seen by nobody, and waits for
   * `finishPrepared`. Rejects when the server answers anything else; the transaction is rolled back then, unless the connection is no longer
   * `usable`: nobody knows whether it is prepared. Afterwards `txStatus` is `"idle"`, and until it has finished that branch, the connection is asked for
   * nothing else than `finishPrepared` of it and its own end: there are servers that keep what a session has prepared to that session for as long as it
   * lives. What the transaction did must not be visible before, not even a NOTIFY: a `"read-only"` vote may be given only for a transaction that did nothing that others could
   * notice. Declared with `branches`, as the two below.
   */
  prepareBranch?(branch: Branch): MaybePromise<Vote>;
  /**
   * Ends a prepared branch from any connection of the same login, outside of a transaction. `"gone"`: it is certainly not prepared any more, or
   * never was; `"busy"`: somebody else is at it, or the session that has prepared it holds it, and nothing has happened.
   */
  finishPrepared?(branch: Branch, end: BranchEnd): MaybePromise<"done" | "gone" | "busy">;
  /** Every transaction that is prepared in this database, of whoever. Rejects where it cannot look: an empty list says that there is none. */
  listPrepared?(context: OperationContext): Promise<readonly PreparedBranch[]>;
  /**
   * Says for whom it works from now on: what is sent, each statement outside a transaction and each transaction begun, runs in this context, and
   * nothing of that is left on the server once it has ended, whatever ended it. Never is anything sent without the context: where that
   * cannot be set, what was to run has not run. It goes along when something is sent again by itself. `undefined` ends it: what is
   * sent then runs as if there had never been one. Synchronous, sends nothing, never throws; called inside a transaction only to end it, before that is rolled back. Core calls it with a
   * context when a lease begins and with `undefined` when it ends. `ping`, `reset`, `cancel` and `rollback` need none. Declared with `context`.
   */
  setContext?(context: SessionContext | undefined): void;
  /** Lets the connection keep the process alive, or not. The pool calls `unref` when it goes idle. */
  ref?(): void;
  /** See {@link DriverConnection.ref}. */
  unref?(): void;
  /** The driver's own object. Core marks the lease for a session reset when somebody asks for it. */
  raw?(): unknown;
}
