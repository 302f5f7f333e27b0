import type { Place, TenantsOptions } from "@nsj/mdb-tenants";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { askAs, postTo, sendLines } from "./raw-request.ts";
import type { RunningTenants } from "./running-tenants.ts";
import type { Service } from "./service.ts";
import { tenantConcurrencySuite } from "./tenant-concurrency-suite.ts";
import { tenantInputSuite } from "./tenant-input-suite.ts";
import { TenantPlaces } from "./tenant-places.ts";
import type { StartTenantService, TenantWay } from "./tenant-service.ts";

/** What a framework has, beyond what all have. */
export interface TenantSuiteOptions {
  /** Whether it can be told to trust the proxy in front of it; by default it can. */
  readonly trustsProxies?: boolean;
}

/** Registers what an integration has to do for tenants, asked over HTTP. */
export function tenantSuite(
  framework: string,
  start: StartTenantService,
  { trustsProxies = true }: TenantSuiteOptions = {},
): void {
  let places: TenantPlaces;
  const running: Service[] = [];

  beforeAll(async () => {
    places = await TenantPlaces.start();
    await places.createTables();
  });
  afterAll(() => places[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const service of running.splice(0)) await service.close();
    await vi.waitFor(() => expect(places.sessions).toBe(0), { timeout: 10_000 });
  });

  const open = async (
    way: TenantWay,
    resolve: (id: string) => Place | undefined = (id) => places.placeOf(id, 0),
    options: Partial<TenantsOptions> = {},
  ): Promise<RunningTenants> => {
    const seen: string[] = [];
    const { shops, databases } = places.open(resolve, options);
    const service = await start(databases, { tenants: shops, way, onError: ({ code }) => seen.push(code) });
    running.push(service);
    return { service, databases, shops, places, seen };
  };
  const run = (name: string, tenant = "x") => `/t/${tenant}/run/${name}/1`;

  tenantInputSuite(framework, open, trustsProxies);

  describe(`a tenant that ${framework} cannot serve`, () => {
    it("is a 404 where there is none, once it is asked for anything", async () => {
      const { service, seen } = await open("path");
      expect(await askAs(service.url + run("tenantForget", "nobody"), {})).toMatchObject({
        status: 404,
        code: "MDB_UNKNOWN_TENANT",
        retryAfter: undefined,
      });
      // The glue itself looks nothing up.
      expect(await askAs(service.url + run("idle", "nobody"), {})).toMatchObject({ status: 200 });
      expect(seen).toEqual([]);
    });

    it("is a 503 with Retry-After where it could not be found out where it lives", async () => {
      const { service } = await open("path", () => {
        throw new Error("the control database is down");
      });
      const expected = { status: 503, code: "MDB_TENANT_RESOLVE", retryAfter: "1" };
      expect(await askAs(service.url + run("tenantForget", "acme"), {})).toMatchObject(expected);
    });

    it.each([
      [1_500, "2"],
      [2_000, "2"],
      [0, "1"],
      [undefined, undefined],
    ])("is a 503 where it is unavailable for %s ms, with Retry-After: %s", async (retryAfterMs, retryAfter) => {
      const { service } = await open("path", () => ({
        unavailable: "moving",
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      }));
      const expected = { status: 503, code: "MDB_TENANT_UNAVAILABLE", retryAfter };
      expect(await askAs(service.url + run("tenantForget", "acme"), {})).toMatchObject(expected);
    });

    it("is a 503 with Retry-After where others hold the whole budget", async () => {
      const impatient = { pool: { acquireTimeoutMs: 50 } };
      const resolve = (id: string) => places.definition(`${id} 0`, id === "bolt" ? impatient : {});
      const { service, shops, databases } = await open("path", resolve, { connections: 1 });
      await shops.run("acme", () =>
        databases.database("shop").withSession(async (session) => {
          await session.query("select 1");
          expect(await askAs(service.url + run("tenantForget", "bolt"), {})).toMatchObject({
            status: 503,
            code: "MDB_POOL_TIMEOUT",
            retryAfter: "1",
          });
        }),
      );
    });
  });

  describe(`a tenant that ${framework} cannot serve for now`, () => {
    const served = { status: 503, retryAfter: "1" };

    it("is a 503 with Retry-After where enough wait for it already, and others are served", async () => {
      const { service, shops, databases } = await open("path", undefined, {
        perTenant: { connections: 1, waiting: 1 },
      });
      const shop = databases.database("shop");
      const session = await shops.run("acme", () => shop.getSession());
      await session.query("select 1");
      const waiting = shops.run("acme", () => shop.queryScalar("select 2"));
      await vi.waitFor(() => expect(shops.stats("acme")?.pool?.waiting).toBe(1));
      const ask = (tenant: string) => askAs(service.url + run("tenantForget", tenant), {});
      expect(await ask("acme")).toMatchObject({ ...served, code: "MDB_POOL_QUEUE_FULL" });
      expect(await ask("bolt")).toMatchObject({ status: 200, body: { seen: ["bolt"] } });
      await session.close();
      expect(await waiting).toBe(2);
    });

    it("is a 503 with Retry-After where its own callers wait for each other", async () => {
      const resolve = (id: string) => places.definition(`${id} 0`, { pool: { deadlockPatienceMs: 50 } });
      const { service } = await open("path", resolve, { connections: 1 });
      const answer = await askAs(service.url + run("tenantRing", "acme"), {});
      expect(answer).toMatchObject({ ...served, code: "MDB_POOL_DEADLOCK" });
      expect(await askAs(service.url + run("tenantForget", "acme"), {})).toMatchObject({ status: 200 });
    });

    it("is a 504 where its statement takes longer than each may, also in a session", async () => {
      const { service } = await open("path", undefined, { perTenant: { statementTimeoutMs: 50 } });
      const answer = await askAs(service.url + run("tenantHang", "acme"), {});
      expect(answer).toMatchObject({ status: 504, code: "MDB_STATEMENT_TIMEOUT", retryAfter: undefined });
    });
  });

  describe(`the scope in ${framework}`, () => {
    it("is kept by sessions, transactions and hooks after the commit", async () => {
      const { service } = await open("path");
      for (const tenant of ["acme", "shared7"]) {
        for (const name of ["tenantCommit", "tenantTransaction"]) {
          const { body } = await askAs(service.url + run(name, tenant), {});
          expect(body, name).toEqual({ seen: [tenant, tenant] });
        }
      }
      const kept = (await places.notes()).filter((it) => it.startsWith("acme ") || it.startsWith("shared7 "));
      const ofOne = (tenant: string) => [`${tenant} 1 hook`, `${tenant} 1 kept`, `${tenant} 1 kept`];
      expect(kept).toEqual([...ofOne("acme"), ...ofOne("shared7")]);
    });

    it("is kept while a body is read", async () => {
      const { service } = await open("path");
      // Larger than one piece of a socket.
      const sent = { text: "x".repeat(80_000) };
      const { body } = await postTo(`${service.url}/t/shared3/post/tenantPosted/1`, sent);
      expect(body).toEqual({ seen: ["shared3", "shared3"], body: sent });
    });

    it("is no one's on routes without a tenant", async () => {
      const { service } = await open("host");
      expect((await askAs(`${service.url}/health`, { host: "localhost" })).status).toBe(200);
      expect((await askAs(`${service.url}/nowhere`, { host: "localhost" })).status).toBe(404);
    });

    it("is kept by answers that stream, also where two share one connection", async () => {
      const { service } = await open("path");
      const get = (tenant: string, more: readonly string[] = []) => [
        `GET /t/${tenant}/stream/tenantStream/1 HTTP/1.1`,
        "Host: localhost",
        ...more,
      ];
      // Sent in one go: the second answer waits for the first, and goes on when that is through.
      const answer = await sendLines(service.url, [...get("shared1"), "", ...get("bolt", ["Connection: close"])]);
      const [, first = "", second = ""] = answer.split("HTTP/1.1 200 OK");
      const named = (text: string) => text.match(/\b(?:acme|bolt|shared\d+)\b/g) ?? [];
      expect(named(first)).toEqual(Array(25).fill("shared1"));
      expect(named(second)).toEqual(Array(25).fill("bolt"));
    });
  });

  tenantConcurrencySuite(framework, open, () => places);
}
