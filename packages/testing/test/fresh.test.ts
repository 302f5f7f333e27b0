import { existsSync } from "node:fs";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { ConfigurationError, DatabaseManager } from "@nsj/mdb-core";
import { expect, inject, it } from "vitest";
import { embeddedPostgres, freshDatabases } from "../src/index.ts";

it("makes a file and a schema that nobody else has, and drops them", async () => {
  const connectionString = inject("postgresUrl");
  let file = "";
  const make = () =>
    freshDatabases(
      {
        orders: ({ schema }) => postgres({ connectionString, schema }),
        audit: (place) => {
          file = place.file;
          return sqlite({ filename: place.file });
        },
      },
      async (databases) => {
        await databases.database("orders").execute("create table items (id integer)");
        await databases.database("audit").execute("create table items (id integer)");
      },
    );
  const [first, second] = await Promise.all([make(), make()]);
  await first.databases.database("orders").execute("insert into items values (1)");
  expect(await second.databases.database("orders").query("select * from items")).toEqual([]);
  const schema = await first.databases.database("orders").queryScalar("select current_schema");
  expect(existsSync(file)).toBe(true);
  await Promise.all([first.drop(), second[Symbol.asyncDispose]()]);
  await first.drop();
  expect(existsSync(file)).toBe(false);
  await using admin = new DatabaseManager({ main: postgres({ connectionString }) });
  const left = "select count(*)::int from pg_namespace where nspname = :schema";
  expect(await admin.database("main").queryScalar(left, { schema })).toBe(0);
});

it("drops everything when the tables cannot be made", async () => {
  let file = "";
  const making = freshDatabases(
    {
      audit: (place) => {
        file = place.file;
        return sqlite({ filename: place.file });
      },
    },
    (databases) => databases.database("audit").execute("create table"),
  );
  await expect(making).rejects.toThrow();
  expect(existsSync(file)).toBe(false);
});

it("refuses a schema where there is none", async () => {
  const making = freshDatabases({
    audit: ({ schema }) => sqlite({ filename: `file:${schema}?mode=memory` }),
  });
  await expect(making).rejects.toThrow(ConfigurationError);
});

it("starts a PostgreSQL of its own", async () => {
  await using server = await embeddedPostgres(["max_connections=20"]);
  await using fresh = await freshDatabases({
    orders: ({ schema }) => postgres({ connectionString: server.url, schema }),
  });
  expect(await fresh.databases.database("orders").queryScalar("show max_connections")).toBe("20");
});
