import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { closeWithin, shutDown } from "@nsj/mdb-http";
import { type ReferenceServer, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

let database: ReferenceServer;
beforeAll(async () => {
  database = await referenceServer();
});
afterAll(() => database.close());

function open(): DatabaseManager {
  const { host, port, user, password, database: name } = database;
  return new DatabaseManager({ main: defineDatabase(referenceDriver, { host, port, user, password, database: name }) });
}

/** A server that waits for the test with its one answer, and a client that keeps its connection alive. */
async function serve(): Promise<{ server: Server; answer: Promise<IncomingMessage>; response: ServerResponse }> {
  const asked = Promise.withResolvers<ServerResponse>();
  const server = createServer({ keepAliveTimeout: 3_600_000 }, (_request, response) => asked.resolve(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const request = get({ port: (server.address() as AddressInfo).port, agent });
  const answer = once(request, "response").then(([message]) => (message as IncomingMessage).resume());
  answer.catch(() => {});
  return { server, answer, response: await asked.promise };
}

describe("shutDown", () => {
  it("closes the databases after the last answer, and does not wait for a connection that is kept alive", async () => {
    const databases = open();
    const { server, answer, response } = await serve();
    const done = shutDown(server, databases);
    expect(server.listening).toBe(false);
    await databases.database("main").query("select 1");
    response.end();
    expect((await answer).statusCode).toBe(200);
    await done;
    await expect(databases.database("main").query("select 1")).rejects.toMatchObject({ code: "MDB_POOL_CLOSED" });
  });

  it("does nothing else when it is called again", async () => {
    const databases = open();
    const { server, response } = await serve();
    const done = shutDown(server, databases);
    expect(shutDown(server, databases, { timeoutMs: 0 })).toBe(done);
    await databases.database("main").query("select 1");
    response.end();
    await done;
  });

  it("cuts at its deadline an answer that does not come", async () => {
    const databases = open();
    const { server, answer } = await serve();
    await shutDown(server, databases, { timeoutMs: 0 });
    await expect(answer).rejects.toThrow();
  });
});

describe("closeWithin", () => {
  it("lets work go on until it is finished", async () => {
    const databases = open();
    const shutdown = closeWithin(databases, 60_000);
    await databases.database("main").query("select 1");
    await shutdown.finish();
    await expect(databases.database("main").query("select 1")).rejects.toMatchObject({ code: "MDB_POOL_CLOSED" });
  });

  it("cuts at the deadline what holds a connection, whatever its holder does", async () => {
    const databases = open();
    const forever = Promise.withResolvers<never>();
    const held = databases.database("main").withConnection(() => forever.promise);
    held.catch(() => {});
    const shutdown = closeWithin(databases, 0);
    await expect.poll(() => databases.database("main").closed).toBe(true);
    await shutdown.finish();
    expect(databases.database("main").stats().total).toBe(0);
  });
});
