import { byCallers } from "../measure/callers.ts";
import type { ConnectionMaker, FakeConnection, PoolContestant, PoolSubject } from "./pool-subject.ts";

/**
 * What handing a connection from one caller to the next costs at the very least: a list, and a promise for each who waits. It checks
 * nothing, counts nothing, and lets nobody time out or close it, so it is no pool that anybody could use.
 */
class BareQueue implements PoolSubject {
  readonly #maker: ConnectionMaker;
  readonly #idle: FakeConnection[] = [];
  readonly #waiting: ((connection: FakeConnection) => void)[] = [];
  #nextWaiting = 0;
  #left: number;

  constructor(maker: ConnectionMaker, max: number) {
    this.#maker = maker;
    this.#left = max;
  }

  #acquire(): FakeConnection | Promise<FakeConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#left > 0) {
      this.#left--;
      return this.#maker.connect();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(connection: FakeConnection): void {
    const resolve = this.#waiting[this.#nextWaiting];
    if (resolve === undefined) {
      this.#idle.push(connection);
      return;
    }
    this.#nextWaiting++;
    if (this.#nextWaiting === 1_024) {
      this.#waiting.splice(0, this.#nextWaiting);
      this.#nextWaiting = 0;
    }
    resolve(connection);
  }

  async use(work: (connection: FakeConnection) => Promise<void>): Promise<void> {
    const connection = await this.#acquire();
    await work(connection);
    this.#release(connection);
  }

  async cycle(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const taken = this.#acquire();
      this.#release(taken instanceof Promise ? await taken : taken);
    }
  }

  contend(callers: number, times: number): Promise<void> {
    return byCallers(callers, times, async () => {
      const taken = this.#acquire();
      const connection = taken instanceof Promise ? await taken : taken;
      await null;
      this.#release(connection);
    });
  }

  async close(): Promise<void> {}
}

/** Not a rival: the floor. */
export const bareQueue: PoolContestant = {
  name: "no pool, a bare queue",
  open: (maker, max) => new BareQueue(maker, max),
};
