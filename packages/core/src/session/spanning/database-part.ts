import type { Branch, BranchEnd, DriverConnection, MaybePromise } from "../../driver/index.ts";
import { CommitOutcomeUnknownError, type LabelState, type MdbError } from "../../errors/index.ts";
import type { Borrowed } from "../../pool/index.ts";
import { type Bounds, tripped } from "../bounds.ts";
import type { DatabaseContext } from "../database-context.ts";
import type { Executor } from "../executor.ts";
import { failureOf, isConnectionLoss } from "../failure.ts";
import { silent } from "../operation.ts";
import { joiningScope, Participant } from "../participant.ts";
import { handleOf } from "../propagate.ts";
import { traceControl } from "../query-trace.ts";
import { runBounded } from "../run-bounded.ts";
import { runInScope } from "../scope.ts";
import type { ServerTransaction } from "../server-transaction.ts";
import { lookBack } from "../settle.ts";
import type { Unit } from "../unit.ts";
import { finishBranch } from "./finish-branch.ts";
import type { SpanningPart } from "./protocol.ts";

/** A database of this process in a transaction over several: its unit, and its branch once it is prepared. */
export class DatabasePart implements SpanningPart {
  readonly participant: Participant;
  readonly branch: Branch;
  mayBePrepared = false;
  /** What is known of it. */
  known: LabelState = "untouched";
  #native: string | undefined;
  /** The connection that has prepared, until it has finished as well. */
  #prepared: Borrowed | undefined;

  constructor(participant: Participant, branch: Branch) {
    this.participant = participant;
    this.branch = branch;
  }

  get label(): string {
    return this.context.database;
  }

  get context(): DatabaseContext {
    return this.participant.context;
  }

  get unit(): Unit {
    return this.participant.unit;
  }

  protected get server(): ServerTransaction {
    return this.unit.server as ServerTransaction;
  }

  protected get bounds(): Bounds {
    return this.participant.bounds;
  }

  /** The server's own number of the branch, as far as it is known, for people and for `fateOf`. */
  get native(): string | undefined {
    return this.#native ?? this.server.connection?.transactionNumber ?? undefined;
  }

  get canPrepare(): boolean {
    return canPrepare(this.context);
  }

  get state(): SpanningPart["state"] {
    const { connection } = this.server;
    if (connection === undefined) return "untouched";
    return this.canPrepare && connection.transactionNumber === null ? "seems read" : "written";
  }

  /** Whether a lost COMMIT is looked after by the server's own number of the transaction, where it has one. */
  protected get asksAfterCommit(): boolean {
    return this.context.capabilities.fates === true;
  }

  /** Looks back after the work is done; gives why it must not be kept. */
  lookBack(): MaybePromise<MdbError | undefined> {
    return lookBack(this.unit);
  }

  /** Nothing more can run in it. */
  endUnit(cause?: unknown): MaybePromise<void> {
    return this.unit.end(cause === undefined ? undefined : this.unit.interruption(cause));
  }

  /** A handle on its transaction, for statements of the library's own. */
  protected async ownWork(work: (executor: Executor) => Promise<void>): Promise<void> {
    const { context, unit, bounds } = this;
    const part = new Participant({ unit, scope: joiningScope(context), bounds });
    try {
      // Its bounds are those of the unit, which each statement is held to: nothing else of it has to be watched.
      await runInScope(part.scope, () => work(handleOf(part)));
    } finally {
      part.finish();
    }
  }

  /** Finds now what a deferred constraint would refuse at COMMIT, where the engine has a statement for that. */
  async checkDeferred(): Promise<void> {
    const { checkDeferred } = this.context.dialect;
    if (checkDeferred === undefined || this.state === "untouched" || this.state === "seems read") return;
    await this.ownWork(async (executor) => void (await executor.execute(checkDeferred)));
  }

  async vote(): Promise<"prepared" | "read-only"> {
    const ended = this.endUnit();
    if (ended !== undefined) await ended;
    const late = tripped(this.context, this.bounds, "the transaction");
    if (late !== undefined) throw late;
    const lease = this.server.handOver();
    if (lease === undefined) return "read-only";
    const { connection } = lease;
    // Where the answer is lost, this is all that is known of it.
    this.#native = connection.transactionNumber ?? undefined;
    try {
      const answer = await this.unit.holder.counting(
        runBounded(this.context, connection, this.bounds, {
          ...silent,
          perform: (it) => this.#traced("prepare", it, () => it.prepareBranch?.(this.branch)),
        }),
      );
      this.#native = answer?.native ?? this.#native;
      if (answer?.vote === "prepared") {
        this.known = "prepared";
        this.mayBePrepared = true;
        this.#prepared = lease;
        return "prepared";
      }
      this.known = "read only";
      lease.release({ error: "ok", answered: true });
      return "read-only";
    } catch (error) {
      const failure = failureOf(this.context, connection, error, "PREPARE");
      this.mayBePrepared = isConnectionLoss(failure) && !failure.notExecuted;
      this.known = this.mayBePrepared ? "prepared" : "rolled back";
      if (connection.usable && connection.txStatus !== "idle") connection.destroy(error);
      lease.release({ error: connection.usable ? failure.connection : "dead", answered: failure.answered });
      throw failure.error;
    }
  }

  async commit(): Promise<void> {
    const ended = this.endUnit();
    if (ended !== undefined) await ended;
    const kept = this.state === "seems read" ? "read only" : "committed";
    try {
      const sent = this.server.commit(this.bounds, this.asksAfterCommit);
      if (sent !== undefined) await sent;
      this.known = kept;
    } catch (error) {
      this.known = error instanceof CommitOutcomeUnknownError ? "unknown" : "rolled back";
      throw error;
    }
  }

  async rollback(): Promise<void> {
    await this.endUnit();
    if (this.server.connection !== undefined) this.known = "rolled back";
    await this.server.rollback();
  }

  async finish(end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    const answer = await this.#finish(end);
    if (answer !== "busy") this.known = end === "commit" ? "committed" : "rolled back";
    return answer;
  }

  /** On the connection that has prepared; where that is lost, on another one. */
  async #finish(end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    const lease = this.#prepared;
    this.#prepared = undefined;
    if (lease?.connection.usable === true) {
      const { connection } = lease;
      try {
        const bounds = { deadline: this.context.clock.now() + finishMs };
        const answer = await this.unit.holder.counting(
          runBounded(this.context, connection, bounds, {
            ...silent,
            perform: (it) => this.#traced("finish", it, () => it.finishPrepared?.(this.branch, end), `${end} prepared`),
          }),
        );
        lease.release({ error: answer === "done" || answer === "gone" ? "ok" : "dead", answered: true });
        return answer ?? "busy";
      } catch (error) {
        const failure = failureOf(this.context, connection, error);
        // It may hold the branch still, and would keep others from it.
        lease.release({ error: "dead", answered: failure.answered });
        if (!isConnectionLoss(failure)) throw failure.error;
      }
    } else lease?.release({ error: "dead", answered: true });
    return finishBranch(this.context, this.branch, end, finishMs);
  }

  /** Leaves it prepared, for recovery. There are servers on which nobody else can end it as long as this session lives. */
  abandon(): void {
    this.#prepared?.release({ error: "dead", answered: true });
    this.#prepared = undefined;
  }

  #traced<T>(
    kind: "prepare" | "finish",
    connection: DriverConnection,
    work: () => MaybePromise<T>,
    what?: string,
  ): MaybePromise<T> {
    return traceControl(this.context, kind, connection, this.server, work, what);
  }
}

/** How long one server is waited for that has to be told a decision, in milliseconds; then recovery tells it. */
export const finishMs = 5_000;

/** Whether transactions of a database can be prepared. */
export function canPrepare({ capabilities }: DatabaseContext): boolean {
  return (capabilities.branches ?? "none") !== "none";
}
