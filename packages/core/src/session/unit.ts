import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import { isMdbError, type MdbError, TransactionAbortedError } from "../errors/index.ts";
import type { RevokeReason } from "../pool/index.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { Hooks } from "./hooks.ts";
import type { Operation } from "./operation.ts";
import { stopOnServer } from "./run-bounded.ts";
import type { Scope } from "./scope.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import type { SessionOptions } from "./transaction-options.ts";
import { controlsTransaction } from "./transaction-words.ts";
import { type Occupant, Turn } from "./turn.ts";
import { callOn } from "./unit-call.ts";
import * as errors from "./unit-errors.ts";
import type { Child, UnitEnding, UnitFacts } from "./unit-facts.ts";

/**
 * What owns a connection for a while: a transaction, a savepoint in it, a session's unit, a pinned connection. Statements run one after another;
 * in a transaction the first failure dooms it; a savepoint has its parent's turn until it has ended. So siblings never interleave,
 * however the caller mixes promises. Ending it ends everything in it, without waiting for code of the caller's that does not come back.
 */
export class Unit {
  readonly context: DatabaseContext;
  readonly scope: Scope;
  readonly parent: Unit | undefined;
  readonly bounds: Bounds;
  readonly options: SessionOptions;
  readonly server: ServerTransaction | undefined;
  /** The connection that was pinned, where it has no transaction. */
  readonly pinned: DriverConnection | undefined;
  /** Who holds the lease: the outermost unit's scope. */
  readonly holder: Scope;
  readonly turn: Turn;
  /** Callbacks that have joined it and have not settled. */
  readonly children = new Set<Child>();
  /** The server has answered something on the connection that was pinned for it; of a transaction on that, once it is over. */
  answered = false;
  /** Calls of its own on the wire. */
  calls = 0;
  /** Told once when it ends before its time, by whatever: its holder may have to give back what it has. */
  onCutShort: ((reason: MdbError) => void) | undefined;
  /** Its event, where somebody subscribes. */
  trace: UnitEnding | undefined;

  #hooks: Hooks | undefined;
  #revoked = false;
  #quiet: Promise<void> | undefined;
  #failure: MdbError | undefined;
  #rollbackOnly: { readonly cause: unknown } | undefined;
  #ended: { readonly reason: MdbError | undefined } | undefined;

  constructor({ context, scope, parent, bounds, options, server, pinned }: UnitFacts<Unit>) {
    this.context = context;
    this.scope = scope;
    this.parent = parent;
    this.bounds = bounds;
    this.options = options;
    this.server = server;
    this.pinned = pinned;
    this.holder = parent === undefined ? scope : parent.holder;
    this.turn = new Turn(context, this);
    if (parent === undefined) scope.onRevoked = (why) => this.#takenAway(why);
  }

  /** Whether the pool has taken its connection away: what it ran is being stopped, and nothing more may be sent. */
  get revoked(): boolean {
    return this.#revoked || this.parent?.revoked === true;
  }

  #takenAway(why: RevokeReason): void {
    this.#revoked = true;
    if (this.ended) return;
    const reason = errors.takenAway(this.context, why, this.server !== undefined);
    void this.end(this.fail(reason));
  }

  get hooks(): Hooks {
    this.#hooks ??= new Hooks();
    return this.#hooks;
  }

  /** Whether there is anything to run at its end. */
  get hasHooks(): boolean {
    return this.#hooks?.isEmpty === false;
  }

  /** The server has answered something in it. */
  wasAnswered(): void {
    (this.server ?? this).answered = true;
  }

  /** The first failure of a statement; nothing more can be done in this unit. */
  get failure(): MdbError | undefined {
    return this.#failure;
  }

  /** Why it can only be rolled back although nothing failed on the server; `undefined` while it can be kept. */
  get rollbackOnly(): { readonly cause: unknown } | undefined {
    return this.#rollbackOnly;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Why it was ended before its time; `undefined` while it runs, and when it was simply over. */
  get endReason(): MdbError | undefined {
    return this.#ended?.reason;
  }

  get connection(): DriverConnection | undefined {
    return this.pinned ?? this.server?.connection;
  }

  /** Whether this unit is `other`, or part of it. */
  isPartOf(other: Unit): boolean {
    for (let at: Unit | undefined = this; at !== undefined; at = at.parent) if (at === other) return true;
    return false;
  }

  /** A callback that joined this unit failed: the whole can only be rolled back. The first reason counts. */
  markRollbackOnly(cause: unknown): void {
    this.#rollbackOnly ??= { cause };
  }

  /** Dooms it; gives the error that the caller should see. */
  fail(error: MdbError): MdbError {
    // A pinned connection has nothing that could be undone.
    if (this.server === undefined) return error;
    if (this.#failure === undefined) {
      this.#failure = error;
      return error;
    }
    // A statement that was already on its way behind the failing one: what matters is the first failure.
    return error instanceof TransactionAbortedError ? this.aborted() : error;
  }

  /** Runs one operation when its turn comes. @param caller - where the call came from */
  execute<T>(operation: Operation<T>, caller: Scope | undefined, occupant?: Occupant): MaybePromise<T> {
    const refusal = this.refusal(caller);
    if (refusal !== undefined) throw refusal;
    const { turn, server } = this;
    // COMMIT and the like as a text would end the transaction behind the back of everybody in it.
    if (server !== undefined && operation.text !== undefined && controlsTransaction(operation.text)) {
      throw errors.controlledByText(this.context, operation.text);
    }
    const scope = occupant === undefined ? caller : occupant.scope;
    if (turn.enter(operation.pipelined, occupant)) return callOn(this, operation, scope, turn);
    return turn.run(() => this.perform(operation, scope), operation.bounds, operation.pipelined, occupant);
  }

  /** Runs one operation for whoever has been given the turn: the unit may have ended while that was waited for. */
  perform<T>(operation: Operation<T>, caller: Scope | undefined): MaybePromise<T> {
    const refusal = this.#closedOrAborted();
    if (refusal !== undefined) throw refusal;
    return callOn(this, operation, caller);
  }

  /**
   * Ends it: nothing new starts, what waits is rejected, callbacks, streams and sources are interrupted, what runs is stopped on the server. A promise
   * where something has to come to rest.
   * @param reason - why, when it is not simply over: later users of its handles get it as `cause`
   */
  end(reason?: MdbError): MaybePromise<void> {
    if (this.#ended === undefined) {
      this.#ended = { reason };
      this.turn.close();
      // Made for those who need it: an error's stack costs more than the rest of an ordinary end.
      const why = (): MdbError => reason ?? this.closedError();
      for (const child of [...this.children]) child.interrupt(why());
      this.turn.occupant?.interrupt(why());
      if (reason !== undefined) this.onCutShort?.(reason);
    }
    if (this.turn.pending > 0) this.#quiet ??= this.#stop(reason);
    return this.#quiet;
  }

  async #stop(reason?: MdbError): Promise<void> {
    const why = reason ?? this.closedError();
    this.server?.giveUp(why);
    const quiet = this.turn.drained();
    const { connection } = this;
    // A savepoint or a stream that has the turn stops what it runs by itself, and the pool what it has taken away.
    if (connection === undefined || this.calls === 0 || this.revoked) await quiet;
    else await stopOnServer(this.context, connection, why, quiet);
  }

  /** Why a call is refused: it has ended, it is doomed, or the call would wait for itself. */
  refusal(caller: Scope | undefined): MdbError | undefined {
    return this.#closedOrAborted() ?? this.refusalToWait(caller);
  }

  /** Why nobody can wait for its turn: it would be waiting for itself. */
  refusalToWait(caller: Scope | undefined): MdbError | undefined {
    if (this.turn.occupant?.refusesOthers === true) return errors.streamOpen(this.context);
    for (let at = caller; at !== undefined; at = at.parent) {
      if (at.feeds instanceof Unit && !at.ended && at.feeds.isPartOf(this)) return errors.fedByItself(this.context);
    }
    return undefined;
  }

  #closedOrAborted(): MdbError | undefined {
    if (this.#ended !== undefined) return this.closedError();
    return this.#failure === undefined ? undefined : this.aborted();
  }

  /** What interrupts everything in it when its callback has failed. */
  interruption(cause: unknown): MdbError {
    return isMdbError(cause) ? cause : errors.callbackFailed(this.context, cause);
  }

  /** The error of everything that comes after the failure. */
  aborted(): MdbError {
    return errors.aborted(this.context, this.#failure);
  }

  /** The error of everything that comes after the end. */
  closedError(): MdbError {
    const cause = this.#ended?.reason;
    return this.server === undefined
      ? errors.connectionWentBack(this.context, cause)
      : errors.ended(this.context, cause);
  }
}
