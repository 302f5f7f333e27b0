import {
  type DriverConnection,
  type MdbError,
  type PoolStats,
  TransactionStateError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { LevelConnection, type Shared } from "./level-connection.ts";
import { type Level, Levels } from "./levels.ts";
import type { Borrowed, Holder, Lender, Place, Request, StandIn } from "./stand-in.ts";

/** How long what still runs at the end of a test may take to stop, in milliseconds. */
const stopMs = 2_000;

/** Lends one connection, inside of one transaction that is rolled back at the end, to everybody: see `rollbackEach`. */
export class OneConnection implements StandIn {
  readonly #place: Place;
  readonly #pool: Lender;
  readonly #levels: Levels;
  readonly #ignore: ReadonlySet<string>;
  #starting: Promise<DriverConnection> | undefined;
  #lease: Borrowed | undefined;
  #shared: Shared | undefined;
  #names = 0;
  #endedBefore: number | undefined;
  #over = false;
  #dirty = false;

  /** @throws UnsupportedError for an engine without savepoints */
  constructor(place: Place, ignore: ReadonlySet<string>) {
    const { lending, capabilities } = place;
    if (lending === undefined || capabilities.savepoints === "none") {
      const message = `${place.database} (${place.engine}): the engine has no savepoints, so that its tests cannot be rolled back`;
      throw new UnsupportedError(message, place);
    }
    this.#place = place;
    this.#pool = lending.pool;
    this.#ignore = ignore;
    this.#levels = new Levels(place);
  }

  get closed(): boolean {
    return this.#pool.closed;
  }

  stats(): PoolStats {
    // Nothing is idle for whoever would ask on a connection of its own.
    return { ...this.#pool.stats(), idle: 0 };
  }

  tryAcquire(_holder?: Holder): undefined {
    return undefined;
  }

  async acquire(request: Request = {}): Promise<Borrowed> {
    const level = await this.#levels.enter(request);
    try {
      await this.#start();
      return this.#lend(level);
    } catch (error) {
      this.#levels.leave(level);
      throw error;
    }
  }

  refusePinning(): MdbError {
    const message = `${this.#place.database} (${this.#place.engine}): withConnection() cannot be had in a test that is rolled back: everybody has the same connection`;
    return new UnsupportedError(message, this.#place);
  }

  /** Undoes everything and gives the connection back. What still waits or runs is refused or stopped. */
  async end(): Promise<void> {
    this.#over = true;
    const quiet = this.#levels.close();
    const lease = this.#lease ?? (await this.#starting?.then(() => this.#lease).catch(() => undefined));
    if (lease === undefined) return;
    const { connection } = lease;
    const { clock } = this.#place;
    const cut = clock.setTimer(() => connection.destroy(), stopMs, { keepProcessAlive: true });
    try {
      await connection.cancel?.({ deadline: clock.now() + stopMs });
      await quiet;
      if (connection.usable) await connection.rollback();
    } catch (error) {
      connection.destroy(error);
    } finally {
      cut.cancel();
      lease.release({ error: connection.usable ? "ok" : "dead", dirty: this.#dirty, answered: true });
    }
  }

  #start(): Promise<DriverConnection> {
    this.#starting ??= this.#takeAndBegin();
    return this.#starting;
  }

  async #takeAndBegin(): Promise<DriverConnection> {
    const lease = await this.#pool.acquire().catch((error) => {
      // The next one may be luckier.
      this.#starting = undefined;
      throw error;
    });
    this.#lease = lease;
    const { connection } = lease;
    await connection.begin({});
    this.#endedBefore = connection.txEnded;
    const stillOver = (): boolean => this.#over;
    this.#shared = {
      place: this.#place,
      levels: this.#levels,
      real: connection,
      allowed: this.#ignore,
      get over() {
        return stillOver();
      },
      nextName: () => `t${++this.#names}`,
      check: () => this.#check(connection),
    };
    return connection;
  }

  #isThere(connection: DriverConnection): boolean {
    return connection.usable && connection.txStatus !== "idle" && connection.txEnded === this.#endedBefore;
  }

  #check(connection: DriverConnection): void {
    if (this.#over || this.#isThere(connection)) return;
    throw this.#lost();
  }

  #lost(): MdbError {
    const { database, engine } = this.#place;
    const message =
      `${database} (${engine}): the transaction of the test is gone: its connection was lost, or a statement has ended it, so that what it did before may have ` +
      "stayed; nothing more is sent in this test";
    return new TransactionStateError(message, { database, engine });
  }

  #lend(level: Level): Borrowed {
    const lease = this.#lease as Borrowed;
    if (!this.#isThere(lease.connection)) throw this.#lost();
    const connection = new LevelConnection(this.#shared as Shared, level);
    return {
      connection,
      get revoked() {
        return lease.revoked;
      },
      release: (outcome = {}) => {
        if (outcome.dirty === true) this.#dirty = true;
        if (outcome.error === "dead" && connection.usable) connection.destroy();
        this.#levels.leave(level);
      },
    };
  }
}
