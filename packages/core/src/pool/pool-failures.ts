import { type Clock, translateError } from "../driver/index.ts";
import {
  CancelledError,
  type MdbErrorOptions,
  PoolClosedError,
  PoolDeadlockError,
  type PoolFigures,
  PoolOverloadedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../errors/index.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { ConnectFailure, Health } from "./health.ts";
import type { Inventory } from "./inventory.ts";
import type { PoolShare } from "./pool-share.ts";
import type { WaitQueue } from "./wait-queue.ts";

/** What the errors of a pool tell about it. */
export interface FailureFacts {
  readonly source: ConnectionSource;
  readonly inventory: Inventory;
  readonly queue: WaitQueue;
  readonly health: Health;
  readonly clock: Clock;
  readonly max: number;
  readonly share: Pick<PoolShare, "describe" | "starves"> | undefined;
}

/** Makes the errors that callers of a pool get. */
export class PoolFailures {
  readonly #facts: FailureFacts;

  constructor(facts: FailureFacts) {
    this.#facts = facts;
  }

  /** The error of an attempt to connect; made anew for each caller, so that none shares it with another. */
  connect({ error, info }: ConnectFailure): Error {
    const { label: database, engine, target } = this.#facts.source;
    return translateError(error, info, { database, engine, target });
  }

  closed(): Error {
    return new PoolClosedError(`${this.#name}: the pool is closed`, this.#options());
  }

  cancelled(signal: AbortSignal): Error {
    const { label: database, engine } = this.#facts.source;
    return new CancelledError(`${this.#name}: waiting for a connection was cancelled by the caller's signal`, {
      database,
      engine,
      cause: signal.reason,
    });
  }

  /** @param ownDeadline - the time was the caller's own */
  timeout(waitedMs: number, ownDeadline: boolean): Error {
    const limit = ownDeadline ? "before the caller's deadline" : "within acquireTimeoutMs";
    const { share } = this.#facts;
    const budget = share?.starves === true ? `; ${share.describe()}` : "";
    const { last } = this.#facts.health;
    const message = `${this.#name}: no connection came free ${limit} (waited ${Math.round(waitedMs)} ms; ${this.#said()}${budget})${this.#silence()}`;
    return new PoolTimeoutError(message, {
      ...this.#options(),
      ...(last !== undefined && { cause: this.connect(last) }),
    });
  }

  queueFull(): Error {
    const message = `${this.#name}: ${this.#facts.queue.size} callers wait for a connection already (pool.maxQueue)`;
    return new PoolQueueFullError(message, this.#options());
  }

  overloaded(): Error {
    return new PoolOverloadedError(
      `${this.#name}: the pool is overloaded and cannot serve this caller in time (${this.#said()})`,
      this.#options(),
    );
  }

  /** @param stillMs - for how long no holder has done anything */
  deadlock(stillMs: number): Error {
    const holders: string[] = [];
    for (const { state, takenBy } of this.#facts.inventory.connections) {
      if (state === "leased" && takenBy?.stack !== undefined) holders.push(takenBy.stack);
    }
    return new PoolDeadlockError(
      `${this.#name}: every connection is held, and for ${Math.floor(stillMs)} ms no holder has used its own (pool.deadlockPatienceMs): ` +
        `they seem to wait for this caller, or for each other; take fewer connections at once, end one before asking for the next, ` +
        `or raise pool.max (${this.#said()})`,
      { ...this.#options(), holders },
    );
  }

  /** Where nobody holds anything and the first attempt still runs, the pool is not what is too small. */
  #silence(): string {
    const { inventory, health, source } = this.#facts;
    if (inventory.usable > 0 || inventory.connecting === 0 || health.last !== undefined) return "";
    return `; ${source.target.address} has not answered yet: check the address and the network`;
  }

  get #name(): string {
    const { label, key, engine } = this.#facts.source;
    return key === undefined ? `${label} (${engine})` : `${label} "${key}" (${engine})`;
  }

  #options(): MdbErrorOptions & { pool: PoolFigures } {
    const { source } = this.#facts;
    return { database: source.label, engine: source.engine, pool: this.#figures() };
  }

  #figures(): PoolFigures {
    const { inventory, max } = this.#facts;
    const oldest = inventory.oldestLease();
    return {
      max,
      total: inventory.total,
      idle: inventory.idle,
      busy: inventory.leased + inventory.validating + inventory.resetting,
      connecting: inventory.connecting,
      waiting: this.#facts.queue.size,
      oldestLeaseMs: oldest === undefined ? undefined : this.#facts.clock.now() - oldest.leasedAt,
    };
  }

  #said(): string {
    const { max, total, idle, busy, connecting, waiting, oldestLeaseMs } = this.#figures();
    const described = this.#facts.inventory.oldestLease()?.holder?.describe;
    const oldest =
      oldestLeaseMs === undefined
        ? ""
        : `; the oldest lease${described === undefined ? "" : ` (${described})`} is ${Math.round(oldestLeaseMs)} ms old`;
    return `${total} of ${max} connections: ${idle} idle, ${busy} busy, ${connecting} connecting; ${waiting} waiting${oldest}`;
  }
}
