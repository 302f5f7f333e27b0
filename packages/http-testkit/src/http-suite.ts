import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type ReferenceServer, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { concurrencySuite } from "./concurrency-suite.ts";
import { journal } from "./journal.ts";
import { addressOf, createTables, notesOf, openDatabases, type Service, type StartService } from "./service.ts";

/** Registers what an integration has to do, asked over HTTP. */
export function httpSuite(framework: string, start: StartService): void {
  let servers: readonly [ReferenceServer, ReferenceServer];
  let databases: DatabaseManager;
  let service: Service;
  let seen: string[];

  beforeAll(async () => {
    servers = [await referenceServer(), await referenceServer()];
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
  });
  beforeEach(async () => {
    databases = openDatabases(addressOf(servers[0]), addressOf(servers[1]));
    await createTables(databases);
    seen = [];
    service = await start(databases, { onError: ({ code }) => seen.push(code) });
  });
  afterEach(async () => {
    await service.close();
    await vi.waitFor(() => expect(servers.map(({ sessions }) => sessions)).toEqual([0, 0]));
  });

  const run = async (name: string, user = 1) => {
    const response = await fetch(`${service.url}/run/${name}/${user}`);
    return { status: response.status, body: await response.json().catch(() => undefined) };
  };
  const statsOf = () => {
    const { total, idle, busy, waiting, connecting, closing, destroyed, leaks } = databases.database("orders").stats();
    return { total, idle, busy, waiting, connecting, closing, destroyed, leaks };
  };
  /** Runs `work`, and expects the pool to be afterwards what it was before. */
  const leavingThePool = async (work: () => Promise<void>) => {
    const before = statsOf();
    expect(before).toMatchObject({ total: 1, idle: 1, busy: 0, waiting: 0 });
    await work();
    await vi.waitFor(() => expect(statsOf()).toEqual(before), { timeout: 10_000 });
  };
  const busy = () => vi.waitFor(() => expect(statsOf().busy).toBe(1), { timeout: 10_000 });

  describe(`a request to ${framework}`, () => {
    it("takes no connection when it asks for no session", async () => {
      const before = databases.stats();
      expect(await run("idle")).toEqual({ status: 200, body: { ok: true } });
      expect(databases.stats()).toEqual(before);
    });

    it("keeps what its session committed, and touches no other database", async () => {
      const audit = databases.database("audit").stats();
      await leavingThePool(async () => {
        expect(await run("commit", 7)).toEqual({ status: 200, body: { user: 7 } });
        expect(await notesOf(databases)).toEqual([7]);
      });
      expect(databases.database("audit").stats()).toEqual(audit);
    });

    it("keeps nothing of a session that was not committed", async () => {
      await leavingThePool(async () => expect((await run("forget")).status).toBe(200));
      expect(await notesOf(databases)).toEqual([]);
    });

    it("keeps nothing of a handler that throws, and leaves its error to the framework", async () => {
      await leavingThePool(async () => expect((await run("fail")).status).toBe(500));
      expect(await notesOf(databases)).toEqual([]);
    });
  });

  it(`a handler in ${framework} that gives up while its statement runs has it stopped on the server`, async () => {
    await leavingThePool(async () => expect((await run("gaveUp")).status).toBe(500));
    expect(await notesOf(databases)).toEqual([]);
  });

  describe(`an error of the library in ${framework}`, () => {
    it("becomes its status code, and tells no more than its code", async () => {
      await leavingThePool(async () => {
        const expected = { statusCode: 409, code: "MDB_UNIQUE_VIOLATION", error: "Conflict", retryable: false };
        expect(await run("twice")).toEqual({ status: 409, body: expected });
      });
    });

    it("becomes the status code that the application chose", async () => {
      const expected = { statusCode: 410, code: "MDB_NO_ROWS", error: "Gone", retryable: false };
      await leavingThePool(async () => expect(await run("missing")).toEqual({ status: 410, body: expected }));
    });

    it("is a 504 when a statement runs out of time, which is stopped on the server", async () => {
      await leavingThePool(async () => expect((await run("late")).status).toBe(504));
    });

    it("is a 500 where it is the program's fault, and is handed to the application", async () => {
      expect(await run("unknown")).toMatchObject({ status: 500, body: { code: "MDB_UNKNOWN_DATABASE" } });
      expect(seen).toEqual(["MDB_UNKNOWN_DATABASE"]);
    });

    it("is not handed to the application when it has another status", async () => {
      const answers = [await run("twice"), await run("missing"), await run("late"), await run("fail")];
      expect(answers.map(({ status }) => status)).toEqual([409, 410, 504, 500]);
      expect(seen).toEqual([]);
    });

    it("is printed when it is a 500 and the application takes none", async () => {
      const print = vi.spyOn(console, "error").mockImplementation(() => {});
      const silent = await start(databases);
      try {
        expect((await fetch(`${silent.url}/run/unknown/1`)).status).toBe(500);
        expect(print.mock.calls.map(([error]) => error)).toEqual([
          expect.objectContaining({ code: "MDB_UNKNOWN_DATABASE" }),
        ]);
      } finally {
        print.mockRestore();
        await silent.close();
      }
    });
  });

  describe(`the health route of ${framework}`, () => {
    const health = async () => {
      const response = await fetch(`${service.url}/health`);
      return { status: response.status, body: await response.json() };
    };

    it("says up, with the latency of each database", async () => {
      const up = { status: "up", latencyMs: expect.any(Number) };
      expect(await health()).toEqual({ status: 200, body: { status: "up", databases: { orders: up, audit: up } } });
    });

    it("says busy, and still serves, while every connection is in use", async () => {
      const orders = databases.database("orders");
      const held = await Promise.all(Array.from({ length: orders.stats().max }, () => orders.getSession()));
      try {
        for (const session of held) await session.query("select 1");
        const { status, body } = await health();
        const busy = { status: "busy", latencyMs: expect.any(Number), code: expect.stringMatching(/^MDB_POOL_/) };
        expect(body).toEqual({
          status: "up",
          databases: { orders: busy, audit: expect.objectContaining({ status: "up" }) },
        });
        expect(status).toBe(200);
      } finally {
        for (const session of held) await session.close();
      }
    });

    it("says down, and which database, without naming a host", async () => {
      await servers[1].close();
      try {
        const { status, body } = await health();
        expect(status).toBe(503);
        const down = { status: "down", latencyMs: expect.any(Number), code: expect.stringMatching(/^MDB_/) };
        expect(body).toEqual({
          status: "down",
          databases: { orders: expect.objectContaining({ status: "up" }), audit: down },
        });
      } finally {
        await servers[1].restart();
      }
    });
  });

  describe(`a client of ${framework} that disconnects`, () => {
    it.each(["hang", "hangAlone"])("stops its statement on the server and keeps nothing (%s)", async (name) => {
      await leavingThePool(async () => {
        const client = new AbortController();
        const noted = journal.next();
        const answer = fetch(`${service.url}/run/${name}/1`, { signal: client.signal });
        await busy();
        client.abort();
        await expect(answer).rejects.toThrow();
        expect(await noted).toBe("MDB_CANCELLED");
      });
      expect(await notesOf(databases)).toEqual([]);
    });
  });

  describe(`an answer of ${framework} that streams`, () => {
    it("comes whole", async () => {
      await run("commit", 1);
      await run("commit", 2);
      await leavingThePool(async () => {
        const response = await fetch(`${service.url}/stream/streamShort/1`);
        expect(await response.text()).toBe("1\n2\n");
      });
    });

    it("is cut when its source fails", async () => {
      await leavingThePool(async () => {
        await expect(fetch(`${service.url}/stream/streamFail/1`).then((response) => response.text())).rejects.toThrow();
      });
    });

    it("closes its cursor when the client leaves in the middle", async () => {
      await leavingThePool(async () => {
        const [response] = (await once(get(`${service.url}/stream/stream/1`), "response")) as [IncomingMessage];
        const [first] = (await once(response, "data")) as [Buffer];
        expect(first.toString()).toMatch(/^1\n/);
        response.destroy();
      });
    });
  });

  concurrencySuite(framework, () => ({ databases, url: service.url }));
}
