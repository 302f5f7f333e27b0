import pg from "pg";
import { expect, inject, it } from "vitest";

it("gives every test a real PostgreSQL", async () => {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  const { rows } = await client.query("show server_version_num");
  await client.end();
  expect(Number(rows[0].server_version_num)).toBeGreaterThanOrEqual(140_000);
});
