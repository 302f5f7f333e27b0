import { DaoBase, type Database, type DatabaseManager, defineTable, op, sql } from "@nsj/mdb-core";
import type { mssql } from "../../src/index.ts";

interface Product {
  readonly id: number;
  readonly code: string;
  readonly price: string | number | null;
  readonly photo: Uint8Array | null;
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

interface Line {
  readonly orderId: number;
  readonly position: number;
  readonly text: string;
}

const lines = defineTable<Line>(["dbo", "golden_lines"]).primaryKey("orderId", "position");

class LineDao extends DaoBase.for(lines) {}

/** What the cases find in the database. */
export const goldenTables = `
  create table golden_products (id int identity(1, 1) primary key, code nvarchar(50) not null unique, price decimal(18, 4) null,
    photo varbinary(max) null, deleted_at datetime2 null, version int not null);
  create table golden_lines (orderId int not null, position int not null, text nvarchar(100) not null, primary key (orderId, position));
`;

export const goldenProcedure = `
  create procedure golden_procedure @a int, @b decimal(10, 2) output as begin set @b = @b * @a; return 3; end`;

/** What a text has to keep to, and where under https://learn.microsoft.com/sql/ the documentation says so. */
const rules = {
  names: "Names stand in brackets, a closing bracket inside doubled. t-sql/functions/quotename-transact-sql",
  window:
    "OFFSET and FETCH belong to ORDER BY and cannot stand without it. t-sql/queries/select-order-by-clause-transact-sql",
  unordered:
    "OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. t-sql/queries/select-order-by-clause-transact-sql",
  nothing: "FETCH NEXT 0 ROWS is refused (10744). t-sql/queries/select-order-by-clause-transact-sql",
  parameters:
    "A request has at most 2 100 parameters, and sp_executesql needs two of them. sql-server/maximum-capacity-specifications-for-sql-server",
  like: "LIKE has no escape character unless ESCAPE names one; [ begins a class. t-sql/language-elements/like-transact-sql",
  lower:
    "LIKE compares by the column's collation; LOWER on both sides ignores case in each. t-sql/functions/lower-transact-sql",
  nulls: "= NULL is never true under ANSI_NULLS; IS NULL asks. t-sql/queries/is-null-transact-sql",
  nullsOrder: "NULL is the lowest value in an order. t-sql/queries/select-order-by-clause-transact-sql",
  count: "COUNT(*) is an int, and an error beyond it. t-sql/functions/count-transact-sql",
  output:
    "A target with triggers refuses OUTPUT without INTO (334). SELECT INTO copies no identity from UNION ALL. t-sql/queries/output-clause-transact-sql",
  ordinal:
    "OUTPUT gives its rows in any order: each carries the number of its entity, which only MERGE can pass through. t-sql/queries/output-clause-transact-sql",
  values:
    "A column of VALUES has one type in all rows, the highest: kinds of values that would lose digits go apart. t-sql/data-types/data-type-precedence-transact-sql",
  nullBytes:
    "nvarchar does not convert to varbinary, not even NULL (257): a NULL of a column of bytes says its type. t-sql/data-types/data-type-conversion-database-engine",
  update: "Columns to the right of = in SET have their values from before. t-sql/queries/update-transact-sql",
  merge:
    "HOLDLOCK keeps the range of the key locked between looking and inserting; MERGE ends with a semicolon. t-sql/statements/merge-transact-sql",
  identity:
    "A MERGE that names an identity column is refused (544), whether it inserts or not: an update, then an insert. t-sql/statements/set-identity-insert-transact-sql",
  moment: "A Date goes as datetime2(7): datetime counts in steps of 3.33 ms. t-sql/data-types/datetime2-transact-sql",
  bulk: "A bulk load checks constraints and runs triggers only when told so. t-sql/statements/bulk-insert-transact-sql",
  savepoint:
    "A savepoint has a name of at most 32 characters, and no release. t-sql/language-elements/save-transaction-transact-sql",
  isolation:
    "The level stays on the session after its transaction and is put back. t-sql/statements/set-transaction-isolation-level-transact-sql",
  executesql:
    "A text with parameters goes through sp_executesql, one without as a batch. relational-databases/system-stored-procedures/sp-executesql-transact-sql",
  procedure:
    "A procedure is called by name with named parameters, no text. t-sql/language-elements/execute-transact-sql",
} as const;

/** One use of the library, and the rule that its texts have to keep. */
export interface GoldenCase {
  readonly name: string;
  readonly rule: string;
  readonly run: (use: GoldenUse) => Promise<unknown>;
}

/** What a case works with. */
export interface GoldenUse {
  readonly products: ProductDao;
  readonly lines: LineDao;
  readonly main: Database;
  readonly databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;
}

export function goldenUse(databases: GoldenUse["databases"]): GoldenUse {
  const main = databases.database("main");
  return { products: new ProductDao(main), lines: new LineDao(main), main, databases };
}

function golden(name: string, rule: keyof typeof rules, run: GoldenCase["run"]): GoldenCase {
  return { name, rule: rules[rule], run };
}

const one = ({ products: dao }: GoldenUse, code: string) => dao.insert({ code });

export const goldenCases: readonly GoldenCase[] = [
  golden("findById", "names", ({ products: dao }) => dao.findById(1)),
  golden("findByIds of a key of two columns", "parameters", ({ lines: dao }) =>
    dao.findByIds([
      { orderId: 1, position: 1 },
      { orderId: 1, position: 2 },
    ]),
  ),
  golden("findOne", "unordered", ({ products: dao }) => dao.findOne({ code: "a" })),
  golden("findBy with every comparison", "parameters", ({ products: dao }) =>
    dao.findBy({
      code: op.both(op.in(["a", "b"]), op.ne("c")),
      price: op.both(op.gte("1.5"), op.lt("9")),
      id: op.between(1, 9),
    }),
  ),
  golden("findBy with LIKE", "like", ({ products: dao }) => dao.findBy({ code: op.like("a\\%[x%") })),
  golden("findBy ignoring case", "lower", ({ products: dao }) => dao.findBy({ code: op.ilike("A%") })),
  golden("findBy null and not", "nulls", ({ products: dao }) =>
    dao.findBy({ price: op.isNull(), [op.not]: { [op.or]: [{ code: "a" }, { code: "b" }] } }),
  ),
  golden("findAll in order", "window", ({ products: dao }) => dao.findAll({ orderBy: { price: "desc" }, limit: 2 })),
  golden("findAll with a limit of 0", "nothing", ({ products: dao }) => dao.findAll({ limit: 0 })),
  golden("exists", "unordered", ({ products: dao }) => dao.exists({ code: "a" })),
  golden("count", "count", ({ products: dao }) => dao.count({ code: "a" })),
  golden("insert", "output", ({ products: dao }) => dao.insert({ code: "i", price: "1.5" })),
  golden("insert of defaults and NULL", "nullBytes", ({ products: dao }) =>
    dao.insert({ code: "n", price: null, photo: null }),
  ),
  golden("insertMany", "ordinal", ({ products: dao }) => dao.insertMany([{ code: "m1" }, { code: "m2" }])),
  golden("insertMany of numbers, some in digits", "values", ({ products: dao }) =>
    dao.insertMany([
      { code: "k1", price: "12345678901234.5678" },
      { code: "k2", price: null },
      { code: "k3", price: 0.25 },
    ]),
  ),
  golden("page", "window", ({ products: dao }) => dao.page({ orderBy: { code: "asc" }, limit: 2, offset: 2 })),
  golden("pageAfter", "nullsOrder", async ({ products: dao }) => {
    const { next } = await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2 });
    await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2, after: next });
  }),
  golden("update", "output", async (use) => use.products.update((await one(use, "u")).id, { code: "u2" })),
  golden("update of a version", "update", async (use) =>
    use.products.update((await one(use, "v")).id, { code: "v2", version: 1 }),
  ),
  golden("updateBy", "update", ({ products: dao }) => dao.updateBy({ code: "x" }, { price: null })),
  golden("upsert", "merge", ({ products: dao }) => dao.upsert({ code: "s", price: "2" }, { conflict: ["code"] })),
  golden("upsert of nothing but a key", "output", ({ lines: dao }) =>
    dao.upsert({ orderId: 7, position: 1, text: "x" }, { conflict: ["orderId", "position", "text"] }),
  ),
  golden("upsert of a generated key", "identity", async (use) =>
    use.products.upsert({ id: (await one(use, "g")).id, code: "g2" }),
  ),
  golden("delete, softly", "moment", async (use) => use.products.delete((await one(use, "d")).id)),
  golden("delete", "names", ({ lines: dao }) => dao.delete({ orderId: 1, position: 1 })),
  golden("deleteBy", "moment", ({ products: dao }) => dao.deleteBy({ code: "x" })),
  golden("restore", "nulls", async (use) => use.products.restore((await one(use, "r")).id)),
  golden("bulkInsert", "bulk", ({ products: dao }) =>
    dao.bulkInsert([
      { code: "b1", price: "1" },
      { code: "b2", price: null },
    ]),
  ),
  golden("stream", "executesql", async ({ products: dao }) => {
    for await (const _ of dao.stream({ code: "a" }));
  }),
  golden("executeMany", "executesql", ({ main }) =>
    main.executeMany("update golden_products set price = :price where code = :code", [
      { price: "1", code: "a" },
      { price: "2", code: "b" },
    ]),
  ),
  golden("a transaction with a savepoint", "savepoint", ({ databases }) =>
    databases.transaction("main", async (tx) => {
      await tx.execute(sql`update golden_products set price = ${"3"} where code = ${"a"}`);
      await tx.savepoint((inner) => inner.execute(sql`delete from golden_products where code = ${"a"}`));
    }),
  ),
  golden("a transaction whose savepoint fails", "savepoint", ({ databases }) =>
    databases.transaction("main", async (tx) => {
      await tx.execute("select 1 as one");
      await tx.savepoint((inner) => inner.execute("select no_such_column from golden_products")).catch(() => {});
    }),
  ),
  golden("a level that does not leak", "isolation", async ({ databases, main }) => {
    await databases.transaction("main", (tx) => tx.query(sql`select 1 as one`), { isolation: "serializable" });
    await main.query(sql`select 2 as two`);
  }),
  golden("a procedure", "procedure", ({ main }) =>
    main.call("dbo.golden_procedure", { a: 2, b: sql.inout("decimal(10, 2)", "1.5") }),
  ),
  golden("named parameters", "executesql", ({ main }) => main.query("select :a + :b as c, ':a' as d", { a: 1, b: 2 })),
  golden("hostile names", "names", ({ main }) =>
    main.query(sql`select 1 as ${sql.identifier("a]b[c")}, 2 as ${sql.identifier("select")}`),
  ),
];
