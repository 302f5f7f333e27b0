import { DatabaseManager } from "@nsj/mdb-core";
import { mdbHealth, mdbHono } from "@nsj/mdb-hono";
import { expect, it } from "vitest";

it.each<[string, (databases: never) => unknown]>([
  ["mdbHono", mdbHono],
  ["mdbHealth", mdbHealth],
])("%s refuses what is no manager where the application is put together", (name, make) => {
  const manager = new DatabaseManager({});
  const problem = `${name}: "databases" must be a DatabaseManager, new DatabaseManager({ ... }), not `;
  expect(() => make(undefined as never)).toThrow(`${problem}undefined`);
  expect(() => make({ databases: manager } as never)).toThrow(`${problem}something else`);
});
