// The integrations as they are published, each in its framework: a request that commits, and one that does not.
import "reflect-metadata";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { mdbExpress, shutDown } from "@nsj/mdb-express";
import { mdbFastify } from "@nsj/mdb-fastify";
import { mdbHono } from "@nsj/mdb-hono";
import { databaseToken, MdbHealthIndicator, MdbModule } from "@nsj/mdb-nestjs";
import fastify from "fastify";
import { Hono } from "hono";

async function open() {
  const databases = new DatabaseManager({ orders: sqlite({ filename: ":memory:" }) });
  await databases.database("orders").execute("create table orders (id integer primary key)");
  return databases;
}

async function work(session, commit) {
  await session.execute("insert into orders (id) values (:id)", { id: commit ? 1 : 2 });
  if (commit) await session.commit();
  return { commit };
}

async function check(databases, get) {
  for (const path of ["/keep", "/forget"]) assert.deepEqual(await get(path), { commit: path === "/keep" });
  assert.deepEqual(await databases.database("orders").query("select id from orders"), [{ id: 1 }]);
}

async function inFastify(databases) {
  const app = fastify();
  await app.register(mdbFastify, { databases });
  for (const path of ["keep", "forget"]) {
    app.get(`/${path}`, async (request) => work(await request.databaseSession("orders"), path === "keep"));
  }
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  await check(databases, async (path) => (await fetch(url + path)).json());
  assert.equal((await (await fetch(`${url}/health`)).json()).status, "up");
  await app.close();
}

async function withRequestResponseNext(databases) {
  const middleware = mdbExpress(databases);
  const server = createServer((request, response) =>
    middleware(request, response, async () => {
      const session = await request.databaseSession("orders");
      response.end(JSON.stringify(await work(session, request.url === "/keep")));
    }),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await check(databases, async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).json());
  await shutDown(server, databases);
}

async function inHono(databases) {
  const app = new Hono().use(mdbHono(databases));
  app.get("/:what", async (context) =>
    context.json(await work(await context.var.databaseSession("orders"), context.req.param("what") === "keep")),
  );
  await check(databases, async (path) => (await app.request(path)).json());
  await databases.close();
}

async function inNest(databases) {
  class AppModule {}
  Module({ imports: [MdbModule.forRoot({ databases })] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  assert.deepEqual(await app.get(databaseToken("orders")).query("select id from orders"), []);
  assert.equal((await app.get(MdbHealthIndicator).isHealthy("all")).all.status, "up");
  await app.close();
  assert.equal(databases.database("orders").closed, true);
}

for (const use of [inFastify, withRequestResponseNext, inHono, inNest]) await use(await open());
console.log("ok");
