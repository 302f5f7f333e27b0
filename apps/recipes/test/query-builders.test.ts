import { postgres } from "@nsj/mdb-adapter-postgres";
import { type Database, DatabaseManager } from "@nsj/mdb-core";
import { eq } from "drizzle-orm";
import { bigint, integer, jsonb, numeric, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { drizzleOn } from "../src/drizzle.ts";
import { knexOn } from "../src/knex.ts";

const users = pgTable("recipe_users", {
  id: integer().primaryKey(),
  name: text(),
  at: timestamp({ withTimezone: true }),
  big: bigint({ mode: "bigint" }),
  price: numeric(),
  facts: jsonb(),
});
const posts = pgTable("recipe_posts", { id: integer().primaryKey(), name: text(), user: integer().notNull() });

let manager: DatabaseManager<{ recipes: ReturnType<typeof postgres> }>;
let database: Database;
beforeAll(async () => {
  manager = new DatabaseManager({ recipes: postgres({ connectionString: inject("postgresUrl") }) });
  database = manager.database("recipes");
  await database.execute(
    "create table recipe_users (id int primary key, name text, at timestamptz, big bigint, price numeric, facts jsonb)",
  );
  await database.execute('create table recipe_posts (id int primary key, name text, "user" int not null)');
});
afterAll(async () => {
  await database.execute("drop table recipe_users, recipe_posts");
  await manager.close();
});

const ada = {
  id: 1,
  name: "ada",
  at: new Date("2026-01-02T03:04:05Z"),
  big: 9007199254740993n,
  price: "10.50",
  facts: { a: [1] },
};

describe("Drizzle", () => {
  it("reads and writes what it declares, also where two tables have columns of the same name", async () => {
    const drizzle = drizzleOn(database);
    await drizzle.insert(users).values(ada);
    await drizzle.insert(posts).values({ id: 7, name: "post", user: 1 });
    expect(await drizzle.select().from(users)).toEqual([ada]);
    const joined = await drizzle.select().from(users).innerJoin(posts, eq(posts.user, users.id));
    expect(joined).toEqual([{ recipe_users: ada, recipe_posts: { id: 7, name: "post", user: 1 } }]);
  });

  it("joins the transaction that the calling code is in", async () => {
    const drizzle = drizzleOn(database);
    const undone = database.transaction(async () => {
      await drizzle.insert(users).values({ id: 2 });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await drizzle.select({ id: users.id }).from(users)).toEqual([{ id: 1 }]);
  });
});

describe("Knex", () => {
  it("builds, runs and counts", async () => {
    const knex = knexOn(database);
    await knex.schema.createTable("recipe_knex", (table) => {
      table.increments("id");
      table.text("name");
    });
    expect(await knex("recipe_knex").insert({ name: "a" }).returning("*")).toEqual([{ id: 1, name: "a" }]);
    expect(await knex("recipe_knex").update({ name: "b" })).toBe(1);
    expect(await knex("recipe_knex").select("name").where({ id: 1 })).toEqual([{ name: "b" }]);
    expect(await knex("recipe_knex").del()).toBe(1);
    await knex.schema.dropTable("recipe_knex");
  });

  it("joins the transaction that the calling code is in, and begins none of its own", async () => {
    const knex = knexOn(database);
    const undone = database.transaction(async () => {
      await knex("recipe_posts").insert({ id: 8, name: "undone", user: 1 });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await knex("recipe_posts").where({ id: 8 })).toEqual([]);
    await expect(async () => knex.transaction(async () => {})).rejects.toThrow("use databases.transaction()");
  });
});
