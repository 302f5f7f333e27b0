import { type DriverConnection, type Lease, noCapabilities, Pool, type ResultSet } from "@nsj/mdb-core";
import { byCallers } from "../measure/callers.ts";
import type { ConnectionMaker, FakeConnection, PoolContestant, PoolSubject } from "./pool-subject.ts";

/** The connection of {@link ConnectionMaker}, as core's pool wants it. */
class PooledConnection implements DriverConnection {
  readonly usable = true;
  readonly txStatus = "idle";
  onFatal: ((error: unknown) => void) | null = null;
  readonly inner: FakeConnection;

  constructor(inner: FakeConnection) {
    this.inner = inner;
  }

  query(): ResultSet {
    return { columns: [], rows: [], affected: 0 };
  }
  begin(): void {}
  commit(): void {}
  rollback(): void {}
  async close(): Promise<void> {}
  destroy(): void {}
}

class MdbPool implements PoolSubject {
  readonly pool: Pool;

  constructor(maker: ConnectionMaker, max: number) {
    this.pool = new Pool(
      {
        label: "bench",
        engine: "fake",
        target: { address: "nowhere" },
        capabilities: noCapabilities,
        connect: async () => new PooledConnection(await maker.connect()),
        classify: () => ({ kind: "refused", connection: "dead", executed: "no", retry: "connect" }),
      },
      { max },
    );
  }

  /** As core itself takes a connection. */
  take(): Lease | Promise<Lease> {
    return this.pool.tryAcquire() ?? this.pool.acquire();
  }

  async use(work: (connection: FakeConnection) => Promise<void>): Promise<void> {
    const lease = await this.take();
    try {
      await work((lease.connection as PooledConnection).inner);
    } finally {
      lease.release();
    }
  }

  async cycle(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const lease = this.pool.tryAcquire() ?? (await this.pool.acquire());
      lease.release();
    }
  }

  contend(callers: number, times: number): Promise<void> {
    return byCallers(callers, times, async () => {
      const lease = this.pool.tryAcquire() ?? (await this.pool.acquire());
      await null;
      lease.release();
    });
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

class AwaitedMdbPool extends MdbPool {
  override async cycle(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const lease = await this.pool.acquire();
      lease.release();
    }
  }

  override contend(callers: number, times: number): Promise<void> {
    return byCallers(callers, times, async () => {
      const lease = await this.pool.acquire();
      await null;
      lease.release();
    });
  }
}

export const mdbPool: PoolContestant = { name: "@nsj/mdb", open: (maker, max) => new MdbPool(maker, max) };

/** The same pool by its asynchronous door only. */
export const awaitedMdbPool: PoolContestant = {
  name: "@nsj/mdb, acquire()",
  open: (maker, max) => new AwaitedMdbPool(maker, max),
};
