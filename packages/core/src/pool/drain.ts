import type { Timer } from "../driver/index.ts";
import { retire } from "./end-connection.ts";
import { takeAway } from "./give-back.ts";
import { abandon } from "./growth.ts";
import type { PoolEngine } from "./pool-engine.ts";
import type { PoolState } from "./pool-state.ts";
import { turnAwayWhere } from "./wait.ts";

/** How a pool is closed. */
export interface CloseOptions {
  /** How long leases may last yet, in milliseconds. Default: the option `drainTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
}

/** What `close()` had to do by force. */
export interface CloseResult {
  /** Connections taken from their holders because these had not finished in time. */
  readonly destroyed: number;
}

/** Closes a pool: at once for those who wait or come, gently for those who work, in the end for all. */
export class Drain {
  /** Settles when no connection is left. */
  readonly done: Promise<CloseResult>;
  readonly #engine: PoolEngine;
  #destroyed = 0;
  #cutAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined = undefined;

  /** Begins at once. */
  constructor(engine: PoolEngine) {
    const { promise, resolve } = Promise.withResolvers<CloseResult>();
    this.done = promise;
    this.#engine = engine;
    engine.state.whenEmpty = () => {
      this.#timer?.cancel();
      resolve({ destroyed: this.#destroyed });
    };
    engine.decide(() => refuseAndRetire(engine.state));
  }

  /** Leases that last longer than this from now on are cut; an earlier moment that was set before stands. */
  cutAfter(timeoutMs: number): void {
    const { clock, inventory } = this.#engine.state;
    const at = clock.now() + timeoutMs;
    if (at >= this.#cutAt || inventory.total === 0) return;
    this.#cutAt = at;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(() => this.#cut(), timeoutMs, { keepProcessAlive: true });
  }

  #cut(): void {
    const { state } = this.#engine;
    this.#destroyed += state.inventory.leased;
    this.#engine.decide(() => {
      for (const pooled of [...state.inventory.connections]) takeAway(state, pooled, "closed");
    });
  }
}

/** Turns away those who wait, gives up what is being opened, closes what is idle. */
function refuseAndRetire(state: PoolState): void {
  const { attempts, counters, failures, inventory } = state;
  state.closed = true;
  turnAwayWhere(state, () => {
    counters.rejected.closed++;
    return failures.closed();
  });
  for (const attempt of [...attempts]) abandon(state, attempt, failures.closed());
  for (const pooled of inventory.idleFromTop()) retire(state, pooled, "closed");
  state.sleep();
  state.connectEnded(undefined);
}
