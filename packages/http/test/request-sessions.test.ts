import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { endWithAnswer, type NodeSessions, nodeSessions, RequestSessions } from "@nsj/mdb-http";
import { type ReferenceServer, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

let server: ReferenceServer;
let databases: DatabaseManager;

beforeEach(async () => {
  server = await referenceServer();
  const { host, port, user, password, database } = server;
  const definition = defineDatabase(referenceDriver, { host, port, user, password, database });
  databases = new DatabaseManager({ orders: definition, audit: definition });
  await databases.database("orders").execute("create table notes (id integer primary key)");
});
afterEach(async () => {
  await databases.close();
  await server.close();
});

const count = () => databases.database("orders").queryScalar<number>("select count(*) from notes");

describe("the sessions of a request", () => {
  it("are one for each label, and closed with what was not committed undone", async () => {
    const sessions = new RequestSessions(databases);
    const orders = await sessions.session("orders");
    expect(await sessions.session("orders")).toBe(orders);
    expect(await sessions.session("audit")).not.toBe(orders);
    await orders.execute("insert into notes (id) values (1)");
    await sessions.close();
    expect([orders.closed, await count()]).toEqual([true, 0]);
    expect(databases.database("orders").stats().busy).toBe(0);
  });

  it("are refused once it is over, and closing again does nothing", async () => {
    const sessions = new RequestSessions(databases);
    await sessions.close();
    await sessions.close();
    await expect(sessions.session("orders")).rejects.toMatchObject({ code: "MDB_SESSION_CLOSED" });
  });

  it("are closed although one of the labels does not exist", async () => {
    const sessions = new RequestSessions(databases);
    await expect(sessions.session("ordres")).rejects.toMatchObject({ code: "MDB_UNKNOWN_DATABASE" });
    const orders = await sessions.session("orders");
    await sessions.close();
    expect(orders.closed).toBe(true);
  });
});

describe("on a server of node:http", () => {
  type Handler = (own: NodeSessions, response: ServerResponse, request: IncomingMessage) => Promise<void>;

  /** Serves with `handler`; gives the URL and what the handler came to. */
  const serve = async (handler: Handler, { late = false } = {}) => {
    const finished = Promise.withResolvers<void>();
    const http = createServer(async (request, response) => {
      if (late) await once(response, "close");
      const own = nodeSessions(databases, request, response);
      endWithAnswer(own, response);
      handler(own, response, request).then(finished.resolve, finished.reject);
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    onTestFinished(() => {
      http.close();
      http.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, finished: finished.promise };
  };

  it("nothing can be committed behind the answer", async () => {
    const { url, finished } = await serve(async ({ sessions }, response) => {
      const orders = await sessions.session("orders");
      await orders.execute("insert into notes (id) values (1)");
      response.end("done");
      await expect(orders.commit()).rejects.toMatchObject({ code: "MDB_SESSION_CLOSED" });
    });
    expect(await (await fetch(url)).text()).toBe("done");
    await finished;
    expect(await count()).toBe(0);
  });

  it("the answer is what it would be without the sessions", async () => {
    const { url, finished } = await serve(async ({ sessions }, response) => {
      await (await sessions.session("orders")).query("select 1");
      const called = Promise.withResolvers<void>();
      response.writeHead(201, { "x-test": "yes" });
      response.write("one ");
      expect(response.end("two", "utf8", called.resolve)).toBe(response);
      expect([response.headersSent, response.writableEnded]).toEqual([true, true]);
      response.end();
      await called.promise;
    });
    const response = await fetch(url);
    expect([response.status, response.headers.get("x-test"), await response.text()]).toEqual([201, "yes", "one two"]);
    await finished;
  });

  it("a HEAD request ends its sessions too", async () => {
    const { url, finished } = await serve(async ({ sessions }, response) => {
      const orders = await sessions.session("orders");
      response.end("not sent");
      expect(orders.closed).toBe(true);
    });
    expect(await (await fetch(url, { method: "HEAD" })).text()).toBe("");
    await finished;
  });

  it("a client that left before the handler began has no session, and its signal is aborted", async () => {
    const { url, finished } = await serve(
      async ({ sessions, clientGone }) => {
        expect(clientGone.aborted).toBe(true);
        await expect(sessions.session("orders")).rejects.toMatchObject({ code: "MDB_SESSION_CLOSED" });
      },
      { late: true },
    );
    const request = get(url);
    request.on("error", () => {});
    await once(request, "finish");
    request.destroy();
    await finished;
    expect(databases.database("orders").stats().busy).toBe(0);
  });

  it("the signal is not aborted when the answer was sent", async () => {
    const { url, finished } = await serve(async ({ clientGone }, response) => {
      response.end();
      await once(response, "close");
      expect(clientGone.aborted).toBe(false);
    });
    await fetch(url);
    await finished;
  });
});
