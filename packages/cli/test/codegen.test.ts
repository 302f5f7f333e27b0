import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DaoBase, type Database, DatabaseManager, type Table } from "@nsj/mdb-core";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { afterAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { codegen } from "../src/index.ts";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";

const folder = await mkdtemp(join(tmpdir(), "mdb-codegen-"));
const manager = new DatabaseManager({
  postgres: postgres({ connectionString: inject("postgresUrl"), schema: "codegen", pool: { max: 2 } }),
  sqlite: sqlite({ filename: join(folder, "codegen.db") }),
});
afterAll(async () => {
  await manager.database("postgres").execute("drop schema if exists codegen cascade");
  await manager.close();
  await rm(folder, { recursive: true, force: true });
});

/** Loads a generated module as an application would, beside its packages. */
async function load(text: string): Promise<Record<string, Table<never, never, never, never>>> {
  const path = await writeModule(await scratchFolder(), "tables.ts", text);
  return (await import(pathToFileURL(path).href)) as Record<string, Table<never, never, never, never>>;
}

const made = new Date("2026-01-02T03:04:05.678Z");

describe("on PostgreSQL", () => {
  const database: Database = manager.database("postgres");
  it("every type of the contract is written as what a DAO gives", async () => {
    await database.execute("create schema if not exists codegen");
    await database.execute(`create table codegen.every_type (
      id bigint generated always as identity primary key, small_one integer not null, exact numeric(30, 10), float_one double precision, yes boolean,
      words varchar(20), raw bytea, on_day date, at_time time, made_at timestamp, made_there timestamptz, facts jsonb, "who is" uuid, numbers integer[],
      span interval, point_at point, doubled integer generated always as (small_one * 2) stored
    )`);
    const { text, undecided } = await codegen(database);
    expect(text).toMatchInlineSnapshot(`
      "// Written by \`mdb codegen postgres\` from the database itself: change the database, and run it again.
      import { defineTable } from "@nsj/mdb-core";

      export interface EveryType {
        readonly id: number | bigint;
        readonly smallOne: number;
        readonly exact: string | null;
        readonly floatOne: number | null;
        readonly yes: boolean | null;
        readonly words: string | null;
        readonly raw: Buffer | null;
        readonly onDay: string | null;
        readonly atTime: string | null;
        readonly madeAt: Date | null;
        readonly madeThere: Date | null;
        readonly facts: unknown;
        readonly whoIs: string | null;
        readonly numbers: readonly (number | null)[] | null;
        readonly span: string | null;
        readonly pointAt: string | null;
        readonly doubled: number | null;
      }

      export const everyType = defineTable<EveryType>("every_type")
        .primaryKey("id")
        .generated("id", "doubled")
        .columns({ smallOne: "small_one", floatOne: "float_one", onDay: "on_day", atTime: "at_time", madeAt: "made_at", madeThere: "made_there", whoIs: "who is", pointAt: "point_at" })
        .codecs({ facts: "json" });
      "
    `);
    expect(undecided).toEqual([]);

    const { everyType } = await load(text);
    const dao = new (DaoBase.for(everyType as Table<never>))(database) as unknown as {
      insert(row: object): Promise<{ id: number }>;
      findById(id: number): Promise<object>;
    };
    const row = {
      smallOne: 7,
      exact: "12345678901234567890.0123456789",
      floatOne: 0.5,
      yes: true,
      words: "tea",
      raw: Buffer.from("raw"),
      onDay: "2026-01-02",
      atTime: "03:04:05",
      madeAt: made,
      madeThere: made,
      facts: [],
      whoIs: "c0ffee00-0000-4000-8000-000000000000",
      numbers: [1, null],
      span: "1 day",
      pointAt: null,
    };
    const inserted = await dao.insert(row);
    expect(inserted).toEqual({ ...row, id: 1, doubled: 14 });
    expect(await dao.findById(inserted.id)).toEqual(inserted);
  });
});

describe("on SQLite", () => {
  const database: Database = manager.database("sqlite");
  it("keys, generated columns and booleans are found, and what has no key is told", async () => {
    await database.execute(
      "create table sales_orders (id integer primary key, item text not null, total decimal(10, 2), paid boolean not null, facts json, made_at timestamp)",
    );
    await database.execute(
      "create table pairs (a integer not null, b text not null, primary key (b, a)) without rowid",
    );
    await database.execute("create table log (what text default 'nothing')");
    const { text, undecided } = await codegen(database);
    expect(text).toMatchInlineSnapshot(`
      "// Written by \`mdb codegen sqlite\` from the database itself: change the database, and run it again.
      import { defineTable } from "@nsj/mdb-core";

      export interface Log {
        readonly what: string | null;
      }

      export const log = defineTable<Log>("log");

      export interface Pairs {
        readonly a: number;
        readonly b: string;
      }

      export const pairs = defineTable<Pairs>("pairs")
        .primaryKey("b", "a");

      export interface SalesOrders {
        readonly id: number;
        readonly item: string;
        readonly total: string | null;
        readonly paid: boolean;
        readonly facts: unknown;
        readonly madeAt: Date | null;
      }

      export const salesOrders = defineTable<SalesOrders>("sales_orders")
        .primaryKey("id")
        .generated("id")
        .columns({ madeAt: "made_at" })
        .codecs({ paid: "boolean", facts: "json" });
      "
    `);
    expect(undecided).toEqual([
      expect.stringContaining("log: it has no primary key"),
      expect.stringContaining("log.what: it has a default"),
    ]);

    const { salesOrders } = await load(text);
    const dao = new (DaoBase.for(salesOrders as Table<never>))(database) as unknown as {
      insert(row: object): Promise<object>;
      findById(id: number): Promise<object>;
    };
    const row = { item: "tea", total: "4.5", paid: true, facts: { a: [1] }, madeAt: made };
    expect(await dao.insert(row)).toEqual({ ...row, id: 1 });
    expect(await dao.findById(1)).toEqual({ ...row, id: 1 });
  });

  it("names that are no identifiers, or collide, stay apart", async () => {
    const other = new DatabaseManager({ odd: sqlite({ filename: ":memory:" }) });
    onTestFinished(() => other.close());
    const odd = other.database("odd");
    await odd.execute('create table "2nd try" ("a b" text primary key, a_b text, "ünï" text, "1st" text)');
    expect((await codegen(odd)).text).toMatchInlineSnapshot(`
      "// Written by \`mdb codegen odd\` from the database itself: change the database, and run it again.
      import { defineTable } from "@nsj/mdb-core";

      export interface T2ndTry {
        readonly aB: string;
        readonly aB2: string | null;
        readonly ünï: string | null;
        readonly t1st: string | null;
      }

      export const t2ndTry = defineTable<T2ndTry>("2nd try")
        .primaryKey("aB")
        .columns({ aB: "a b", aB2: "a_b", t1st: "1st" });
      "
    `);
  });
});

describe("on MySQL or MariaDB", () => {
  const connectionString = inject("mysqlUrl");
  it("keys, generated columns and documents are found", async ({ skip }) => {
    if (!connectionString) return skip(mysqlNeeded);
    const factory = connectionString.startsWith("mariadb:") ? mariadb : mysql;
    const other = new DatabaseManager({ shop: factory({ connectionString }) });
    onTestFinished(() => other.close());
    const shop = other.database("shop");
    await shop.execute("drop table if exists codegen_items");
    onTestFinished(() => shop.execute("drop table codegen_items").then(() => {}));
    await shop.execute(
      "create table codegen_items (id bigint auto_increment primary key, name varchar(50) not null, price decimal(10, 2), made_at datetime(6), stock int not null default 0, entered datetime(6) not null default current_timestamp(6), doubled int generated always as (stock * 2) stored)",
    );
    const { text, undecided } = await codegen(shop, { tables: ["codegen_items"] });
    expect(text).toContain(
      "export interface CodegenItems {\n  readonly id: number | bigint;\n  readonly name: string;\n  readonly price: string | null;\n  readonly madeAt: Date | null;\n  readonly stock: number;\n  readonly entered: Date;\n  readonly doubled: number | null;\n}",
    );
    expect(text).toContain('.primaryKey("id")\n  .generated("id", "doubled")\n  .columns({ madeAt: "made_at" })');
    expect(undecided).toEqual([
      expect.stringContaining("codegen_items.stock: it has a default"),
      expect.stringContaining("codegen_items.entered: it has a default"),
    ]);
  });
});

describe("the command", () => {
  it("writes a file, and says what it could not decide", async () => {
    const place = await scratchFolder();
    const file = join(place, "shop.db");
    const setUp = new DatabaseManager({ shop: sqlite({ filename: file }) });
    await setUp.database("shop").execute("create table items (id integer primary key, name text not null)");
    await setUp.database("shop").execute("create table notes (what text)");
    await setUp.close();
    const module = await writeModule(
      place,
      "databases.ts",
      `import { sqlite } from "@nsj/mdb-adapter-sqlite";\nexport const databases = { shop: sqlite({ filename: ${JSON.stringify(file)} }) };\n`,
    );
    const out = join(place, "tables.ts");
    const { code, errors } = await mdb("codegen", "shop", "--module", module, "--out", out);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining("notes: it has no primary key") });
    expect(await readFile(out, "utf8")).toContain(
      'export const items = defineTable<Items>("items")\n  .primaryKey("id")\n  .generated("id");',
    );
    expect((await mdb("codegen", "shop", "-m", module, "--tables", "itmes")).errors).toContain(
      'there is no table "itmes"',
    );
  });
});
