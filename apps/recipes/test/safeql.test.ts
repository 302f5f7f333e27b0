import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { expect, inject, it, onTestFinished } from "vitest";

interface Linted {
  readonly filePath: string;
  readonly messages: readonly { readonly line: number; readonly message: string }[];
}

it("statements are checked by ESLint against the database", { timeout: 120_000 }, async () => {
  const url = new URL(inject("postgresUrl"));
  const server = new DatabaseManager({ server: postgres({ connectionString: url.href }) });
  const database = server.database("server");
  await database.execute("create database recipes_safeql");
  onTestFinished(async () => {
    await database.execute("drop database recipes_safeql with (force)");
    await server.close();
  });
  url.pathname = "/recipes_safeql";
  const orders = new DatabaseManager({ orders: postgres({ connectionString: url.href }) });
  onTestFinished(() => orders.close());
  await orders
    .database("orders")
    .execute("create table orders (id serial primary key, item text not null, total numeric(10, 2) not null)");

  const linted = await lint(join(import.meta.dirname, "../safeql"), url.href);
  expect(linted.filter(({ filePath }) => filePath.endsWith("right.ts")).flatMap(({ messages }) => messages)).toEqual(
    [],
  );
  const wrong = linted.find(({ filePath }) => filePath.endsWith("wrong.ts"))?.messages ?? [];
  expect(wrong.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    expect.stringContaining('3: Invalid Query: column "itme" does not exist'),
    expect.stringContaining("4: Query has incorrect type annotation."),
    expect.stringContaining("5: Query is missing type annotation\n\tFix with: { id: number; total: string }"),
    expect.stringContaining("6: Invalid Query: operator does not exist: integer = "),
  ]);
});

/** Runs the real command, as a build does. */
function lint(folder: string, url: string): Promise<readonly Linted[]> {
  const eslint = join(dirname(createRequire(import.meta.url).resolve("eslint/package.json")), "bin/eslint.js");
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: { ...process.env, ORDERS_URL: url, NO_COLOR: "1" }, maxBuffer: 1e7 };
    execFile(process.execPath, [eslint, "--format", "json", "src"], options, (error, stdout, stderr) => {
      // 1: it found something.
      if (error !== null && error.code !== 1) reject(new Error(`eslint: ${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as readonly Linted[]);
    });
  });
}
