import { inspect } from "node:util";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Capabilities,
  DatabaseManager,
  type DatabaseOptions,
  defineDatabase,
  type ServerCapabilities,
  sql,
  UnsupportedError,
} from "../../src/index.ts";

/** A database whose n-th connection reaches a server that says so of itself. */
function databaseOf(
  said: (connection: number) => ServerCapabilities | undefined,
  options: DatabaseOptions = {},
  capabilities: Partial<Capabilities> = {},
) {
  const fake = fakeDriver({ serverCapabilities: said, capabilities });
  const databases = new DatabaseManager({ main: defineDatabase(fake.driver, options) });
  onTestFinished(() => databases.close().then(() => fake.close()));
  return { fake, database: databases.database("main") };
}

const sent = (calls: readonly { readonly on: string }[]) => calls.map(({ on }) => on);

describe("what a server lacks of what its driver declares", () => {
  it("is refused from the first call on, before anything is sent, and told from then on", async () => {
    const { fake, database } = databaseOf(() => ({ isolation: ["serializable"], readOnlyTransactions: false }));
    expect(database.capabilities.readOnlyTransactions).toBe(true);
    const reading = database.transaction((tx) => tx.query("select 1"), { readOnly: true });
    await expect(reading).rejects.toBeInstanceOf(UnsupportedError);
    expect(sent(fake.calls)).toEqual(["connect"]);
    expect(database.capabilities).toMatchObject({ readOnlyTransactions: false, isolation: ["serializable"] });
    const committed = database.transaction((tx) => tx.query("select 1"), { isolation: "read committed" });
    await expect(committed).rejects.toThrow('isolation level "read committed"; it has serializable');
    expect(await database.transaction((tx) => tx.queryScalar("select 1"), { isolation: "serializable" })).toBe(1);
    expect(database.stats()).toMatchObject({ created: 1, idle: 1 });
  });

  it("is refused in a nested transaction that is the first thing of all, and the outer one goes on", async () => {
    const { fake, database } = databaseOf(() => ({ savepoints: "none" }));
    const nested = database.transaction(() => database.transaction(async () => 1, { propagation: "nested" }));
    await expect(nested).rejects.toBeInstanceOf(UnsupportedError);
    expect(sent(fake.calls)).not.toContain("savepoint");
    expect(await database.queryScalar("select 1")).toBe(1);
  });

  it("may be the statement that forgets a savepoint", async () => {
    const { fake, database } = databaseOf(() => ({ savepoints: "no-release" }));
    const nested = () => database.transaction(() => database.queryScalar("select 1"), { propagation: "nested" });
    expect(await database.transaction(nested)).toBe(1);
    expect(sent(fake.calls)).toContain("savepoint");
    expect(sent(fake.calls)).not.toContain("releaseSavepoint");
  });

  it("may be procedures", async () => {
    const { fake, database } = databaseOf(() => ({ procedures: false }));
    await expect(database.call("anything", { a: sql.out("integer") })).rejects.toBeInstanceOf(UnsupportedError);
    expect(sent(fake.calls)).toEqual(["connect"]);
  });

  it("never becomes more than the driver declares", async () => {
    const said: ServerCapabilities = { isolation: ["serializable", "snapshot"], savepoints: "full", procedures: true };
    const { database } = databaseOf(
      () => said,
      {},
      { isolation: ["serializable"], savepoints: "none", procedures: false },
    );
    await database.query("select 1");
    expect(database.capabilities).toMatchObject({ isolation: ["serializable"], savepoints: "none", procedures: false });
  });
});

describe("two servers behind one pool", () => {
  it("are refused where the later one lacks what callers were told", async () => {
    const { fake, database } = databaseOf((connection) => (connection === 1 ? undefined : { savepoints: "none" }), {
      pool: { max: 2, acquireTimeoutMs: 200 },
    });
    await database.withConnection(async () => {
      const other = database.query("select 1");
      const error = (await other.catch((it: unknown) => it)) as Error;
      expect(inspect(error, { depth: 5 })).toContain("lacks what the first one of this pool had: savepoints");
      expect(error).toMatchObject({ code: "MDB_POOL_TIMEOUT" });
    });
    expect(fake.connections.slice(1).every((it) => !it.usable)).toBe(true);
    expect(database.capabilities.savepoints).toBe("full");
    expect(await database.queryScalar("select 1")).toBe(1);
  });

  it("may be had where the later one can more, which is not used", async () => {
    const { database } = databaseOf((connection) => (connection === 1 ? { savepoints: "none" } : undefined), {
      pool: { max: 2 },
    });
    await database.withConnection(async () => {
      expect(await database.queryScalar("select 1")).toBe(1);
    });
    expect(database.stats().created).toBe(2);
    expect(database.capabilities.savepoints).toBe("none");
  });
});
