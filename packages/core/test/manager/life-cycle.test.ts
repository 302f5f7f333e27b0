import { ConnectError, DatabaseManager, type DatabaseOptions, defineDatabase, PoolClosedError } from "@nsj/mdb-core";
import { referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: Awaited<ReturnType<typeof referenceServer>>;
beforeAll(async () => {
  server = await referenceServer();
});
afterAll(() => server.close());

function options() {
  const { host, port, user, password, database } = server;
  return { host, port, user, password, database };
}
const definition = (more: DatabaseOptions = {}) => defineDatabase(referenceDriver, { ...options(), ...more });

describe("connect", () => {
  it("opens every database and gives every failure at once, each with its label", async () => {
    await using manager = new DatabaseManager({
      good: definition(),
      deaf: defineDatabase(referenceDriver, { ...options(), port: 1 }),
      wrong: defineDatabase(referenceDriver, { ...options(), password: "nope" }),
    });
    const error: AggregateError = await manager.connect().then(Promise.reject, (reason) => reason);
    expect(error.message).toBe('2 of 3 databases did not connect: "deaf", "wrong"');
    expect(error.errors.map((it) => [it.database, it.code])).toEqual([
      ["deaf", "MDB_CONNECT"],
      ["wrong", "MDB_AUTHENTICATION"],
    ]);
    expect(String(error.errors[1])).not.toContain("nope");
    expect(error.errors[0]).toBeInstanceOf(ConnectError);
  });
});

describe("evictConnections", () => {
  it("replaces connections: idle ones at once, those in use when they come back, and running work goes on", async () => {
    await using manager = new DatabaseManager({ main: definition({ pool: { max: 3 } }) });
    const database = manager.database("main");
    const value = await database.transaction(async (tx) => {
      await tx.query("select 1");
      await database.transaction((other) => other.query("select 1"), { propagation: "requires_new" });
      database.evictConnections();
      return tx.queryScalar("select 7");
    });
    expect(value).toBe(7);
    expect(database.stats().destroyed.evicted).toBe(2);
    expect(await database.queryScalar("select 8")).toBe(8);
    expect(database.stats()).toMatchObject({ created: 3 });
  });
});

describe("health", () => {
  it("asks few databases at a time, and every one of them", async () => {
    const labels = Array.from({ length: 40 }, (_, index) => `tenant_${index}`);
    let connecting = 0;
    let most = 0;
    const slow: typeof referenceDriver = {
      ...referenceDriver,
      connector(given) {
        const connector = referenceDriver.connector(given);
        return {
          ...connector,
          target: connector.target,
          async connect(context) {
            most = Math.max(most, ++connecting);
            try {
              return await connector.connect(context);
            } finally {
              connecting--;
            }
          },
        };
      },
    };
    const entries = labels.map((label) => [label, defineDatabase(slow, options())] as const);
    await using manager = new DatabaseManager(Object.fromEntries(entries));
    const health = await manager.health({ timeoutMs: 20_000 });
    expect(Object.keys(health)).toEqual(labels);
    expect(Object.values(health).map(({ status }) => status)).toEqual(labels.map(() => "up"));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(16);
  });
});

describe("close", () => {
  it("lets running work finish, refuses new work, and may be called twice", async () => {
    const manager = new DatabaseManager({ main: definition() });
    const database = manager.database("main");
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const running = database.transaction(async (tx) => {
      await tx.query("select 1");
      started.resolve();
      await finish.promise;
      return tx.queryScalar("select 7");
    });
    await started.promise;
    const closing = manager.close();
    await expect(database.query("select 1")).rejects.toBeInstanceOf(PoolClosedError);
    finish.resolve();
    expect(await running).toBe(7);
    await closing;
    await manager.close();
    expect(database.stats()).toMatchObject({ total: 0 });
  });

  it("cuts what still runs at its deadline", async () => {
    const manager = new DatabaseManager({ main: definition() });
    const started = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    const running = manager.transaction("main", async (tx) => {
      await tx.query("select 1");
      started.resolve();
      await never.promise;
      await tx.query("select 2");
    });
    running.catch(() => {});
    await started.promise;
    await manager.close({ timeoutMs: 0 });
    never.resolve();
    await expect(running).rejects.toMatchObject({ code: "MDB_CONNECTION_LOST", retryable: true });
  });

  it("makes every later call a PoolClosedError that names the database", async () => {
    const manager = new DatabaseManager({ main: definition() });
    await manager.close();
    const session = await manager.getSession("main");
    await expect(session.query("select 1")).rejects.toThrow(/^main \(reference\): .*closed/);
    await expect(manager.transaction("main", (tx) => tx.query("select 1"))).rejects.toBeInstanceOf(PoolClosedError);
    await expect(manager.connect()).rejects.toThrow(AggregateError);
    expect(await manager.health()).toMatchObject({ main: { status: "down", error: { code: "MDB_POOL_CLOSED" } } });
  });
});

describe("health", () => {
  it("answers for every label at once", async () => {
    await using manager = new DatabaseManager({
      up: definition(),
      down: defineDatabase(referenceDriver, { ...options(), port: 1 }),
    });
    const health = await manager.health();
    expect(health).toMatchObject({ up: { status: "up" }, down: { status: "down", error: { code: "MDB_CONNECT" } } });
    expect(health["up"]?.latencyMs).toBeGreaterThanOrEqual(0);
  });
});

describe("health of a pool whose every connection is in use", () => {
  it("is busy, and up again once one is free", async () => {
    await using manager = new DatabaseManager({ main: definition({ pool: { max: 1 } }) });
    const main = manager.database("main");
    await main.withConnection(async (connection) => {
      await connection.query("select 1");
      expect(await main.health({ timeoutMs: 20 })).toMatchObject({
        status: "busy",
        error: { code: "MDB_POOL_TIMEOUT" },
      });
    });
    expect(await main.health()).toMatchObject({ status: "up" });
  });

  it("is down where the others cannot be opened", async () => {
    let deaf = false;
    await using manager = new DatabaseManager({
      main: definition({
        pool: { max: 2, connectTimeoutMs: 60_000 },
        onConnect: async (connection) => {
          if (deaf) await connection.query("select sleep(600000)");
        },
      }),
    });
    const main = manager.database("main");
    await main.withConnection(async (connection) => {
      await connection.query("select 1");
      deaf = true;
      expect(await main.health({ timeoutMs: 20 })).toMatchObject({ status: "down" });
    });
  });
});

describe("onConnect", () => {
  it("runs on each new connection before anybody gets it", async () => {
    const seen: unknown[] = [];
    await using manager = new DatabaseManager({
      main: defineDatabase(referenceDriver, {
        ...options(),
        onConnect: async (connection) => {
          seen.push(await connection.queryScalar("select 5"));
        },
      }),
    });
    await manager.database("main").query("select 1");
    expect(seen).toEqual([5]);
  });

  it("runs again when a session reset has undone what it did", async () => {
    let runs = 0;
    await using manager = new DatabaseManager({
      main: defineDatabase(referenceDriver, {
        ...options(),
        pool: { max: 1 },
        onConnect: async (connection) => {
          runs++;
          await connection.execute("select set_setting('application', 'orders')");
        },
      }),
    });
    const database = manager.database("main");
    await database.withConnection((connection) => connection.execute("select set_setting('application', 'other')"));
    expect(await database.queryScalar("select setting('application')")).toBe("orders");
    expect(runs).toBe(2);
    expect(database.stats().created).toBe(1);
  });

  it("keeps a connection that it failed on from being used", async () => {
    await using manager = new DatabaseManager({
      main: defineDatabase(referenceDriver, {
        ...options(),
        onConnect: (connection) => connection.execute("select * from nowhere").then(() => {}),
      }),
    });
    await expect(manager.database("main").connect()).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
    expect(manager.database("main").stats()).toMatchObject({ total: 0 });
  });
});
