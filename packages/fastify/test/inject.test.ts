import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { errorBody, fromHeader, mdbFastify, mdbTenant } from "@nsj/mdb-fastify";
import fastify from "fastify";
import { describe, expect, it, vi } from "vitest";

const open = () => new DatabaseManager({ main: sqlite({ filename: ":memory:" }) });

describe("requests that an application's tests inject, without a server", () => {
  it.each(["whole", "stream"])("have their sessions, which end with the answer (%s)", async (path) => {
    const databases = open();
    const app = fastify();
    await app.register(mdbFastify, { databases });
    app.get("/:how", async (request, reply) => {
      const session = await request.databaseSession("main");
      const rows = await session.query("select 1 as n");
      return path === "whole" ? rows : reply.send(Readable.from([JSON.stringify(rows)]));
    });
    const response = await app.inject(`/${path}`);
    expect([response.statusCode, response.json()]).toEqual([200, [{ n: 1 }]]);
    await vi.waitFor(() => expect(databases.database("main").stats().busy).toBe(0), { timeout: 10_000 });
    await app.close();
    expect(databases.database("main").closed).toBe(true);
  });
});

it("leaves errors to a handler of the app's own, which knows their bodies", async () => {
  const app = fastify({ allowErrorHandlerOverride: false });
  app.setErrorHandler((error, _request, reply) => {
    const body = errorBody(error, { MDB_NO_ROWS: 410 });
    return reply.code(body?.statusCode ?? 500).send({ ...body, own: true });
  });
  await app.register(mdbFastify, { databases: open(), statusCodes: false });
  app.get("/", () => app.databases.database("main").queryOne("select 1 where 1 = 0"));
  const response = await app.inject("/");
  expect(response.json()).toEqual({ statusCode: 410, code: "MDB_NO_ROWS", error: "Gone", retryable: false, own: true });
  await app.close();
});

it("have their tenant, from headers as tests give them: one, or several in an array", async () => {
  const scope = new AsyncLocalStorage<string>();
  const runner = { run: <R>(id: string, work: () => R): R => scope.run(id, work) };
  const app = fastify();
  await app.register(mdbFastify, { databases: open() });
  await app.register(mdbTenant({ tenants: runner, from: fromHeader("x-tenant", { trusted: true }) }));
  app.get("/", () => ({ tenant: scope.getStore() }));
  app.post("/", ({ body }) => ({ tenant: scope.getStore(), body }));
  const ask = async (tenant: string | string[], method: "GET" | "POST" = "GET") => {
    const headers = { "x-tenant": tenant };
    const payload = method === "POST" ? { payload: { a: 1 } } : {};
    return (await app.inject({ url: "/", method, headers, ...payload })).json();
  };
  expect(await ask("acme")).toEqual({ tenant: "acme" });
  expect(await ask(["acme"])).toEqual({ tenant: "acme" });
  expect(await ask("acme", "POST")).toEqual({ tenant: "acme", body: { a: 1 } });
  for (const odd of [["acme", "bolt"], ["acme", "acme"], "", []]) {
    expect(await ask(odd), String(odd)).toMatchObject({ statusCode: 400, code: "MDB_TENANT_MISSING" });
  }
  await app.close();
});

it.each<[unknown, string]>([
  [{}, '"databases" must be a DatabaseManager, new DatabaseManager({ ... }), not undefined'],
  [{ databases: { main: sqlite({ filename: ":memory:" }) } }, '"databases" must be a DatabaseManager'],
  [{ databases: open(), helthRoute: "/up" }, 'unknown option "helthRoute"; did you mean "healthRoute"?'],
  [{ databases: open(), closeTimeoutMs: "5" }, 'option "closeTimeoutMs" must be a number of milliseconds'],
])("refuses options that are wrong where the plugin is registered: %j", async (options, problem) => {
  const app = fastify();
  await expect(async () => app.register(mdbFastify, options as never)).rejects.toThrow(`mdbFastify: ${problem}`);
});

it("takes what Fastify itself lets every plugin be registered with", async () => {
  const app = fastify();
  await app.register(mdbFastify, { databases: open(), prefix: "/v1", logLevel: "warn" });
  await app.close();
});
