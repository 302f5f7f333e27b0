import { DatabaseManager, defineDatabase, UnsupportedError } from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { expect, it } from "vitest";
import { kyselyDialect } from "../src/index.ts";

it("refuses an engine that Kysely has no SQL for", async () => {
  await using databases = new DatabaseManager({ other: defineDatabase(fakeDriver().driver, { name: "kysely" }) });
  expect(() => kyselyDialect(databases.database("other"))).toThrow(UnsupportedError);
  expect(() => kyselyDialect(databases.database("other"))).toThrow("only for postgres, sqlite, mssql, mysql, mariadb");
});
