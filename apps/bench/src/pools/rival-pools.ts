import { createPool } from "generic-pool";
import { createPool as createLightningPool } from "lightning-pool";
import type { Client, PoolClient } from "pg";
import PgPool from "pg-pool";
import { Pool as TarnPool } from "tarn";
import { byCallers } from "../measure/callers.ts";
import { clientClass } from "./pg-client.ts";
import type { ConnectionMaker, FakeConnection, PoolContestant, PoolSubject } from "./pool-subject.ts";

interface RivalPool<T> {
  acquire(): Promise<T>;
  release(connection: T): void | Promise<void>;
  connectionOf(taken: T): FakeConnection;
  close(): Promise<void>;
}

function subject<T>(pool: RivalPool<T>): PoolSubject {
  return {
    async use(work) {
      const taken = await pool.acquire();
      try {
        await work(pool.connectionOf(taken));
      } finally {
        void pool.release(taken);
      }
    },
    async cycle(times) {
      for (let time = 0; time < times; time++) {
        const taken = await pool.acquire();
        void pool.release(taken);
      }
    },
    contend: (callers, times) =>
      byCallers(callers, times, async () => {
        const taken = await pool.acquire();
        await null;
        void pool.release(taken);
      }),
    close: () => pool.close(),
  };
}

function tarn(maker: ConnectionMaker, max: number): PoolSubject {
  const pool = new TarnPool<FakeConnection>({
    create: () => maker.connect(),
    destroy: () => undefined,
    validate: () => true,
    min: 0,
    max,
  });
  return subject({
    acquire: () => pool.acquire().promise,
    release: (connection: FakeConnection) => void pool.release(connection),
    connectionOf: (connection) => connection,
    close: async () => void (await pool.destroy()),
  });
}

function genericPool(maker: ConnectionMaker, max: number): PoolSubject {
  const pool = createPool<FakeConnection>(
    { create: () => maker.connect(), destroy: async () => undefined },
    { min: 0, max },
  );
  pool.on("factoryCreateError", () => undefined);
  return subject({
    acquire: async () => pool.acquire(),
    release: (connection: FakeConnection) => pool.release(connection),
    connectionOf: (connection) => connection,
    close: async () => {
      await pool.drain();
      await pool.clear();
    },
  });
}

function lightningPool(maker: ConnectionMaker, max: number): PoolSubject {
  const pool = createLightningPool<FakeConnection>(
    { create: () => maker.connect(), destroy: async () => undefined },
    { min: 0, max, maxQueue: 100_000 },
  );
  pool.on("error", () => undefined);
  pool.start();
  return subject({
    acquire: () => pool.acquire(),
    release: (connection: FakeConnection) => pool.release(connection),
    connectionOf: (connection) => connection,
    close: () => pool.closeAsync(0),
  });
}

function pgPool(maker: ConnectionMaker, max: number): PoolSubject {
  const pool = new PgPool<Client>({ max, Client: clientClass(maker) });
  pool.on("error", () => undefined);
  return subject<Client & PoolClient>({
    acquire: async () => pool.connect(),
    release: (client) => client.release(),
    connectionOf: (client) => client as unknown as FakeConnection,
    close: () => pool.end(),
  });
}

/** The pools that Node.js applications use today. */
export const rivalPools: readonly PoolContestant[] = [
  { name: "lightning-pool", open: lightningPool },
  { name: "generic-pool", open: genericPool },
  { name: "pg-pool", open: pgPool },
  { name: "tarn", open: tarn },
];
