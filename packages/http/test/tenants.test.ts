import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { ConfigurationError, DatabaseManager, defineDatabase, LockTimeoutError, PoolClosedError } from "@nsj/mdb-core";
import {
  checkTenantOptions,
  errorBody,
  fromClaim,
  fromHeader,
  fromHost,
  fromPath,
  keepStreamContext,
  nextInTenant,
  nodeSessions,
  type RequestFacts,
  retryAfterSeconds,
  type TenantFrom,
  tenantOfRequest,
} from "@nsj/mdb-http";
import { TenantUnavailableError, tenants } from "@nsj/mdb-tenants";
import { fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished } from "vitest";

const scope = new AsyncLocalStorage<string>();
/** Anything with `run` will do. */
const runner = { run: <R>(id: string, work: () => R): R => scope.run(id, work) };

const facts = (given: {
  host?: string | undefined;
  headers?: Readonly<Record<string, readonly string[]>>;
  params?: Readonly<Record<string, unknown>>;
}): RequestFacts => ({
  host: given.host,
  header: (name) => given.headers?.[name] ?? [],
  param: (name) => given.params?.[name],
});

const find = (from: TenantFrom<object>, given: Parameters<typeof facts>[0]) =>
  tenantOfRequest(checkTenantOptions({ tenants: runner, from }), facts(given), {});

describe("where a request says for which tenant it is", () => {
  it("is the label of the host that the pattern leaves open, wherever that is", () => {
    expect(find(fromHost("App.*.Example.org"), { host: "app.acme.example.org:80" })).toBe("acme");
    expect(() => find(fromHost("app.*.example.org"), { host: "acme.app.example.org" })).toThrow("does not say");
    expect(() => find(fromHost("*.example.org"), { host: undefined })).toThrow("does not say");
  });

  it.each(["", "*", "example.org", "*.*.org", "*.example.org:80", "a*.example.org", "*..org", "*.example.org."])(
    "cannot be a host of the pattern %j",
    (pattern) => {
      expect(() => fromHost(pattern)).toThrow(ConfigurationError);
    },
  );

  it("cannot be more than one segment of the path", () => {
    expect(() => find(fromPath("tenant"), { params: { tenant: ["a", "b"] } })).toThrow("more than one segment");
    for (const name of ["", "/shops/:tenant", "*"]) expect(() => fromPath(name)).toThrow(ConfigurationError);
  });

  it("is in no header unless that is said to be trusted", () => {
    // @ts-expect-error anybody can send one
    expect(() => fromHeader("x-tenant")).toThrow("anybody can send");
    // @ts-expect-error it has to be said
    expect(() => fromHeader("x-tenant", { trusted: false })).toThrow(ConfigurationError);
    expect(() => fromHeader("x tenant", { trusted: true })).toThrow(ConfigurationError);
    expect(find(fromHeader("X-Tenant", { trusted: true }), { headers: { "x-tenant": ["acme"] } })).toBe("acme");
  });

  it("is a promise only where a source is asynchronous, and what a source throws is its own", async () => {
    const from = [fromHost("*.example.org"), fromClaim(async () => "acme")];
    expect(await find(from, { host: "acme.example.org" })).toBe("acme");
    await expect(find(from, { host: "bolt.example.org" })).rejects.toMatchObject({ code: "MDB_TENANT_CONTRADICTED" });
    const failing = fromClaim(() => {
      throw new RangeError("of the application");
    });
    expect(() => find(failing, {})).toThrow(RangeError);
  });

  it.each([
    ["no tenants", { from: fromPath("tenant") }],
    ["tenants that run nothing", { tenants: {}, from: fromPath("tenant") }],
    ["no source", { tenants: runner }],
    ["an empty list of sources", { tenants: runner, from: [] }],
    ["something that is no source", { tenants: runner, from: "host" }],
    ["a source that was not made", { tenants: runner, from: [{}] }],
    ["an option that is misspelt", { tenants: runner, from: fromPath("tenant"), form: 1 }],
  ])("is refused before any request with %s", (_what, options) => {
    expect(() => checkTenantOptions(options as never)).toThrow(ConfigurationError);
  });
});

describe("the seconds of Retry-After", () => {
  it("are the error's own, rounded up, else 1 where coming again may help", () => {
    const unavailable = (retryAfterMs?: number) =>
      retryAfterSeconds(new TenantUnavailableError("moving", { retryAfterMs }), 503);
    expect([unavailable(1), unavailable(1_001), unavailable(60_000)]).toEqual([1, 2, 60]);
    expect([unavailable(undefined), unavailable(Number.POSITIVE_INFINITY)]).toEqual([undefined, undefined]);
    expect(retryAfterSeconds(new LockTimeoutError("locked"), 503)).toBe(1);
    const pool = { max: 0, total: 0, idle: 0, busy: 0, connecting: 0, waiting: 0, oldestLeaseMs: undefined };
    expect(retryAfterSeconds(new PoolClosedError("closed", { pool }), 503)).toBeUndefined();
  });

  it("are told with 503 and 429 only", () => {
    const error = new LockTimeoutError("locked");
    expect([409, 429, 500, 503].map((status) => retryAfterSeconds(error, status))).toEqual([
      undefined,
      1,
      undefined,
      1,
    ]);
    expect(retryAfterSeconds(new Error("other"), 503)).toBeUndefined();
  });
});

it("a stream that was made in a scope reads in it, whoever asks", async () => {
  const lines = scope.run("acme", () => {
    const readable = Readable.from(
      (async function* () {
        for (let line = 0; line < 3; line++) yield `${scope.getStore()} `;
      })(),
    );
    keepStreamContext(readable);
    return readable;
  });
  expect(await scope.run("bolt", async () => (await lines.toArray()).join(""))).toBe("acme acme acme ");
});

describe("on a server of node:http", () => {
  type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

  const serve = async (enter: ReturnType<typeof nextInTenant<IncomingMessage>>, handler: Handler) => {
    const http = createServer((request, response) => {
      enter(request, request, response, async (error) => {
        const body = errorBody(error);
        if (error !== undefined) response.writeHead(body?.statusCode ?? 500).end(JSON.stringify(body ?? {}));
        else await handler(request, response);
      });
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    onTestFinished(() => {
      http.close();
      http.closeAllConnections();
    });
    return (headers: Readonly<Record<string, string>>) =>
      new Promise<string>((resolve) => {
        const { port } = http.address() as AddressInfo;
        get({ port, host: "127.0.0.1", headers, agent: false }, async (response) => {
          resolve(`${response.statusCode} ${(await response.toArray()).join("")}`);
        });
      });
  };
  const byHost = () => nextInTenant<IncomingMessage>({ tenants: runner, from: fromHost("*.example.org") });

  it("what follows, and what request and response tell, is in the scope", async () => {
    const ask = await serve(byHost(), (request, response) => {
      const seen = [scope.getStore()];
      request.on("end", () => response.end([...seen, scope.getStore()].join(" "))).resume();
    });
    expect(await ask({ host: "acme.example.org" })).toBe("200 acme acme");
    expect(await ask({ host: "localhost" })).toContain("400");
  });

  it("a scope inside that of another tenant is a contradiction, and the innermost of the same request is kept", async () => {
    const fake = fakeDriver();
    onTestFinished(() => fake.close());
    const shops = tenants({ driver: fake.driver, resolve: () => undefined });
    await using databases = new DatabaseManager({ shop: shops });
    const outer = nextInTenant<IncomingMessage>({ tenants: shops, from: fromHost("*.example.org") });
    const inner = nextInTenant<IncomingMessage>({
      tenants: shops,
      from: fromHeader("x-tenant", { trusted: true }),
    });
    const both: typeof outer = (request, raw, response, next) =>
      outer(request, raw, response, (error) => (error ? next(error) : inner(request, raw, response, next)));
    const ask = await serve(both, (_request, response) => void response.end(shops.current()));
    expect(await ask({ host: "acme.example.org", "x-tenant": "acme" })).toBe("200 acme");
    expect(await ask({ host: "acme.example.org", "x-tenant": "bolt" })).toContain("MDB_TENANT_CONTRADICTED");
    expect(databases.labels).toEqual(["shop"]);
  });

  it("a session of the request is its tenant's, asked for from a callback that has lost the scope; in another one's it is refused", async () => {
    const fake = fakeDriver();
    onTestFinished(() => fake.close());
    const shops = tenants({ driver: fake.driver, resolve: (id) => defineDatabase(fake.driver, { name: id }) });
    await using manager = new DatabaseManager({ plain: defineDatabase(fake.driver, { name: "plain" }), shop: shops });
    const databases: DatabaseManager = manager;
    for (const id of ["acme", "bolt"]) {
      await shops.run(id, () => databases.database("shop").execute("create table items (name text)"));
      await shops.run(id, () => databases.database("shop").execute("insert into items (name) values (:id)", { id }));
    }
    const lost = AsyncLocalStorage.snapshot();
    const enter = nextInTenant<IncomingMessage>({ tenants: shops, from: fromHost("*.example.org") });
    const ask = await serve(enter, async (request, response) => {
      const { sessions } = nodeSessions(databases, request, response);
      const elsewhere = await shops.run(
        "bolt",
        () => sessions.session("shop").catch((error: { readonly code: string }) => error.code),
        { switch: true },
      );
      const plain = await shops.run("bolt", () => sessions.session("plain"), { switch: true });
      response.end(`${elsewhere} ${plain.label} ${(await sessions.session("shop")).label}`);
    });
    expect(await ask({ host: "acme.example.org" })).toBe("200 MDB_TENANT_MISMATCH plain shop");
    const askLost = await serve(enter, async (request, response) => {
      const { sessions } = nodeSessions(databases, request, response);
      const session = await lost(() => sessions.session("shop"));
      response.end(await session.queryScalar<string>("select name from items"));
    });
    expect(await askLost({ host: "acme.example.org" })).toBe("200 acme");
  });
});
