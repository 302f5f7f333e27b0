import { type Database, DatabaseManager, type PoolOptions } from "@nsj/mdb-core";
import type { Ground } from "./ground.ts";

/** More of the ground's time than any wait may take. */
const longestMs = 60_000;

/** A ground with a database open on it, and time that passes while somebody waits. */
export class Stage {
  readonly ground: Ground;
  /** What new sessions answer when they are asked for leftovers. */
  readonly clean = new Map<string, unknown>();
  readonly #pool: PoolOptions;
  #isStill = false;
  #manager: DatabaseManager;

  constructor(ground: Ground, pool: PoolOptions) {
    this.ground = ground;
    this.#pool = pool;
    this.#manager = this.#opened();
  }

  /** Whether connections are taken from whoever holds them for too long. */
  get limited(): boolean {
    return (this.#pool.holdLimitMs ?? 0) > 0;
  }

  get database(): Database {
    return this.#manager.database("main");
  }

  /** Looks at a session that nobody has used. */
  async begin(): Promise<void> {
    await this.#setUp();
    for (const { what, ask } of this.ground.leftovers) {
      this.clean.set(what, await this.patiently(this.database.queryScalar(ask)));
    }
  }

  /** Opens the database again after it was closed. */
  async reopen(): Promise<void> {
    await this.close();
    this.#manager = this.#opened();
    await this.#setUp();
  }

  close(): Promise<void> {
    return this.patiently(this.#manager.close({ timeoutMs: 0 }));
  }

  /** Does something while no time passes, however long the server takes for it. */
  async inNoTime<T>(work: () => Promise<T>): Promise<T> {
    this.#isStill = true;
    try {
      return await work();
    } finally {
      this.#isStill = false;
    }
  }

  /** Resolves when the server works on nothing any more. */
  async quiet(): Promise<void> {
    while ((await this.ground.server?.isWorking()) === true);
  }

  /** Resolves when so much of the ground's time has passed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.ground.clock.setTimer(resolve, ms));
  }

  /** Lets time pass until it has settled, and gives what it gave. @param stepMs - how much of it at once @throws Error when it hangs */
  async patiently<T>(work: Promise<T>, stepMs = 25): Promise<T> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    work.then(finish, finish);
    await this.until(() => done, "something hangs", stepMs);
    return work;
  }

  /** Lets time pass until something holds. @throws Error saying `otherwise` when it never does */
  readonly until = async (holds: () => boolean, otherwise: string, stepMs = 25): Promise<void> => {
    for (let passed = 0; ; passed += this.#isStill ? 0 : stepMs) {
      // Sockets are read between two turns of the loop.
      for (let turn = 0; turn < 4 && !holds(); turn++) await new Promise((resolve) => setImmediate(resolve));
      if (holds()) return;
      if (passed > longestMs) throw new Error(otherwise);
      if (this.ground.remote) await new Promise((resolve) => setTimeout(resolve, 1));
      await this.ground.clock.advance(this.#isStill ? 0 : stepMs);
    }
  };

  async #setUp(): Promise<void> {
    if (this.ground.setUp !== undefined) await this.patiently(this.database.execute(this.ground.setUp));
  }

  #opened(): DatabaseManager {
    const { clock } = this.ground;
    const main = this.ground.definition({ max: this.ground.max ?? 4, ...this.#pool });
    return new DatabaseManager({ main }, { clock, random: () => 0.5 });
  }
}
