import { spawnSync } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { connect } from "node:net";
import pg from "pg";
import { expect, inject, it } from "vitest";
import { startPostgres } from "../src/index.ts";

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

it("stops a server that has ended by itself already, and removes its files", async () => {
  const server = await startPostgres();
  const client = new pg.Client({ connectionString: server.url });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query("show data_directory");
  const directory = String(rows[0].data_directory);
  const [pid = ""] = (await readFile(`${directory}/postmaster.pid`, "utf8")).split("\n");
  process.kill(Number(pid), "SIGINT");
  await expect.poll(() => answers(server.url), { timeout: 20_000 }).toBe(false);
  await server.stop();
  await expect(access(directory)).rejects.toThrow();
}, 60_000);

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
