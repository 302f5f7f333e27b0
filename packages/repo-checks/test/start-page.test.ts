import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { expect, inject, it, onTestFinished } from "vitest";
import { parseDocument } from "../src/documents.ts";
import { read, root } from "../src/repository.ts";
import { runCommand } from "../src/run-command.ts";
import { workspaceNode } from "../src/workspace-node.ts";

it("docs/start.md is one program, from its first line to its last, and runs twice", { timeout: 60_000 }, async () => {
  const blocks = parseDocument("docs/start.md", read("docs/start.md")).blocks.filter(
    ({ language }) => language === "ts",
  );
  const folder = await mkdtemp(join(tmpdir(), "mdb-start-"));
  // Beside a package that depends on the published ones, so that their names resolve.
  const program = join(root, "packages/repo-checks/programs", `start-${process.pid}.ts`);
  onTestFinished(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(program, { force: true });
  });
  await writeFile(program, blocks.map(({ text }) => text).join("\n"));

  const server = new DatabaseManager({ postgres: postgres({ connectionString: inject("postgresUrl") }) });
  await server.database("postgres").execute("create schema start_page");
  onTestFinished(async () => {
    await server.database("postgres").execute("drop schema start_page cascade");
    await server.close();
  });
  const environment = { ORDERS_URL: inject("postgresUrl"), PGOPTIONS: "-c search_path=start_page" };
  for (const first of [true, false]) {
    const finished = await runCommand(workspaceNode, ["--conditions=mdb:source", program], {
      cwd: folder,
      environment,
    });
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    const lines = finished.stdout.trimEnd().split("\n");
    expect(lines.slice(0, 2)).toEqual(first ? ["1 1", "{ id: 3, item: 'coffee', total: '5.00' }"] : expect.anything());
    expect(lines.at(-1)).toMatch(/^orders \(postgres\): a row with this key exists already/);
  }
  const kept = "select count(*) from start_page.orders";
  expect(await server.database("postgres").queryScalar<number>(kept)).toBe(6);
});
