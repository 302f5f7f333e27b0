import type { BeginOptions, DriverConnection } from "../driver/index.ts";
import {
  CommitOutcomeUnknownError,
  type MdbError,
  TransactionAbortedError,
  UnsupportedError,
} from "../errors/index.ts";
import type { Holder } from "../pool/index.ts";
import { type Bounds, bothBounds, cancelGraceMs, runBounded, tripped } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { type Failure, failureOf, isConnectionLoss } from "./failure.ts";
import type { LeaseSource, Loan } from "./lease-source.ts";
import type { SessionOptions } from "./transaction-options.ts";

/**
 * One transaction of the server and the connection it runs on. The connection is taken, and the transaction begun, by the first
 * statement; both end together. Its callers see to it that one call runs at a time.
 */
export class PhysicalTransaction {
  readonly #context: DatabaseContext;
  readonly source: LeaseSource;
  readonly #begin: BeginOptions;
  /** The server has answered something in it. */
  answered = false;
  /** Who holds its connection, for the pool's deadlock detection. */
  readonly holder: Holder;
  #starting: Promise<DriverConnection> | undefined;
  #loan: Loan | undefined;
  #savepoints = 0;
  #waiting: AbortController | undefined;
  #beginning: DriverConnection | undefined;

  /** @throws UnsupportedError when the engine lacks an option */
  constructor(context: DatabaseContext, source: LeaseSource, options: SessionOptions, holder: Holder) {
    this.#context = context;
    this.source = source;
    this.#begin = beginOptions(context, options);
    this.holder = holder;
  }

  /** The connection, once the transaction has begun. */
  get connection(): DriverConnection | undefined {
    return this.#loan?.connection;
  }

  /** Whether the server is still in the transaction. Local and free. */
  get alive(): boolean {
    const connection = this.#loan?.connection;
    return connection?.usable === true && connection.txStatus === "active";
  }

  /** Takes a connection and begins, once. */
  start(bounds: Bounds): Promise<DriverConnection> | DriverConnection {
    if (this.#loan !== undefined) return this.#loan.connection;
    this.#starting ??= this.#takeAndBegin(bounds);
    return this.#starting;
  }

  async #takeAndBegin(bounds: Bounds): Promise<DriverConnection> {
    for (let attempt = 1; ; attempt++) {
      const loan = await this.source.take(() => this.#whileWaiting(bounds), this.holder, attempt > 1);
      try {
        const { connection } = loan;
        this.#beginning = connection;
        const begun = runBounded(this.#context, connection, bounds, undefined, () => connection.begin(this.#begin));
        if (begun instanceof Promise) await begun;
        this.#loan = loan;
        return connection;
      } catch (error) {
        const failure = failureOf(this.#context, loan.connection, error);
        loan.release({ error: failure.connection, answered: failure.answered });
        // Nothing ran, so a second connection may be tried: the first one had died in the pool without a sign.
        if (attempt > 1 || !failure.notExecuted || !isConnectionLoss(failure)) throw failure.error;
      } finally {
        this.#beginning = undefined;
      }
    }
  }

  #whileWaiting(bounds: Bounds): Bounds {
    this.#waiting ??= new AbortController();
    return bothBounds(bounds, { deadline: Number.POSITIVE_INFINITY, signal: this.#waiting.signal });
  }

  /** Gives up taking a connection and beginning, where that is still under way. */
  stopStarting(reason: unknown): void {
    this.#waiting?.abort(reason);
    this.#beginning?.destroy(reason);
  }

  /** A savepoint's name that was not used in this transaction. */
  nextSavepoint(): string {
    if (this.#context.capabilities.savepoints === "none") {
      throw new UnsupportedError(`${nameOf(this.#context)}: the engine has no savepoints`, this.#context);
    }
    this.#savepoints++;
    return `sp${this.#savepoints}`;
  }

  /**
   * Commits and gives the connection back.
   * @throws CommitOutcomeUnknownError when the connection was lost meanwhile; the server's own refusal otherwise
   */
  async commit(bounds: Bounds): Promise<void> {
    const loan = this.#loan;
    if (loan === undefined) return;
    const { connection } = loan;
    let cut: { cancel(): void } | undefined;
    try {
      const late = tripped(this.#context, bounds, "the transaction");
      if (late !== undefined) throw late;
      // A COMMIT on its way is not cancelled: that could only blur its outcome. A server that stays silent loses the connection.
      if (Number.isFinite(bounds.deadline)) {
        const { clock } = this.#context;
        cut = clock.setTimer(() => connection.destroy(), bounds.deadline - clock.now() + cancelGraceMs);
      }
      const committed = connection.commit();
      if (committed instanceof Promise) await committed;
    } catch (error) {
      const failure = failureOf(this.#context, connection, error, "COMMIT");
      if (isConnectionLoss(failure) && !failure.notExecuted) {
        this.#end("dead");
        throw this.#outcomeUnknown(failure.error);
      }
      await this.rollback();
      throw failure.error;
    } finally {
      cut?.cancel();
    }
    this.#end("ok");
  }

  /** Rolls back and gives the connection back; what cannot be rolled back is destroyed. Gives the error of a rollback that failed. */
  async rollback(): Promise<MdbError | undefined> {
    const loan = this.#loan;
    if (loan === undefined) return undefined;
    const { connection } = loan;
    if (!connection.usable) {
      this.#end("dead");
      return undefined;
    }
    let failure: Failure | undefined;
    const { clock } = this.#context;
    const cut = clock.setTimer(() => connection.destroy(), cancelGraceMs);
    try {
      const done = connection.rollback();
      if (done instanceof Promise) await done;
    } catch (error) {
      failure = failureOf(this.#context, connection, error, "ROLLBACK");
      connection.destroy(error);
    } finally {
      cut.cancel();
    }
    this.#end(failure === undefined ? "ok" : "dead");
    return failure?.error;
  }

  #end(state: "ok" | "dead"): void {
    const loan = this.#loan;
    this.#loan = undefined;
    this.#starting = undefined;
    loan?.release({ error: state, answered: this.answered });
  }

  #outcomeUnknown(cause: MdbError): MdbError {
    const { database, engine } = this.#context;
    return new CommitOutcomeUnknownError(
      `${nameOf(this.#context)}: the connection was lost while COMMIT was under way; check whether the data is there before doing it again`,
      { database, engine, cause },
    );
  }

  /** The error for a transaction that the server has ended by itself. */
  gone(cause: MdbError | undefined): MdbError {
    const { database, engine } = this.#context;
    const why = cause === undefined ? "the server has ended it by itself" : "one of its statements failed";
    return new TransactionAbortedError(
      `${nameOf(this.#context)}: the transaction is lost, ${why}; nothing of it was kept`,
      {
        database,
        engine,
        cause,
      },
    );
  }
}

function beginOptions(context: DatabaseContext, options: SessionOptions): BeginOptions {
  const { isolation, readOnly, deferrable } = options;
  const { capabilities } = context;
  if (isolation !== undefined && !capabilities.isolation.includes(isolation)) {
    refuse(
      context,
      `isolation level "${isolation}"; it has ${capabilities.isolation.join(", ") || "none to choose from"}`,
    );
  }
  if (readOnly === true && !capabilities.readOnlyTransactions) refuse(context, "read-only transactions");
  if (deferrable === true && !capabilities.deferrableTransactions) refuse(context, "deferrable transactions");
  return {
    ...(isolation !== undefined && { isolation }),
    ...(readOnly !== undefined && { readOnly }),
    ...(deferrable !== undefined && { deferrable }),
  };
}

function refuse(context: DatabaseContext, what: string): never {
  const { database, engine } = context;
  throw new UnsupportedError(`${nameOf(context)}: the engine has no ${what}`, { database, engine });
}
