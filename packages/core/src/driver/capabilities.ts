import type { Isolation } from "./isolation.ts";
import type { ContextPart } from "./session-context.ts";

/**
 * What a driver can do beyond the required members. Declared means it works, undeclared means it is absent: the conformance
 * suite checks both ways, and skips by this declaration only. Frozen data; core reads it once per database. A new adapter begins with
 * `noCapabilities`.
 */
export interface Capabilities {
  /** `"pipelined"`: `query` may be called again before the previous call settled; answers come in order. */
  readonly concurrency: "single" | "pipelined";
  /** `"sync"`: the engine runs on the calling thread, so nothing else happens in this process while a statement runs. */
  readonly execution: "async" | "sync";
  /** `"out-of-band"`: a second connection stops the statement; `"in-band"`: the same one does. Declared with `cancel()`. */
  readonly cancel: "none" | "in-band" | "out-of-band";
  /**
   * `"cursor"`: rows are pulled from a server-side cursor; `"socket"`: the socket is paused. Declared with `stream()`. `"none"`: core
   * collects the rows.
   */
  readonly stream: "none" | "cursor" | "socket";
  /**
   * `"deferred"`: the reset travels with the next statement. Declared with `reset()`. `"none"`: a connection whose session was touched is
   * closed.
   */
  readonly reset: "none" | "round-trip" | "deferred";
  /**
   * The connection knows by itself that its session was changed: it has {@link DriverConnection.dirty}. `false`: only `withConnection`,
   * `raw()` and `reset: "always"` lead to a reset.
   */
  readonly noticesSessionChanges: boolean;
  /** The connection keeps prepared statements by their text and uses them again. */
  readonly prepared: boolean;
  /** Declared with `executeMany()`. `false`: core runs the statement once for each set. */
  readonly executeMany: boolean;
  /** Declared with `bulkLoad()`. `false`: core runs an INSERT for each row. */
  readonly bulkLoad: boolean;
  /** `"no-release"`: savepoints exist, but there is no statement that forgets one (SQL Server, Oracle). */
  readonly savepoints: "none" | "no-release" | "full";
  /** The levels that `begin` accepts. A level that is not listed is refused by core before anything is sent. */
  readonly isolation: readonly Isolation[];
  /** `begin({ readOnly: true })` makes the server refuse writes. */
  readonly readOnlyTransactions: boolean;
  /** `begin({ deferrable: true })` is known (PostgreSQL). */
  readonly deferrableTransactions: boolean;
  /** A text may hold several statements, and each one's result comes back. */
  readonly multipleResultSets: boolean;
  /** Declared with `call()`: stored procedures with output parameters. */
  readonly procedures: boolean;
  /** A server tells what became of a transaction whose COMMIT was lost. Declared with `fateOf()`. Absent: no. */
  readonly fates?: boolean;
  /**
   * A transaction can be prepared, and committed later by any connection. `"at-commit"`: any transaction can; `"from-begin"`: only one that was begun with
   * `BeginOptions.branch`. Declared with `prepareBranch()`, `finishPrepared()` and `listPrepared()`. Absent: `"none"`.
   */
  readonly branches?: "none" | "at-commit" | "from-begin";
  /**
   * What `setContext` can tell the server of for whom a statement runs, so that one connection can serve many in turn. Declared with
   * `setContext()`. Absent: nothing.
   */
  readonly context?: readonly ContextPart[];
  /**
   * At most this many connections make sense; absent when there is no such limit. 1: the database lives in its one connection (in memory), so
   * the pool never closes that for its age, for being idle or for what a session has left.
   */
  readonly maxConnections?: number;
}
