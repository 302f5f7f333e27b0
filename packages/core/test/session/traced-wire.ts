import { tracingChannel } from "node:diagnostics_channel";
import {
  DatabaseManager,
  type DriverConnection,
  defineDatabase,
  type QueryEvent,
  type TransactionEvent,
} from "@nsj/mdb-core";
import { type ReferenceServer, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, beforeAll } from "vitest";

/** What each call of a driver that sends something is called in events. */
const kinds = new Map<string | symbol, string>([
  ["query", "query"],
  ["stream", "stream"],
  ["executeMany", "many"],
  ["bulkLoad", "bulk"],
  ["call", "call"],
  ["begin", "begin"],
  ["commit", "commit"],
  ["rollback", "rollback"],
  ["savepoint", "savepoint"],
  ["rollbackTo", "savepoint"],
  ["releaseSavepoint", "savepoint"],
  ["prepareBranch", "prepare"],
  ["finishPrepared", "finish"],
]);

/** What one piece of work sent, and what was told of it. */
export interface Told {
  /** What the driver was asked for, in order. */
  readonly wire: string[];
  readonly queries: QueryEvent[];
  readonly transactions: TransactionEvent[];
  readonly spanning: object[];
  readonly acquires: object[];
  readonly connects: object[];
}

/** A manager whose driver notes what is sent, and what subscribers are told meanwhile. */
export class TracedWire {
  readonly #wire: string[] = [];
  #manager: DatabaseManager | undefined;

  constructor() {
    const servers: ReferenceServer[] = [];
    const definition = async (): Promise<ReturnType<typeof defineDatabase>> => {
      const server = await referenceServer();
      servers.push(server);
      const { host, port, user, password, database } = server;
      return defineDatabase(this.#spied(), { host, port, user, password, database });
    };
    beforeAll(async () => {
      this.#manager = new DatabaseManager({ a: await definition(), b: await definition() });
      const a = this.#manager.database("a");
      await a.execute("create table items (id integer primary key, name text not null, gone text)");
      await a.execute("insert into items (id, name) values (1, 'first')");
      await a.execute("create table calls (id integer)");
      await a.execute("create procedure add_call on calls");
      await this.#manager.database("b").execute("create table others (id integer)");
      await this.#manager.prepareStore("a");
      await this.#manager.connect();
    });
    afterAll(async () => {
      await this.#manager?.close({ timeoutMs: 0 });
      for (const server of servers) await server.close();
    });
  }

  get manager(): DatabaseManager {
    if (this.#manager === undefined) throw new Error("the server is not up");
    return this.#manager;
  }

  /** Runs `work` and gives what was sent and told meanwhile. */
  async during(work: () => unknown): Promise<Told> {
    const told: Told = { wire: this.#wire, queries: [], transactions: [], spanning: [], acquires: [], connects: [] };
    this.#wire.length = 0;
    const stops = [
      ended("mdb:query", told.queries),
      ended("mdb:transaction", told.transactions),
      ended("mdb:spanning", told.spanning),
      ended("mdb:pool:acquire", told.acquires),
      ended("mdb:connect", told.connects),
    ];
    try {
      await work();
    } finally {
      for (const stop of stops) stop();
    }
    return { ...told, wire: [...this.#wire] };
  }

  #spied(): typeof referenceDriver {
    return {
      ...referenceDriver,
      connector: (options, environment) => {
        const connector = referenceDriver.connector(options, environment);
        return { ...connector, connect: async (context) => this.#spiedConnection(await connector.connect(context)) };
      },
    };
  }

  #spiedConnection(connection: DriverConnection): DriverConnection {
    return new Proxy(connection, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const kind = kinds.get(key);
        return (...given: unknown[]): unknown => {
          const nothingToUndo = key === "rollback" && target.txStatus === "idle";
          if (kind !== undefined && !nothingToUndo) this.#wire.push(kind);
          return value.apply(target, given);
        };
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
  }
}

/** Gathers the events of a channel as they end. */
function ended(name: string, into: object[]): () => void {
  const subscribers = {
    start() {},
    end() {},
    asyncStart() {},
    asyncEnd: (event: object) => void into.push(event),
    error() {},
  };
  const channel = tracingChannel(name);
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
}
