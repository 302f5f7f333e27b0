import { DaoBase, DatabaseManager, defineTable, sql } from "@nsj/mdb-core";
import type { RecordedTdsRequest } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

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

/** What a text has to keep to, and where under https://learn.microsoft.com/sql/t-sql/ the documentation says so. */
const rules = {
  offset:
    "OFFSET and FETCH belong to ORDER BY and cannot stand without it. /queries/select-order-by-clause-transact-sql",
  unordered:
    "OFFSET and FETCH need an ORDER BY, but a constant is refused there (408): a subquery stands for no order. /queries/select-order-by-clause-transact-sql",
  output:
    "A target with triggers refuses OUTPUT without INTO; SELECT INTO copies an identity unless it comes from UNION ALL. /queries/output-clause-transact-sql",
  merge:
    "HOLDLOCK keeps the range of the key locked between looking and inserting; MERGE ends with a semicolon. /statements/merge-transact-sql",
  order:
    "OUTPUT gives its rows in any order: each carries the number of its entity, which only MERGE can pass through. /queries/output-clause-transact-sql",
  brackets: "Names stand in brackets, a closing bracket inside doubled. /functions/quotename-transact-sql",
  like: "LIKE has no escape character unless ESCAPE names one; [ begins a class. /language-elements/like-transact-sql",
  isolation:
    "The level stays on the session after its transaction and is put back. /statements/set-transaction-isolation-level-transact-sql",
} as const;

interface Golden {
  readonly name: string;
  readonly rule?: keyof typeof rules;
  readonly run: (dao: ProductDao, databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>) => Promise<unknown>;
}

const cases: readonly Golden[] = [
  { name: "findById", rule: "brackets", run: (dao) => dao.findById(1) },
  { name: "findOne", rule: "unordered", run: (dao) => dao.findOne({ code: "a" }) },
  {
    name: "findBy with every comparison",
    run: (dao) =>
      dao.findBy({ code: { in: ["a", "b"], ne: "c" }, price: { gte: "1.5", lt: "9" }, id: { between: [1, 9] } }),
  },
  { name: "findBy with LIKE", rule: "like", run: (dao) => dao.findBy({ code: { like: "a\\%[x%" } }) },
  { name: "findBy ignoring case", run: (dao) => dao.findBy({ code: { ilike: "A%" } }) },
  {
    name: "findBy null and not",
    run: (dao) => dao.findBy({ price: null, not: { or: [{ code: "a" }, { code: "b" }] } }),
  },
  { name: "findAll in order", run: (dao) => dao.findAll({ orderBy: { price: "desc" }, limit: 2 }) },
  { name: "exists", rule: "unordered", run: (dao) => dao.exists({ code: "a" }) },
  { name: "count", run: (dao) => dao.count({ code: "a" }) },
  {
    name: "page",
    rule: "offset",
    run: async (dao) => {
      await dao.insertMany(["g1", "g2", "g3"].map((code) => ({ code })));
      await dao.page({ orderBy: { code: "asc" }, limit: 2, offset: 2 });
    },
  },
  {
    name: "pageAfter",
    rule: "offset",
    run: async (dao) => {
      const { next } = await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2 });
      await dao.pageAfter({ orderBy: { price: "asc" }, limit: 2, after: next });
    },
  },
  { name: "insert", rule: "output", run: (dao) => dao.insert({ code: "i", price: "1.5" }) },
  { name: "insertMany", rule: "order", run: (dao) => dao.insertMany([{ code: "m1" }, { code: "m2" }]) },
  { name: "update", rule: "output", run: async (dao) => dao.update((await one(dao, "u")).id, { code: "u2" }) },
  { name: "update of a version", run: async (dao) => dao.update((await one(dao, "v")).id, { code: "v2", version: 1 }) },
  { name: "updateBy", run: (dao) => dao.updateBy({ code: "x" }, { price: null }) },
  { name: "upsert", rule: "merge", run: (dao) => dao.upsert({ code: "s", price: "2" }, { conflict: ["code"] }) },
  { name: "delete", run: async (dao) => dao.delete((await one(dao, "d")).id) },
  { name: "deleteBy", run: (dao) => dao.deleteBy({ code: "x" }) },
  { name: "restore", run: async (dao) => dao.restore((await one(dao, "r")).id) },
  {
    name: "bulkInsert",
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
    name: "a transaction with a savepoint",
    run: (_, databases) =>
      databases.transaction("main", async (tx) => {
        await tx.execute(sql`update golden_products set price = ${"3"} where code = ${"a"}`);
        await tx.savepoint((inner) => inner.execute(sql`delete from golden_products where code = ${"a"}`));
      }),
  },
  {
    name: "a level that does not leak",
    rule: "isolation",
    run: async (_, databases) => {
      await databases.transaction("main", (tx) => tx.query(sql`select 1 as one`), { isolation: "serializable" });
      await databases.database("main").query(sql`select 2 as two`);
    },
  },
  {
    name: "named parameters",
    run: (_, databases) => databases.database("main").query("select :a + :b as c, ':a' as d", { a: 1, b: 2 }),
  },
  {
    name: "hostile names",
    rule: "brackets",
    run: (_, databases) =>
      databases.database("main").query(sql`select 1 as ${sql.identifier("a]b[c")}, 2 as ${sql.identifier("select")}`),
  },
];

function one(dao: ProductDao, code: string): Promise<Product> {
  return dao.insert({ code });
}

describe("the T-SQL that is sent", () => {
  const server = useServer({ wireOnly: true });
  let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;

  beforeAll(async () => {
    databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 1 } }) });
    await databases.database("main").execute(
      `create table golden_products (id int identity(1, 1) primary key, code nvarchar(50) not null, price decimal(18, 4) null,
       deleted_at datetime2 null, version int not null)`,
    );
  });

  afterAll(() => databases?.close());

  it("is what the golden file shows, and keeps the documentation's rules", async () => {
    const sections: string[] = [];
    for (const { name, rule, run } of cases) {
      const requests: RecordedTdsRequest[] = [];
      const stop = server.wire?.record((request) => requests.push(request));
      try {
        await run(new ProductDao(databases.database("main")), databases);
      } finally {
        stop?.();
      }
      expect(requests, name).not.toEqual([]);
      for (const request of requests) checkRules(request);
      const heading = rule === undefined ? `-- ${name}` : `-- ${name}\n-- Rule: ${rules[rule]}`;
      sections.push([heading, ...requests.map(shown)].join("\n"));
    }
    await expect(`${sections.join("\n\n")}\n`).toMatchFileSnapshot("golden/statements.golden.sql");
  });

  // Two of them are those of sp_executesql. https://learn.microsoft.com/sql/sql-server/maximum-capacity-specifications-for-sql-server
  it("never has more than 2 100 parameters, however many values there are", async () => {
    const counts: number[] = [];
    const stop = server.wire?.record((request) => counts.push(request.parameters.length));
    const dao = new ProductDao(databases.database("main"));
    const ids = await dao.insertMany(Array.from({ length: 2_500 }, (_, index) => ({ code: `many${index}` })));
    await dao.findByIds(ids.map(({ id }) => id));
    stop?.();
    expect(Math.max(...counts)).toBeLessThanOrEqual(2_100);
    expect(Math.max(...counts)).toBeGreaterThan(1_000);
  });
});

/** One request as a reader wants it: the declared parameters, then the text. Values are left out. */
function shown({ kind, text, parameters, reset }: RecordedTdsRequest): string {
  const declared = kind === "rpc" ? String(parameters[1]?.value ?? "") : "";
  const notes = [declared === "" ? "" : `-- ${declared}`, reset ? "-- with a reset of the session" : ""];
  return [...notes, text.trimEnd()].filter((it) => it !== "").join("\n");
}

function checkRules({ text }: RecordedTdsRequest): void {
  const statements = text.toLowerCase();
  if (/\boffset @/.test(statements)) expect(statements).toMatch(/order by/);
  if (/\bmerge into\b/.test(statements)) expect(text).toMatch(/;/);
  if (/\bmerge into\b/.test(statements) && /when matched/.test(statements))
    expect(statements).toContain("with (holdlock)");
  if (/\boutput\b/.test(statements)) expect(statements).toMatch(/output [^;]* into #/);
}
