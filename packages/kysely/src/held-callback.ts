const undone = Symbol("undone");

/**
 * A callback of the library's, a transaction's or a pinned connection's, that is held open until somebody says how it ends: Kysely tells its
 * driver of both ends one after the other.
 */
export class HeldCallback<Handle> {
  /** Resolves once the callback runs; rejects with what kept it from running. */
  readonly opened: Promise<void>;
  readonly #end = Promise.withResolvers<"keep" | "undo">();
  readonly #done: Promise<void>;
  #handle: Handle | undefined;
  #over = false;

  constructor(run: (work: (handle: Handle) => Promise<void>) => Promise<void>) {
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.#done = run(async (handle) => {
      this.#handle = handle;
      opened.resolve();
      if ((await this.#end.promise) === "undo") throw undone;
    });
    const over = (reason: unknown): void => {
      this.#over = true;
      opened.reject(reason);
    };
    this.#done.then(over, over);
  }

  /** What the callback was given; `undefined` before it runs. */
  get handle(): Handle | undefined {
    return this.#handle;
  }

  /** Lets it end well. @throws what it ends with */
  async keep(): Promise<void> {
    this.#end.resolve("keep");
    await this.#done;
  }

  /** Lets it fail, unless it has ended already. What was to be undone is undone then, or its connection is gone. */
  async undo(): Promise<void> {
    if (!this.#over) this.#end.resolve("undo");
    await this.#done.catch(() => {});
  }
}
