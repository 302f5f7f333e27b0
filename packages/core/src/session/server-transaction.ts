import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { type BeginDetails, beginOptions, type PlannedBegin } from "./begin-options.ts";
import { type Bounds, tripped } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { queries } from "./diagnostics.ts";
import { type Failure, failureOf, isConnectionLoss } from "./failure.ts";
import { outcomeUnknown, settleLostCommit } from "./lost-commit.ts";
import { traceControl } from "./query-trace.ts";
import { cancelGraceMs, cutLater } from "./run-bounded.ts";
import type { Scope } from "./scope.ts";
import type { SessionOptions } from "./transaction-options.ts";
import { TransactionStart } from "./transaction-start.ts";
import { takenAway } from "./unit-errors.ts";

/**
 * Where it stands: it has no connection, not yet or not any more; that one is lost; the server is in it; one of its statements has failed; or the
 * server has ended it, by a text of the caller's that perhaps began another one.
 */
export type TransactionState = "none" | "lost" | "active" | "failed" | "over";

/**
 * One transaction of the server and the connection it runs on. The connection is taken, and the transaction begun, by the first
 * statement; both end together. Its unit sees to it that one call runs at a time.
 */
export class ServerTransaction {
  readonly #context: DatabaseContext;
  readonly #begin: PlannedBegin;
  readonly #holder: Scope;
  readonly #start: TransactionStart;
  #starting: Promise<DriverConnection> | undefined;
  #lease: Borrowed | undefined;
  /** That of the lease. */
  #connection: DriverConnection | undefined;
  #rollingBack: Promise<MdbError | undefined> | undefined;
  #savepoints = 0;
  /** How many transactions the caller's own texts had ended on this connection when this one began. */
  #endedBefore: number | undefined;
  #number: number | undefined;
  /** The server has answered a statement: whatever ends the connection later, it was of use. */
  answered = false;
  /** Statements that were run in it. */
  statements = 0;
  /** How long it had its connection, in milliseconds, once that is over. */
  heldMs: number | undefined;

  /**
   * @param more - what the driver is told beside the options
   * @param pinned - the connection on which it begins, where it takes none of its own
   * @throws UnsupportedError when the engine lacks one of the options
   */
  constructor(
    context: DatabaseContext,
    options: SessionOptions,
    holder: Scope,
    more?: BeginDetails,
    pinned?: Borrowed,
  ) {
    this.#context = context;
    this.#begin = beginOptions(context, options, more);
    this.#holder = holder;
    this.#start = new TransactionStart({ context, begin: this.#begin, holder, transaction: this, pinned });
  }

  /** What tells it apart in events from others of its manager. */
  get number(): number {
    this.#number ??= ++this.#context.tally.transactions;
    return this.#number;
  }

  /** The connection, once the transaction has begun and until it has ended. */
  get connection(): DriverConnection | undefined {
    return this.#connection;
  }

  /** Whether the pool has taken the connection away: what it ran was stopped, and nothing more may be sent. */
  get revoked(): boolean {
    return this.#lease?.revoked === true;
  }

  /** Local and free. */
  get state(): TransactionState {
    const connection = this.#connection;
    if (connection === undefined) return "none";
    if (!connection.usable) return "lost";
    const { txStatus } = connection;
    if (txStatus === "idle" || connection.txEnded !== this.#endedBefore) return "over";
    return txStatus === "active" ? "active" : "failed";
  }

  /** Takes a connection and begins, once. */
  start(bounds: Bounds): MaybePromise<DriverConnection> {
    if (this.#connection !== undefined) return this.#connection;
    if (this.#starting !== undefined) return this.#starting;
    const begun = this.#start.run(bounds);
    if (!(begun instanceof Promise)) return this.#begun(begun);
    this.#starting = begun.then((lease) => this.#begun(lease));
    return this.#starting;
  }

  #begun(lease: Borrowed): DriverConnection {
    const { connection } = lease;
    this.#lease = lease;
    this.#connection = connection;
    this.#endedBefore = connection.txEnded;
    return connection;
  }

  /** Gives up taking a connection and beginning, where that is still under way. */
  giveUp(reason: MdbError): void {
    if (this.#lease === undefined) this.#start.giveUp(reason);
  }

  /** A savepoint's name that was not used in this transaction. */
  nextSavepoint(): string {
    this.#savepoints++;
    return `sp${this.#savepoints}`;
  }

  /**
   * Commits and gives the connection back.
   * @throws CommitOutcomeUnknownError when the connection was lost meanwhile and nobody could tell what became of it; the server's own refusal otherwise
   */
  commit(bounds: Bounds, isAskedFor = this.#begin.traceable === true): MaybePromise<void> {
    const lease = this.#lease;
    if (lease === undefined) return undefined;
    if (lease.revoked) {
      this.#end("dead");
      // Before COMMIT was sent, so nothing of it can be there.
      throw takenAway(this.#context, "closed", true);
    }
    const { connection } = lease;
    let cut: { cancel(): void } | undefined;
    let sent: MaybePromise<void>;
    try {
      const late = tripped(this.#context, bounds, "the transaction");
      if (late !== undefined) throw late;
      // A COMMIT on its way is not cancelled: that could only blur its outcome. A server that stays silent loses the connection.
      if (Number.isFinite(bounds.deadline)) {
        cut = cutLater(this.#context, connection, bounds.deadline - this.#context.clock.now() + cancelGraceMs);
      }
      sent = this.#sendControl("commit", connection);
    } catch (error) {
      cut?.cancel();
      return this.#commitFailed(connection, error, isAskedFor);
    }
    if (sent instanceof Promise) return this.#commitSent(sent, cut, connection, isAskedFor);
    cut?.cancel();
    this.#committed();
  }

  async #commitSent(
    sent: Promise<void>,
    cut: { cancel(): void } | undefined,
    connection: DriverConnection,
    isAskedFor: boolean,
  ): Promise<void> {
    let failed: { readonly error: unknown } | undefined;
    // Its holder does not stand still while the server works for it.
    this.#holder.count(1);
    try {
      await sent;
    } catch (error) {
      failed = { error };
    }
    this.#holder.count(-1);
    cut?.cancel();
    if (failed !== undefined) return this.#commitFailed(connection, failed.error, isAskedFor);
    this.#committed();
  }

  #committed(): void {
    this.answered = true;
    this.#end("ok");
  }

  async #commitFailed(connection: DriverConnection, error: unknown, isAskedFor: boolean): Promise<void> {
    const failure = failureOf(this.#context, connection, error, "COMMIT", true);
    if (isConnectionLoss(failure) && !failure.notExecuted) {
      const { transactionNumber } = connection;
      this.#end("dead");
      if (!isAskedFor) throw outcomeUnknown(this.#context, failure.error);
      return settleLostCommit(this.#context, this.#holder, failure.error, transactionNumber);
    }
    await this.rollback();
    throw failure.error;
  }

  /**
   * Rolls back and gives the connection back; what cannot be rolled back is destroyed. Gives the error of a rollback that failed. Whoever asks while it
   * is under way waits for the same one.
   */
  rollback(): Promise<MdbError | undefined> {
    this.#rollingBack ??= this.#rollBack().finally(() => {
      this.#rollingBack = undefined;
    });
    return this.#rollingBack;
  }

  async #rollBack(): Promise<MdbError | undefined> {
    const lease = this.#lease;
    if (lease === undefined) return undefined;
    const { connection } = lease;
    if (!connection.usable || lease.revoked) {
      this.#end("dead");
      return undefined;
    }
    let failure: Failure | undefined;
    const cut = cutLater(this.#context, connection, cancelGraceMs);
    try {
      await this.#holder.counting(
        connection.txStatus === "idle" ? connection.rollback() : this.#sendControl("rollback", connection),
      );
    } catch (error) {
      failure = failureOf(this.#context, connection, error, "ROLLBACK");
      if (!this.#context.permanent) connection.destroy(error);
    } finally {
      cut.cancel();
    }
    this.#end(failure === undefined ? "ok" : "dead");
    return failure?.error;
  }

  #sendControl(kind: "commit" | "rollback", connection: DriverConnection): MaybePromise<void> {
    if (!queries.hasSubscribers) return connection[kind]();
    return traceControl(this.#context, kind, connection, this, () => connection[kind]());
  }

  #end(state: "ok" | "dead"): void {
    this.handOver()?.release({ error: state, answered: this.answered });
  }

  /** Hands the connection over to somebody who ends the transaction otherwise, and gives it back then. `undefined` where there is none. */
  handOver(): Borrowed | undefined {
    const lease = this.#lease;
    this.#lease = this.#connection = this.#starting = undefined;
    const { takenAt } = this.#start;
    if (takenAt !== undefined) this.heldMs ??= this.#context.clock.now() - takenAt;
    return lease;
  }
}
