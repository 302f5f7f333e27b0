/** So much at a time on each server. */
export class ServerTurns {
  readonly #most: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `work` when there is a place on its server; in order. */
  async run<R>(server: string, work: () => Promise<R>): Promise<R> {
    const running = this.#running.get(server) ?? 0;
    if (running < this.#most) this.#running.set(server, running + 1);
    else {
      await new Promise<void>((resolve) => {
        const waiting = this.#waiting.get(server) ?? [];
        waiting.push(resolve);
        this.#waiting.set(server, waiting);
      });
    }
    try {
      return await work();
    } finally {
      this.#leave(server);
    }
  }

  #leave(server: string): void {
    // The place goes straight to the next one.
    const next = this.#waiting.get(server)?.shift();
    if (next !== undefined) {
      next();
      return;
    }
    const running = (this.#running.get(server) ?? 1) - 1;
    if (running === 0) this.#running.delete(server);
    else this.#running.set(server, running);
  }
}
