import {
  ConnectionPool,
  type Database,
  NotConfiguredError,
  ParameterError,
  Transactional,
  transactional,
} from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { idsOf, useTestServer } from "../session/test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, 'x')";

class Items {
  readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async add(...ids: number[]): Promise<number> {
    for (const id of ids) await this.database.execute(insert, { id });
    return ids.length;
  }

  async addToDefault(): Promise<void> {}
}

// What the decorator syntax comes to; the syntax itself is in the type tests, because not every transpiler here reads it.
const context = (name: string) => ({ kind: "method", name }) as never;
const own = Transactional((self: Items) => self.database);
Items.prototype.add = own(Items.prototype.add, context("add"));
Items.prototype.addToDefault = Transactional<Items>("unconfigured")(
  Items.prototype.addToDefault,
  context("addToDefault"),
);

afterEach(() => ConnectionPool.closeAllConnections());

describe("a transactional method", () => {
  it("commits when it resolves and gives its own result", async () => {
    const items = new Items(await server.open());
    expect(await items.add(1, 2)).toBe(2);
    expect(await idsOf(items.database)).toEqual([1, 2]);
  });

  it("keeps nothing when it rejects", async () => {
    const items = new Items(await server.open());
    await expect(items.add(1, 2, 1)).rejects.toMatchObject({ code: "MDB_UNIQUE_VIOLATION" });
    expect(await idsOf(items.database)).toEqual([]);
  });

  it("needs the process-wide default when it names a label", async () => {
    const items = new Items(await server.open());
    await expect(items.addToDefault()).rejects.toBeInstanceOf(NotConfiguredError);
  });
});

it("makes a plain function transactional, without a decorator", async () => {
  const database = await server.open();
  const add = transactional(database, async (...ids: number[]) => {
    for (const id of ids) await database.execute(insert, { id });
  });
  await add(5);
  await expect(add(6, 5)).rejects.toThrow();
  expect(await idsOf(database)).toEqual([5]);
});

it("what leads to no database is refused at the call, by name", async () => {
  const manager = server.manager("a");
  for (const [target, found] of [
    [undefined, "undefined"],
    [manager, "a DatabaseManager"],
    [() => undefined, "undefined"],
    [async () => manager.database("a"), "a promise; is an await missing?"],
  ] as const) {
    const refused = transactional(target as never, async () => 1)();
    await expect(refused).rejects.toThrow(ParameterError);
    await expect(refused).rejects.toThrow(
      `what a transaction is on is a Database, a label or a function that finds a Database, not ${found}`,
    );
  }
});
