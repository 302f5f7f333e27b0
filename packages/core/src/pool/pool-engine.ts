import type { MaybePromise } from "../driver/index.ts";
import type { ConnectionBudget } from "./budget.ts";
import { type BudgetHands, BudgetShare } from "./budget-share.ts";
import { connect } from "./connect.ts";
import type { ConnectAttempt } from "./connect-attempt.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { Effect } from "./effects.ts";
import { yieldUp } from "./end-connection.ts";
import { destroyLeased, giveBack, noticeDeath } from "./give-back.ts";
import { sayGoodbye, stopWork } from "./goodbye.ts";
import type { HousekeeperMember } from "./housekeeper.ts";
import type { LeaseOwner, ReleaseOutcome } from "./lease.ts";
import type { CheckedPoolOptions } from "./options.ts";
import {
  attemptFailed,
  attemptTimedOut,
  checked,
  cleaned,
  cleaningFailed,
  closed,
  connected,
  letGo,
} from "./outcomes.ts";
import { PoolState } from "./pool-state.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";
import { isPromise, type PutBack, putBack } from "./put-back.ts";
import { Reports } from "./reports.ts";
import { serve } from "./serve.ts";
import { setTimeLimit } from "./time-limit.ts";
import { Upkeep } from "./upkeep.ts";
import { within } from "./within.ts";

/**
 * Carries out what the pool has decided. Whatever comes of it is the next decision: it changes the state, may ask for more, and so on.
 * The state is whole whenever anybody else's code runs, so that code may use the pool.
 */
export class PoolEngine implements LeaseOwner, HousekeeperMember, BudgetHands {
  dueAt = Number.POSITIVE_INFINITY;
  readonly state: PoolState;
  readonly #reports: Reports;
  readonly #upkeep: Upkeep;

  constructor(
    source: ConnectionSource,
    options: CheckedPoolOptions,
    environment: ConstructorParameters<typeof PoolState>[2],
    budget: ConnectionBudget | undefined,
  ) {
    this.state = new PoolState(source, options, environment, this);
    this.#reports = new Reports(source);
    this.#upkeep = new Upkeep(this.state);
    if (budget !== undefined) this.state.share = new BudgetShare(budget, this.state, this);
  }

  serve(): void {
    this.decide((now) => serve(this.state, now));
  }

  yieldIdle(): void {
    this.decide(() => {
      const pooled = this.state.inventory.bottom();
      if (pooled !== undefined) yieldUp(this.state, pooled, "idle");
    });
  }

  /** Lets a decision be made, and carries out what it asks for. */
  decide(decision: (now: number) => void): void {
    const { state } = this;
    decision(state.clock.now());
    this.carryOut();
    this.#reports.health(state.health);
    state.share?.tell();
    if (state.inventory.total === 0) state.whenEmpty?.();
  }

  /** Carries out what decisions have asked for. */
  carryOut(): void {
    const { state } = this;
    if (state.effects.length === 0) return;
    const { effects } = state;
    state.effects = [];
    state.inOwnContext(() => {
      for (const effect of effects) this.#perform(effect);
    });
  }

  release(pooled: PooledConnection, outcome: ReleaseOutcome): void {
    giveBack(this.state, pooled, outcome);
    const { effects, share } = this.state;
    const first = effects[0];
    // Where somebody listens, each statement asks for this one word: a decision around it would cost as much.
    if (first?.kind === "tell-released" && effects.length === 1 && share?.isWanted !== true) {
      effects.pop();
      this.#reports.tell(first);
    } else if (first !== undefined || share?.isWanted === true) this.decide(() => {});
  }

  destroy(pooled: PooledConnection, cause: unknown): boolean {
    let destroyed = true;
    this.decide(() => {
      destroyed = destroyLeased(this.state, pooled, cause);
    });
    return destroyed;
  }

  heldMs(pooled: PooledConnection): number {
    return this.state.clock.now() - pooled.leasedAt;
  }

  leaseLost(pooled: PooledConnection): void {
    this.decide((now) => this.#upkeep.loseLease(pooled, now));
  }

  tick(now: number): void {
    this.decide(() => this.#upkeep.tick(now));
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "connect":
        this.#connect(effect.attempt);
        return;
      case "abandon":
        this.#abandon(effect.attempt, effect.reason);
        return;
      case "discard":
        effect.connection.destroy();
        return;
      case "adopt":
        this.#adopt(effect.pooled);
        return;
      case "check":
        this.#check(effect.pooled, effect.unlikely);
        return;
      case "clean":
        this.#clean(effect.pooled, effect.session);
        return;
      case "close":
        this.#close(effect.pooled, effect.reason);
        return;
      case "revoke":
        effect.holder.onRevoked?.(effect.reason);
        return;
      case "stop":
        this.#stop(effect.pooled, effect.reason);
        return;
      case "destroy":
        this.#destroy(effect.pooled, effect.reason, effect.error);
        return;
      case "starve":
        this.state.share?.starve();
        return;
      default:
        this.#reports.tell(effect);
    }
  }

  #connect(attempt: ConnectAttempt): void {
    const { state } = this;
    const { clock, options, source } = state;
    const { connectTimeoutMs } = options;
    attempt.timer = setTimeLimit(clock, connectTimeoutMs, () =>
      this.decide((now) => attemptTimedOut(state, attempt, now)),
    );
    connect(source, { deadline: clock.now() + connectTimeoutMs, signal: attempt.controller.signal }).then(
      (connection) => this.decide((now) => connected(state, attempt, connection, now)),
      (error: unknown) => this.decide((now) => attemptFailed(state, attempt, error, now)),
    );
  }

  #abandon(attempt: ConnectAttempt, reason: unknown): void {
    const { clock, options } = this.state;
    attempt.timer?.cancel();
    attempt.timer = clock.setTimer(() => this.decide((now) => letGo(this.state, attempt, now)), options.closeTimeoutMs);
    attempt.controller.abort(reason);
  }

  #adopt(pooled: PooledConnection): void {
    this.#reports.opened();
    this.#upkeep.start();
    if (pooled.state === "closing" || pooled.state === "gone") return;
    pooled.connection.onFatal = (error) => this.decide(() => noticeDeath(this.state, pooled, error));
  }

  #check(pooled: PooledConnection, unlikely: boolean): void {
    const { clock, options } = this.state;
    const ended = (error: unknown): void => this.decide(() => checked(this.state, pooled, unlikely, error));
    within(clock, options.validateTimeoutMs, async (context) => pooled.connection.ping?.(context)).then(
      () => ended(undefined),
      (error: unknown) => ended(error ?? new Error("the check failed")),
    );
  }

  #clean(pooled: PooledConnection, session: boolean): void {
    const { clock, options } = this.state;
    const limitMs = options.validateTimeoutMs;
    const done = (how: PutBack): void => this.decide(() => cleaned(this.state, pooled, how));
    const failed = (error: unknown): void => this.decide(() => cleaningFailed(this.state, pooled, error));
    let putting: MaybePromise<PutBack>;
    try {
      putting = this.#putBack(pooled, session, limitMs);
    } catch (error) {
      failed(error);
      return;
    }
    if (isPromise(putting)) {
      const pending = putting;
      within(clock, limitMs, () => pending).then(done, failed);
    } else done(putting);
  }

  #putBack({ connection }: PooledConnection, session: boolean, limitMs: number): MaybePromise<PutBack> {
    const { clock, source } = this.state;
    const context = { deadline: clock.now() + limitMs };
    const put = putBack(connection, session, source.capabilities, context);
    if (!session || source.restore === undefined) return put;
    const { restore } = source;
    const restored = async (): Promise<PutBack> => {
      const how = await put;
      if (how !== "impossible") await restore(connection, context);
      return how;
    };
    return restored();
  }

  async #close(pooled: PooledConnection, reason: DestroyReason): Promise<void> {
    this.#gone(pooled, reason, await sayGoodbye(this.state, pooled, reason));
  }

  async #stop(pooled: PooledConnection, reason: DestroyReason): Promise<void> {
    this.#gone(pooled, reason, await stopWork(this.state, pooled));
  }

  #gone(pooled: PooledConnection, reason: DestroyReason, failure: unknown): void {
    this.#reports.closed(reason, failure);
    if (reason === "yielded") this.state.share?.yielded();
    this.decide((now) => closed(this.state, pooled, now));
  }

  #destroy({ connection }: PooledConnection, reason: DestroyReason, error: unknown): void {
    let failure = error;
    try {
      connection.destroy(error);
    } catch (thrown) {
      // It must not throw; if it does, the rest still has to happen.
      failure = thrown;
    }
    this.#reports.closed(reason, failure);
  }
}
