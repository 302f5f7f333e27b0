import { pathToFileURL } from "node:url";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DaoBase, DatabaseManager, type Table } from "@nsj/mdb-core";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { expect, inject, it, onTestFinished } from "vitest";
import { codegen } from "../src/index.ts";
import { scratchFolder, writeModule } from "./support/command.ts";
import { compileProblems } from "./support/compile.ts";

/** What was written, to be compiled together. */
const written: string[] = [];

/** A written module, as an application would load it. */
async function load(text: string): Promise<Readonly<Record<string, Table<never>>>> {
  written.push(text);
  return await import(pathToFileURL(await writeModule(await scratchFolder(), "tables.ts", text)).href);
}

it("a PostgreSQL's enums, domains, arrays, partitions and views are written as what they give", async () => {
  const schema = "codegen_kinds";
  const manager = new DatabaseManager({
    shop: postgres({ connectionString: inject("postgresUrl"), schema, pool: { max: 1 } }),
  });
  onTestFinished(() => manager.close());
  const shop = manager.database("shop");
  onTestFinished(() => shop.execute(`drop schema ${schema} cascade`).then(() => {}));
  for (const text of [
    `create schema ${schema}`,
    "create type mood as enum ('sad', 'happy')",
    "create domain email as text check (value like '%@%')",
    "create domain positive as integer not null check (value > 0)",
    "create domain amount as numeric(12, 2)",
    "create type place as (street text, number integer)",
    "create table people (id serial primary key, mood mood not null, moods mood[], email email, emails email[], age positive, amount amount, home place, during tstzrange, words tsvector, bits bit(3), big bigint[], exact numeric[], at timestamptz[], address inet, doc json)",
    "create table logs (at date not null, what text) partition by range (at)",
    "create table logs_2026 partition of logs for values from ('2026-01-01') to ('2027-01-01')",
    "create view happy as select id, email from people where mood = 'happy'",
  ])
    await shop.execute(text);
  const { text, undecided } = await codegen(shop);
  expect(text).toMatchInlineSnapshot(`
    "// Written by \`mdb codegen shop\` from the database itself: change the database, and run it again.
    import { defineTable } from "@nsj/mdb-core";

    export interface Logs {
      readonly at: string;
      readonly what: string | null;
    }

    export const logs = defineTable<Logs>("logs");

    export interface People {
      readonly id: number;
      readonly mood: string;
      readonly moods: readonly (string | null)[] | null;
      readonly email: string | null;
      readonly emails: readonly (string | null)[] | null;
      readonly age: number;
      readonly amount: string | null;
      readonly home: string | null;
      readonly during: string | null;
      readonly words: string | null;
      readonly bits: string | null;
      readonly big: readonly (number | bigint | null)[] | null;
      readonly exact: readonly (string | null)[] | null;
      readonly at: readonly (Date | null)[] | null;
      readonly address: string | null;
      readonly doc: unknown;
    }

    export const people = defineTable<People>("people")
      .primaryKey("id")
      .generated("id")
      .codecs({ doc: "json" });
    "
  `);
  expect(undecided).toEqual(["logs: it has no primary key, so that only the finders of its DAO work"]);
  await shop.execute(
    "insert into people (mood, moods, email, emails, age, amount, big, exact, at) values ('happy', '{sad}', 'a@b', '{c@d}', 3, 1.5, '{1}', '{2.5}', '{2026-01-02 03:04:05.678Z}')",
  );
  const module = await load(text);
  const people = new (DaoBase.for(module["people"] as Table<never>))(shop) as unknown as {
    findById(id: number): Promise<object>;
  };
  expect(await people.findById(1)).toMatchObject({
    mood: "happy",
    moods: ["sad"],
    email: "a@b",
    emails: ["c@d"],
    age: 3,
    amount: "1.50",
    big: [1],
    exact: ["2.5"],
    at: [new Date("2026-01-02T03:04:05.678Z")],
  });
  const view = await codegen(shop, { tables: ["happy"] });
  expect(view.text).toContain(
    "export interface Happy {\n  readonly id: number | null;\n  readonly email: string | null;\n}",
  );
  expect(view.undecided).toEqual(["happy: it has no primary key, so that only the finders of its DAO work"]);
  written.push(view.text);
});

it("a MariaDB's enums, sets and views are written as what they give", async ({ skip }) => {
  const connectionString = inject("mysqlUrl");
  if (!connectionString) return skip(mysqlNeeded);
  const manager = new DatabaseManager({
    shop: (connectionString.startsWith("mariadb:") ? mariadb : mysql)({ connectionString, pool: { max: 1 } }),
  });
  onTestFinished(() => manager.close());
  const shop = manager.database("shop");
  const tables = ["codegen_kinds", "codegen_happy"];
  onTestFinished(() =>
    shop
      .execute("drop view codegen_happy")
      .then(() => shop.execute("drop table codegen_kinds"))
      .then(() => {}),
  );
  await shop.execute(
    "create table codegen_kinds (id int auto_increment primary key, mood enum('sad', 'happy') not null, moods set('a', 'b'), tiny tinyint, yes tinyint(1), bits bit(3), wide bit(64), y year, big bigint unsigned, f float, c char(3), t time, ts timestamp null, doubled int as (tiny * 2) virtual, stored int as (tiny * 3) stored, p point)",
  );
  await shop.execute("create view codegen_happy as select id from codegen_kinds where mood = 'happy'");
  const { text, undecided } = await codegen(shop, { tables });
  expect(text).toMatchInlineSnapshot(`
    "// Written by \`mdb codegen shop\` from the database itself: change the database, and run it again.
    import { defineTable } from "@nsj/mdb-core";

    export interface CodegenHappy {
      readonly id: number;
    }

    export const codegenHappy = defineTable<CodegenHappy>("codegen_happy");

    export interface CodegenKinds {
      readonly id: number;
      readonly mood: string;
      readonly moods: string | null;
      readonly tiny: number | null;
      readonly yes: boolean | null;
      readonly bits: number | null;
      readonly wide: number | bigint | null;
      readonly y: number | null;
      readonly big: number | bigint | null;
      readonly f: number | null;
      readonly c: string | null;
      readonly t: string | null;
      readonly ts: Date | null;
      readonly doubled: number | null;
      readonly stored: number | null;
      readonly p: unknown;
    }

    export const codegenKinds = defineTable<CodegenKinds>("codegen_kinds")
      .primaryKey("id")
      .generated("id", "doubled", "stored");
    "
  `);
  expect(undecided).toEqual([
    "codegen_happy: it has no primary key, so that only the finders of its DAO work",
    "codegen_kinds.p: what a point gives is its driver's own, so its values are unknown",
  ]);
  await shop.execute(
    "insert into codegen_kinds (mood, moods, tiny, yes, bits, wide, y, big) values ('happy', 'a,b', 3, 1, b'101', 9007199254740993, 2026, 18446744073709551615)",
  );
  const module = await load(text);
  const kinds = new (DaoBase.for(module["codegenKinds"] as Table<never>))(shop) as unknown as {
    findById(id: number): Promise<object>;
  };
  expect(await kinds.findById(1)).toMatchObject({
    mood: "happy",
    moods: "a,b",
    yes: true,
    bits: 5,
    wide: 9_007_199_254_740_993n,
    y: 2026,
    big: 18_446_744_073_709_551_615n,
    doubled: 6,
    stored: 9,
  });
});

it("what was written compiles in a strict application", { timeout: 120_000 }, async () => {
  expect(written.length).toBeGreaterThanOrEqual(2);
  const folder = await scratchFolder();
  const paths = await Promise.all(written.map((text, index) => writeModule(folder, `tables-${index}.ts`, text)));
  expect(compileProblems(paths)).toEqual([]);
});
