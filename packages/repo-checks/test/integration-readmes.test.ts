import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { parseDocument } from "../src/documents.ts";
import { read, root } from "../src/repository.ts";
import { workspaceNode } from "../src/workspace-node.ts";

describe.each(["fastify", "express", "hono"])("the README of %s", (framework) => {
  const { blocks, text: page } = parseDocument("README.md", read(`packages/${framework}/README.md`));

  it("is one screen", () => {
    expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(65);
  });

  it("has a program that serves, answers errors with their status, and ends at SIGTERM", {
    timeout: 60_000,
  }, async () => {
    const program = blocks.find(({ language }) => language === "ts")?.text ?? "";
    const port = await freePort();
    const path = join(root, "packages/repo-checks/programs", `readme-${framework}-${process.pid}.ts`);
    onTestFinished(() => rm(path, { force: true }));
    await writeFile(path, program.replace("3000", String(port)));
    await using orders = await scratchOrders();

    const child = spawn(workspaceNode, ["--conditions=mdb:source", "--disable-warning=ExperimentalWarning", path], {
      env: { ...process.env, ORDERS_URL: orders.url },
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [ended, errors] = [once(child, "close"), text(child.stderr)];
    const url = `http://127.0.0.1:${port}`;
    const health = await vi.waitFor(async () => (await fetch(`${url}/health`)).json(), { timeout: 30_000 });
    expect(health).toMatchObject({ status: "up", databases: { orders: { status: "up" } } });

    const post = async (item: string) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${url}/orders`, { method: "POST", headers, body: JSON.stringify({ item }) });
      return { status: response.status, body: await response.json() };
    };
    expect(await post("tea")).toEqual({ status: 200, body: { id: 1 } });
    expect(await post("")).toMatchObject({ status: 400, body: { code: "MDB_CHECK_VIOLATION" } });
    expect(await orders.items()).toEqual(["tea"]);

    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(await errors).toBe("");
  });
});

/** A database of its own with the table that the pages speak of. */
async function scratchOrders() {
  const name = `readme_${randomBytes(6).toString("hex")}`;
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const databases = new DatabaseManager({
    server: postgres({ connectionString: inject("postgresUrl") }),
    orders: postgres({ connectionString: url.href }),
  });
  await databases.database("server").execute(`create database ${name}`);
  await databases
    .database("orders")
    .execute("create table orders (id serial primary key, item text not null check (item <> ''))");
  return {
    url: url.href,
    async items() {
      const rows = await databases.database("orders").query<{ item: string }>("select item from orders order by id");
      return rows.map(({ item }) => item);
    },
    async [Symbol.asyncDispose]() {
      await databases.database("server").execute(`drop database ${name} with (force)`);
      await databases.close();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
