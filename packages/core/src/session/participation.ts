import { type MdbError, TransactionClosedError } from "../errors/index.ts";
import { type Bounds, bothBounds } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Hold } from "./hold.ts";
import type { Hook } from "./hooks.ts";
import type { Operation } from "./operation.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * One callback's part in a unit of work: what its handle, and the ambient context inside it, run statements through. Several callbacks
 * share one unit when they join a running transaction; each part ends with its own callback.
 */
export class Participation {
  readonly unit: UnitOfWork;
  readonly #bounds: Bounds;
  readonly #limitMs: number;
  #finished = false;

  /** @param limitMs - how long each of its statements may run, in milliseconds */
  constructor(unit: UnitOfWork, bounds: Bounds, limitMs: number = Number.POSITIVE_INFINITY) {
    this.unit = unit;
    this.#bounds = bounds;
    this.#limitMs = limitMs;
  }

  get context(): DatabaseContext {
    return this.unit.context;
  }

  /** Called when its callback has settled: from now on it refuses everything. */
  finish(): void {
    this.#finished = true;
  }

  /** An error when the callback has settled already. */
  get refusal(): MdbError | undefined {
    if (!this.#finished) return undefined;
    const message = `${nameOf(this.context)}: the transaction has ended; its handle, and statements not awaited in its callback, are refused`;
    return new TransactionClosedError(message, this.context);
  }

  execute<T>(operation: Operation<T>): Promise<T> {
    const { refusal } = this;
    if (refusal !== undefined) return Promise.reject(refusal);
    if (this.#bounds === this.unit.bounds && this.#limitMs >= operation.limitMs) return this.unit.execute(operation);
    const bounds = bothBounds(this.#bounds, operation.bounds);
    return this.unit.execute({ ...operation, bounds, limitMs: Math.min(this.#limitMs, operation.limitMs) });
  }

  occupy(bounds: Bounds, abandon: () => Promise<void>): Promise<Hold> {
    const { refusal } = this;
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.unit.occupy(bothBounds(this.#bounds, bounds), abandon);
  }

  onCommit(hook: Hook): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.unit.hooks.onCommit(hook);
  }

  onRollback(hook: Hook): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.unit.hooks.onRollback(hook);
  }
}
