import {
  ConfigurationError,
  DaoBase,
  DatabaseManager,
  defineDatabase,
  defineTable,
  InvalidCursorError,
  isMdbError,
  op,
  ParameterError,
  TransactionalDao,
} from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";

interface Item {
  readonly id: number;
  readonly name: string;
}

const items = defineTable<Item>("items").primaryKey("id").generated("id");

async function open() {
  const fake = fakeDriver();
  const manager = new DatabaseManager({ orders: defineDatabase(fake.driver, { name: "first-mistakes" }) });
  onTestFinished(async () => {
    await manager.close({ timeoutMs: 0 });
    fake.close();
  });
  await manager.database("orders").execute("create table items (id integer primary key, name text)");
  return new (class ItemDao extends DaoBase.for(items) {})(manager.database("orders"));
}

describe("an error about what a DAO was given names the label and the table", () => {
  it.each<[string, (dao: Awaited<ReturnType<typeof open>>) => Promise<unknown>, string, new (message: never) => Error]>(
    [
      ["an entity", (it) => it.insert(undefined as never), "an entity is an object", ParameterError],
      [
        "a generated column",
        (it) => it.insert({ id: 1 } as never),
        "the database fills id; leave it out",
        ParameterError,
      ],
      ["a key", (it) => it.findById(undefined as never), "the key needs a value for id", ParameterError],
      [
        "a filter",
        (it) => it.findBy({ name: undefined } as never),
        'the filter on "name" is undefined',
        ParameterError,
      ],
      [
        "an order",
        (it) => it.findAll({ orderBy: { name: "DESC" as never } }),
        'the order by "name" is',
        ParameterError,
      ],
      ["a limit", (it) => it.findAll({ limit: -1 }), '"limit" must be an integer of at least 0', ParameterError],
      ["a pattern", (it) => it.findBy({ name: op.like("a\\") }), "a pattern ends with a backslash", ParameterError],
      ["a change", (it) => it.update(1, {}), "an update must change at least one column", ParameterError],
      ["a list", (it) => it.insertMany({} as never), "insertMany takes a list of entities", ParameterError],
      ["a cursor", (it) => it.pageAfter({ limit: 1, after: "made up" }), "this is no cursor", InvalidCursorError],
      ["a step that is missing", (it) => it.restore(1), "it has no softDelete()", ConfigurationError],
      [
        "a stream",
        async (it) => {
          for await (const _row of it.stream({ name: undefined } as never));
        },
        'the filter on "name" is undefined',
        ParameterError,
      ],
    ],
  )("%s", async (_what, call, problem, Expected) => {
    const error: unknown = await call(await open()).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(Expected);
    if (!isMdbError(error)) throw error;
    expect(error.message).toContain(`orders (fake): table items: ${problem}`);
    expect([error.database, error.engine]).toEqual(["orders", "fake"]);
  });
});

describe("what is no table is refused by name", () => {
  const noTable = "a DAO is made of a table, as defineTable() gives it, not ";

  it.each<[() => unknown, string]>([
    [() => DaoBase.for("items" as never), `${noTable}a string`],
    [() => DaoBase.for(undefined as never), `${noTable}undefined`],
    [() => TransactionalDao.for({} as never), `${noTable}an object`],
    [() => new DaoBase(items.name as never, undefined as never), `${noTable}an array`],
    [() => defineTable(undefined as never), "a table's name is a text, or a list of its parts, not undefined"],
    [() => defineTable(""), "a table needs a name"],
  ])("%s", (make, problem) => {
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(problem);
  });
});
