import {
  DaoBase,
  type Database,
  DatabaseManager,
  DeadlockError,
  defineDatabase,
  defineTable,
  NoRowsError,
  sql,
  UnexpectedRollbackError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

interface Item {
  readonly id: number;
  readonly name: string;
}

const items = defineTable<Item>("items").primaryKey("id").generated("id");
const named = defineTable<Item>("items").primaryKey("id");

let fake: FakeDriver;
let manager: DatabaseManager;
let database: Database;
let dao: DaoBase<Item, "id", "id">;

beforeEach(async () => {
  const dialect = { returning: { insert: "none", update: "none", delete: "none" } } as const;
  fake = fakeDriver({ dialect });
  manager = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "plain", pool: { max: 3 } }) });
  database = manager.database("main");
  dao = new DaoBase(items, database);
  await database.execute("create table items (id integer primary key, name text)");
});

afterEach(async () => {
  await manager.close({ timeoutMs: 0 });
  fake.close();
});

const undone = { kind: "deadlock", connection: "ok", executed: "undone", retry: "transaction" } as const;
const insert = /^insert into "items"/;
const inserts = (): number => fake.calls.filter(({ text }) => text !== undefined && insert.test(text)).length;

describe("a write that gives no rows back", () => {
  it("is read by its key, in one transaction", async () => {
    const item = await dao.insert({ name: "a" });
    expect(item).toEqual({ id: 1, name: "a" });
    expect(await dao.update(1, { name: "b" })).toEqual({ id: 1, name: "b" });
    expect(fake.calls.filter(({ on }) => on === "commit")).toHaveLength(2);
  });

  it("runs again as a whole after a deadlock, where the transaction is its own", async () => {
    fake.script({ on: "query", text: insert, times: 2, action: { fail: undone } });
    expect(await dao.insert({ name: "a" })).toEqual({ id: 1, name: "a" });
    expect(inserts()).toBe(3);
    fake.script({ on: "query", text: insert, action: { fail: undone } });
    expect(await dao.insertMany([{ name: "b" }, { name: "c" }])).toHaveLength(2);
    expect(await dao.count()).toBe(3);
  });

  it("leaves a deadlock to the caller, where the transaction is the caller's", async () => {
    fake.script({ on: "query", text: insert, action: { fail: undone } });
    await expect(database.transaction(() => dao.insert({ name: "a" }))).rejects.toBeInstanceOf(DeadlockError);
    expect(inserts()).toBe(1);
  });

  it("keeps nothing of a row that its key does not find", async () => {
    // What a trigger or a rounded type does to a key: the row is not where it was put.
    fake.script({ on: "query", text: /^select \* from "items" where "id"/, times: 3, action: { answer: {} } });
    const own = new DaoBase(named, database);
    await expect(own.insert({ id: 1, name: "a" })).rejects.toBeInstanceOf(NoRowsError);
    expect(await own.count()).toBe(0);
    const swallowed = database.transaction(async (tx) => {
      await expect(new DaoBase(named, tx).insert({ id: 1, name: "a" })).rejects.toBeInstanceOf(NoRowsError);
    });
    await expect(swallowed).rejects.toBeInstanceOf(UnexpectedRollbackError);
    await using session = await database.getSession();
    await expect(new DaoBase(named, session).insert({ id: 1, name: "a" })).rejects.toBeInstanceOf(NoRowsError);
    await expect(session.commit()).rejects.toBeInstanceOf(UnexpectedRollbackError);
    expect(await own.count()).toBe(0);
  });

  it("is refused before anything is sent, where no key could find it", async () => {
    const before = fake.calls.length;
    const keyless = new DaoBase(defineTable<Item>("items"), database);
    await expect(keyless.insert({ id: 1, name: "a" })).rejects.toBeInstanceOf(UnsupportedError);
    const own = new DaoBase(named, database);
    for (const entity of [{ id: sql`1 + 1` as never, name: "a" }])
      await expect(own.insert(entity)).rejects.toBeInstanceOf(UnsupportedError);
    const pair = new DaoBase(defineTable<Item>("items").primaryKey("id", "name").generated("id", "name"), database);
    await expect(pair.insert({} as never)).rejects.toBeInstanceOf(UnsupportedError);
    expect(fake.calls.slice(before).filter(({ text }) => text?.startsWith("insert"))).toEqual([]);
  });
});
