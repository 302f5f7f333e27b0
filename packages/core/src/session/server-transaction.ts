import type { BeginOptions, DriverConnection, MaybePromise } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { type BeginDetails, beginOptions, refuseWhatIsLacking, withLimit } from "./begin-options.ts";
import { type Bounds, bothBounds, tripped, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { transactions } from "./diagnostics.ts";
import { type Failure, failureOf, isConnectionLoss } from "./failure.ts";
import type { LeaseSource } from "./lease-source.ts";
import { outcomeUnknown, settleLostCommit } from "./lost-commit.ts";
import { silent } from "./operation.ts";
import { traceControl } from "./query-trace.ts";
import { cancelGraceMs, cutLater, runBounded } from "./run-bounded.ts";
import type { Scope } from "./scope.ts";
import type { SessionOptions } from "./transaction-options.ts";
import { takenAway } from "./unit-errors.ts";

/**
 * One transaction of the server and the connection it runs on. The connection is taken, and the transaction begun, by the first
 * statement; both end together. Its unit sees to it that one call runs at a time.
 */
export class ServerTransaction {
  readonly #context: DatabaseContext;
  readonly #leases: LeaseSource;
  readonly #begin: BeginOptions;
  readonly #holder: Scope;
  #starting: Promise<DriverConnection> | undefined;
  #lease: Borrowed | undefined;
  #given: { readonly reason: unknown } | undefined;
  #waiting: AbortController | undefined;
  #beginning: DriverConnection | undefined;
  #rollingBack: Promise<MdbError | undefined> | undefined;
  #savepoints = 0;
  #answered = false;
  /** How many transactions the caller's own texts had ended on this connection when this one began. */
  #endedBefore: number | undefined;
  #number: number | undefined;
  /** When it got its connection, where somebody subscribes. */
  #takenAt: number | undefined;
  /** Statements that were run in it. */
  statements = 0;
  /** How long it had its connection, in milliseconds, once that is over. */
  heldMs: number | undefined;

  /** @param more - what the driver is told beside the options. @throws UnsupportedError when the engine lacks one of these */
  constructor(
    context: DatabaseContext,
    leases: LeaseSource,
    options: SessionOptions,
    holder: Scope,
    more?: BeginDetails,
  ) {
    this.#context = context;
    this.#leases = leases;
    this.#begin = { ...beginOptions(context, options), ...more };
    this.#holder = holder;
  }

  /** What tells it apart in events from others of its manager. */
  get number(): number {
    this.#number ??= ++this.#context.tally.transactions;
    return this.#number;
  }

  /** The connection, once the transaction has begun and until it has ended. */
  get connection(): DriverConnection | undefined {
    return this.#lease?.connection;
  }

  /** Whether the pool has taken the connection away: what it ran was stopped, and nothing more may be sent. */
  get revoked(): boolean {
    return this.#lease?.revoked === true;
  }

  /** Whether the server is still in the transaction that was begun here. Local and free. */
  get alive(): boolean {
    return this.open && this.connection?.txStatus === "active";
  }

  /** Whether the server has it, in whatever state; not so once a text of the caller's has ended it, and perhaps begun another one. Local and free. */
  get open(): boolean {
    const { connection } = this;
    return connection?.usable === true && connection.txStatus !== "idle" && connection.txEnded === this.#endedBefore;
  }

  /** Whether the server has ended it: a text of the caller's did. One that has failed, or whose connection was lost, is not over by that. */
  get isOver(): boolean {
    return this.connection?.usable === true && !this.open;
  }

  /** Takes a connection and begins, once. */
  start(bounds: Bounds): Promise<DriverConnection> | DriverConnection {
    if (this.#lease !== undefined) return this.#lease.connection;
    this.#starting ??= this.#takeAndBegin(bounds);
    return this.#starting;
  }

  async #takeAndBegin(bounds: Bounds): Promise<DriverConnection> {
    for (let attempt = 1; ; attempt++) {
      const wait = () => this.#whileWaiting(bounds);
      const taken = this.#leases.take(wait, bounds !== unbounded, this.#holder, attempt > 1);
      const lease = taken instanceof Promise ? await taken : taken;
      try {
        const { connection } = lease;
        if (transactions.hasSubscribers) this.#takenAt = this.#context.clock.now();
        this.#refuseIfGivenUp();
        refuseWhatIsLacking(this.#context, this.#begin);
        this.#beginning = connection;
        const sent = () => connection.begin(withLimit(this.#begin, this.#context, bounds));
        const begin = () => traceControl(this.#context, "begin", connection, this, sent);
        await this.#onWire(() => runBounded(this.#context, connection, bounds, { ...silent, perform: begin }));
        this.#refuseIfGivenUp();
        this.#endedBefore = connection.txEnded;
        this.#lease = lease;
        return connection;
      } catch (error) {
        const failure = failureOf(this.#context, lease.connection, error);
        lease.release({ error: failure.connection, answered: failure.answered });
        // Nothing ran, so a second connection may be tried: the first one had died in the pool without a sign.
        if (attempt > 1 || !failure.notExecuted || !isConnectionLoss(failure)) throw failure.error;
      } finally {
        this.#beginning = undefined;
      }
    }
  }

  /** Its unit has ended while the connection was on its way. */
  #refuseIfGivenUp(): void {
    if (this.#given !== undefined) throw this.#given.reason;
  }
  #whileWaiting(bounds: Bounds): Bounds {
    this.#waiting ??= new AbortController();
    return bothBounds(bounds, { deadline: Number.POSITIVE_INFINITY, signal: this.#waiting.signal });
  }

  /** Gives up taking a connection and beginning, where that is still under way. */
  giveUp(reason: MdbError): void {
    if (this.#lease !== undefined) return;
    this.#given ??= { reason };
    this.#waiting?.abort(reason);
    if (!this.#context.permanent) this.#beginning?.destroy(reason);
  }

  /** The server has answered a statement: whatever ends the connection later, it was of use. */
  answered(): void {
    this.#answered = true;
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
  async commit(bounds: Bounds, isAskedFor = this.#begin.traceable === true): Promise<void> {
    const lease = this.#lease;
    if (lease === undefined) return;
    if (lease.revoked) {
      this.#end("dead");
      // Before COMMIT was sent, so nothing of it can be there.
      throw takenAway(this.#context, "closed", true);
    }
    const { connection } = lease;
    let cut: { cancel(): void } | undefined;
    try {
      const late = tripped(this.#context, bounds, "the transaction");
      if (late !== undefined) throw late;
      // A COMMIT on its way is not cancelled: that could only blur its outcome. A server that stays silent loses the connection.
      if (Number.isFinite(bounds.deadline)) {
        cut = cutLater(this.#context, connection, bounds.deadline - this.#context.clock.now() + cancelGraceMs);
      }
      await this.#onWire(() => traceControl(this.#context, "commit", connection, this, () => connection.commit()));
    } catch (error) {
      const failure = failureOf(this.#context, connection, error, "COMMIT", true);
      if (isConnectionLoss(failure) && !failure.notExecuted) {
        const { transactionNumber } = connection;
        this.#end("dead");
        if (!isAskedFor) throw outcomeUnknown(this.#context, failure.error);
        return settleLostCommit(this.#context, this.#holder, failure.error, transactionNumber);
      }
      await this.rollback();
      throw failure.error;
    } finally {
      cut?.cancel();
    }
    this.#answered = true;
    this.#end("ok");
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
      const rollback = () => connection.rollback();
      const traced = () => traceControl(this.#context, "rollback", connection, this, rollback);
      await this.#onWire(connection.txStatus === "idle" ? rollback : traced);
    } catch (error) {
      failure = failureOf(this.#context, connection, error, "ROLLBACK");
      if (!this.#context.permanent) connection.destroy(error);
    } finally {
      cut.cancel();
    }
    this.#end(failure === undefined ? "ok" : "dead");
    return failure?.error;
  }

  /** Its holder does not stand still while the server works for it. */
  async #onWire(work: () => MaybePromise<unknown>): Promise<void> {
    this.#holder.count(1);
    try {
      const done = work();
      if (done instanceof Promise) await done;
    } finally {
      this.#holder.count(-1);
    }
  }

  #end(state: "ok" | "dead"): void {
    this.handOver()?.release({ error: state, answered: this.#answered });
  }

  /** Hands the connection over to somebody who ends the transaction otherwise, and gives it back then. `undefined` where there is none. */
  handOver(): Borrowed | undefined {
    const lease = this.#lease;
    this.#lease = this.#starting = undefined;
    if (this.#takenAt !== undefined) this.heldMs ??= this.#context.clock.now() - this.#takenAt;
    return lease;
  }
}
