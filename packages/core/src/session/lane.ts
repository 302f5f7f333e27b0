import type { Capabilities } from "../driver/index.ts";

/** Statements in flight at once on one pipelined connection. */
const pipelineWidth = 64;

interface Task {
  /** Whether it may overlap with its neighbours of the same kind. */
  readonly shared: boolean;
  readonly start: () => Promise<unknown>;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs tasks in the order in which they came. Shared tasks may overlap with one another on a pipelined connection;
 * an exclusive task runs alone.
 */
export class Lane {
  readonly #width: number;
  readonly #queue: Task[] = [];
  readonly #drained: (() => void)[] = [];
  #running = 0;
  #exclusive = false;
  #closed: (() => unknown) | undefined;

  constructor({ concurrency }: Capabilities) {
    this.#width = concurrency === "pipelined" ? pipelineWidth : 1;
  }

  /** Tasks that run or wait. */
  get pending(): number {
    return this.#running + this.#queue.length;
  }

  /** Runs `work` when its turn comes. Starts in the same tick when nothing is before it. */
  run<T>(work: () => Promise<T>, shared: boolean): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed());
    if (this.#queue.length === 0 && this.#mayStart(shared)) return this.#start(work, shared);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ shared, reject, start: () => this.#start(work, shared).then(resolve, reject) });
    });
  }

  /** Rejects everything that has not started, and everything that comes, with what `error` gives. */
  close(error: () => unknown): void {
    this.#closed = error;
    for (const task of this.#queue.splice(0)) task.reject(error());
    if (this.#running === 0) this.#announceDrained();
  }

  /** Resolves once nothing runs and nothing waits. */
  drained(): Promise<void> {
    if (this.pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #mayStart(shared: boolean): boolean {
    if (this.#running === 0) return true;
    return shared && !this.#exclusive && this.#running < this.#width;
  }

  async #start<T>(work: () => Promise<T>, shared: boolean): Promise<T> {
    this.#running++;
    this.#exclusive = !shared;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#startNext();
    }
  }

  #startNext(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#mayStart(next.shared); next = this.#queue[0]) {
      this.#queue.shift();
      void next.start();
    }
    if (this.pending === 0) this.#announceDrained();
  }

  #announceDrained(): void {
    for (const announce of this.#drained.splice(0)) announce();
  }
}
