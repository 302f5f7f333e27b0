import { spawnSync } from "node:child_process";
import pg from "pg";
import { expect, inject, it } from "vitest";

it("gives every test a real PostgreSQL", async () => {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  const { rows } = await client.query("show server_version_num");
  await client.end();
  expect(Number(rows[0].server_version_num)).toBeGreaterThanOrEqual(140_000);
});

it("leaves the exit code of its process alone, so that a failed test run says that it failed", () => {
  const module = new URL("../src/index.ts", import.meta.url).href;
  const script = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    await (await startPostgres()).stop();
    process.exitCode = 7;`;
  const argv = ["--conditions=mdb:source", "--input-type=module", "-e", script];
  expect(spawnSync(process.execPath, argv, { timeout: 60_000 }).status).toBe(7);
}, 60_000);
