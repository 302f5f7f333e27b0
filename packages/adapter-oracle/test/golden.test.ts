import { DaoBase, DatabaseManager, defineTable, op, ParameterError, sql, unlimited } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oracle } from "../src/index.ts";
import { ownServer } from "./support/server.ts";
import { connected } from "./support/statements.ts";

interface Product {
  readonly id: number;
  readonly code: string;
  readonly price: string | null;
  readonly deletedAt: Date | null;
  readonly version: number;
}

const products = defineTable<Product>("golden_products")
  .primaryKey("id")
  .generated("id")
  .version("version")
  .softDelete("deletedAt")
  .columns({ deletedAt: "deleted_at" });

class ProductDao extends DaoBase.for(products) {}

interface Stock {
  readonly warehouse: number;
  readonly item: string;
  readonly amount: number;
}

class StockDao extends DaoBase.for(defineTable<Stock>("golden_stock").primaryKey("warehouse", "item")) {}

type Databases = DatabaseManager<{ main: ReturnType<typeof oracle> }>;

interface Golden {
  readonly name: string;
  readonly rule?: keyof typeof rules;
  readonly run: (dao: ProductDao, databases: Databases) => Promise<unknown>;
}

/** What a text has to keep to, and under which heading Oracle's "SQL Language Reference" says so, where nothing else is named. */
const rules = {
  session:
    "One ALTER SESSION sets several parameters. Text that is converted on the server has a point and ISO dates, dates without a zone are UTC. (ALTER SESSION)",
  reset:
    "2 is DBMS_SESSION.REINITIALIZE: package variables start anew once the block has ended; PUBLIC may execute it. (PL/SQL Packages and Types Reference, DBMS_SESSION)",
  names:
    "Unquoted names are stored in upper case; in quotes a name stands exactly as it is, reserved words too, but can hold no double quote; 30 bytes before 12.2, then 128. (Database Object Naming Rules)",
  limit:
    "From 12.1; offset and row count are binds or constants; without ORDER BY any rows come, which is all that is asked for here; two columns of one name are ORA-00918. (SELECT, row_limiting_clause)",
  ordered:
    "OFFSET and FETCH follow ORDER BY, which the primary key makes unambiguous; NULL sorts last when ascending. (SELECT)",
  list: "At most 1 000 expressions stand in one list, ORA-01795 beyond; text meets a NUMBER column as TO_NUMBER of the text. (IN Condition; Data Conversion)",
  like: "LIKE has no escape character unless ESCAPE names one, and then it can stand in front of %, _ and itself only, ORA-01424. (LIKE Condition)",
  describe:
    "The columns and types of what RETURNING gives are asked for once per table: a query that is never true reads no row.",
  returning:
    "RETURNING gives the values of each row changed, into one bind per expression; not for remote tables, nor for views with INSTEAD OF triggers. (INSERT; UPDATE, returning_clause)",
  single:
    "VALUES takes one row before 23ai, so each row is a statement; array execution gives back no generated keys in their order. (INSERT)",
  upsert:
    "MERGE gives nothing back before 23ai, so: update, and where nothing was changed insert behind a savepoint, to which a duplicate key (ORA-00001) goes back. (MERGE; SAVEPOINT)",
  array:
    "One text with many sets of binds; the server names each set that fails. (node-oracledb, Batch Statement Execution)",
  savepoint: "A savepoint of the same name replaces the earlier one; there is no release. (SAVEPOINT)",
  transaction:
    "Must be the first statement of its transaction, and ends with it. SERIALIZABLE is a snapshot. A transaction needs no beginning. (SET TRANSACTION)",
  call: "Parameters by name, in quotes as they are stored; a function's result is assigned. (PL/SQL Language Reference, Subprogram Parameters)",
  binds: "A bind is no bind inside a literal, q-quoted ones included. (Text Literals)",
  dual: "A SELECT needs FROM before 23ai: DUAL has one row. (Selecting from the DUAL Table)",
} as const;

const cases: readonly Golden[] = [
  {
    name: "what a table's columns are",
    rule: "describe",
    run: (dao) => dao.insert({ code: "first" }),
  },
  { name: "findById", rule: "names", run: (dao) => dao.findById(1) },
  { name: "findOne", rule: "limit", run: (dao) => dao.findOne({ code: "a" }) },
  {
    name: "findBy with every comparison",
    rule: "list",
    run: (dao) =>
      dao.findBy({
        code: op.both(op.in(["a", "b"]), op.ne("c")),
        price: op.both(op.gte("1.5"), op.lt("9")),
        id: op.between(1, 9),
      }),
  },
  { name: "findBy with LIKE", rule: "like", run: (dao) => dao.findBy({ code: op.like("a\\%_x%") }) },
  { name: "findBy ignoring case", rule: "like", run: (dao) => dao.findBy({ code: op.ilike("A%") }) },
  {
    name: "findBy null and not",
    run: (dao) => dao.findBy({ price: op.isNull(), [op.not]: { [op.or]: [{ code: "a" }, { code: "b" }] } }),
  },
  { name: "findAll in order", rule: "ordered", run: (dao) => dao.findAll({ orderBy: { price: "desc" }, limit: 2 }) },
  { name: "exists", rule: "limit", run: (dao) => dao.exists({ code: "a" }) },
  { name: "count", run: (dao) => dao.count({ code: "a" }) },
  {
    name: "page",
    rule: "ordered",
    run: async (dao) => {
      await dao.insertMany(["g1", "g2", "g3"].map((code) => ({ code })));
      await dao.page({ orderBy: { code: "asc" }, limit: 2, offset: 2 });
    },
  },
  {
    name: "pageAfter",
    rule: "ordered",
    run: async (dao) => {
      const { next } = await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2 });
      await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2, after: next });
    },
  },
  { name: "insert", rule: "returning", run: (dao) => dao.insert({ code: "i", price: "1.5" }) },
  { name: "insertMany", rule: "single", run: (dao) => dao.insertMany([{ code: "m1" }, { code: "m2" }]) },
  { name: "update", rule: "returning", run: async (dao) => dao.update((await one(dao, "u")).id, { code: "u2" }) },
  { name: "update of a version", run: async (dao) => dao.update((await one(dao, "v")).id, { code: "v2", version: 1 }) },
  { name: "updateBy", run: (dao) => dao.updateBy({ code: "x" }, { price: null }) },
  { name: "upsert", rule: "upsert", run: (dao) => dao.upsert({ code: "s", price: "2" }, { conflict: ["code"] }) },
  { name: "delete", run: async (dao) => dao.delete((await one(dao, "d")).id) },
  { name: "deleteBy", run: (dao) => dao.deleteBy({ code: "x" }) },
  { name: "restore", run: async (dao) => dao.restore((await one(dao, "r")).id) },
  {
    name: "bulkInsert",
    rule: "array",
    run: (dao) =>
      dao.bulkInsert([
        { code: "b1", price: "1" },
        { code: "b2", price: null },
      ]),
  },
  {
    name: "stream",
    run: async (dao) => {
      for await (const _ of dao.stream({ code: "a" }));
    },
  },
  {
    name: "composite keys",
    rule: "list",
    run: async (_, databases) => {
      const stocks = new StockDao(databases.database("main"));
      await stocks.upsert({ warehouse: 1, item: "nut", amount: 2 });
      await stocks.findByIds([
        { warehouse: 1, item: "nut" },
        { warehouse: 2, item: "bolt" },
      ]);
      await stocks.delete({ warehouse: 1, item: "nut" });
    },
  },
  {
    name: "a transaction with a savepoint",
    rule: "savepoint",
    run: (_, databases) =>
      databases.transaction("main", async (tx) => {
        await tx.execute(sql`update golden_products set price = ${"3"} where code = ${"a"}`);
        await tx.savepoint((inner) => inner.execute(sql`delete from golden_products where code = ${"a"}`));
        await tx.savepoint((inner) => inner.execute("delete from nothing")).catch(() => undefined);
      }),
  },
  {
    name: "levels and read-only",
    rule: "transaction",
    run: async (_, databases) => {
      await databases.transaction("main", (tx) => tx.query(sql`select 1 as one from dual`), { isolation: "snapshot" });
      await databases.transaction("main", (tx) => tx.query(sql`select 2 as two from dual`), {
        isolation: "read committed",
      });
      await databases.transaction("main", (tx) => tx.query(sql`select 3 as three from dual`), { readOnly: true });
    },
  },
  {
    name: "a procedure and a function",
    rule: "call",
    run: async (_, databases) => {
      const database = databases.database("main");
      await database.call("golden_procedure", { a: 1, total: sql.out("number") });
      await database.call("scott.golden_function", { a: 1, return: sql.out("number") });
    },
  },
  {
    name: "executeMany",
    rule: "array",
    run: (_, databases) =>
      databases.database("main").executeMany("update golden_products set price = :price where code = :code", [
        { price: "1", code: "a" },
        { price: "2", code: "b" },
      ]),
  },
  {
    name: "named parameters",
    rule: "binds",
    run: (_, databases) =>
      databases.database("main").query("select :a + :b as c, ':a' as d, q'[:b]' as e from dual", { a: 1, b: 2 }),
  },
  {
    name: "hostile names",
    rule: "names",
    run: (_, databases) =>
      databases
        .database("main")
        .query(sql`select 1 as ${sql.identifier("a b;'--")}, 2 as ${sql.identifier("select")} from dual`),
  },
];

function one(dao: ProductDao, code: string): Promise<Product> {
  return dao.insert({ code });
}

describe("the SQL that is sent", () => {
  const server = ownServer();
  let databases: Databases;

  beforeAll(async () => {
    databases = new DatabaseManager({ main: oracle({ ...server.options(), pool: { max: 1 } }) });
    for (const text of [
      `create table golden_products (id number(10) generated always as identity primary key, code varchar2(50) not null,
       price number(18, 4), deleted_at timestamp(3), version number(10) not null)`,
      "create table golden_stock (warehouse number(5), item varchar2(20), amount number(10), primary key (warehouse, item))",
      "create procedure golden_procedure(a in number, total out number) as begin total := a; end;",
      "create function golden_function(a in number) return number as begin return a; end;",
    ])
      await databases.database("main").execute(text);
  });

  afterAll(() => databases?.close());

  it("is what the golden file shows, and keeps the documentation's rules", async () => {
    const sections: string[] = [];
    const section = async (name: string, rule: keyof typeof rules | undefined, run: () => Promise<unknown>) => {
      const texts = server.own.record();
      await run();
      for (const text of texts) checkRules(text);
      const heading = rule === undefined ? `-- ${name}` : `-- ${name}\n-- Rule: ${rules[rule]}`;
      sections.push([heading, ...texts.map((text) => text.trimEnd())].join("\n"));
    };
    await section("a login", "session", async () => {
      const connection = await connected(server, { schema: "adams" });
      connection.destroy();
    });
    await section("a session is put back", "reset", async () => {
      const connection = await connected(server);
      await connection.reset?.({ scope: "session" }, unlimited);
      connection.destroy();
    });
    for (const { name, rule, run } of cases)
      await section(name, rule, () => run(new ProductDao(databases.database("main")), databases));
    await expect(`${sections.join("\n\n")}\n`).toMatchFileSnapshot("golden/statements.golden.sql");
  });

  it("never has more than 1 000 expressions in a list, however many values there are", async () => {
    const texts = server.own.record();
    const dao = new ProductDao(databases.database("main"));
    await dao.findByIds(Array.from({ length: 2_500 }, (_, index) => index));
    await dao.findBy({ code: op.in(Array.from({ length: 1_500 }, (_, index) => `c${index}`)) });
    const lengths = texts.flatMap((text) =>
      [...text.matchAll(/ in \(([^)]*)\)/g)].map(([, list = ""]) => list.split(",").length),
    );
    expect(Math.max(...lengths)).toBe(1_000);
    // In a few sizes, so that plans are used again: 500 and 500 become 512.
    expect(lengths).toEqual([1_000, 1_000, 512, 1_000, 512]);
  });

  it("refuses a name that no version has room for, and a quote that no name can hold", async () => {
    const main = databases.database("main");
    const texts = server.own.record();
    await expect(main.query(sql`select 1 as ${sql.identifier("ä".repeat(65))} from dual`)).rejects.toThrow(/128/);
    await expect(main.query(sql`select 1 as ${sql.identifier('a"b')} from dual`)).rejects.toThrow(ParameterError);
    expect(texts).toEqual([]);
    expect(await main.query(sql`select 1 as ${sql.identifier("ä".repeat(64))} from dual`)).toHaveLength(1);
  });
});

/** Rules that any text can be asked about. */
function checkRules(text: string): void {
  expect(text).not.toMatch(/;\s*$(?<!END;)/);
  expect(text).not.toMatch(/\blimit\s+:/i);
  expect(text).not.toMatch(/^\s*values\b|\)\s*,\s*\(/i);
  if (/^\s*select\b/i.test(text)) expect(text).toMatch(/\bfrom\b/i);
  if (/\breturning\b/i.test(text)) expect(text).toMatch(/\breturning ("[^"]+"(, )?)+ into (:\d+(, )?)+$/);
  // Names that the library makes up fit into those of 12.1.
  for (const [, name = ""] of text.matchAll(/\b(?:as|savepoint) "?(\w+)/gi))
    expect(name.length).toBeLessThanOrEqual(30);
}
