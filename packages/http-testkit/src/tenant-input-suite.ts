import { describe, expect, it } from "vitest";
import { askAs, sendLines, statusOf } from "./raw-request.ts";
import type { RunningTenants } from "./running-tenants.ts";
import type { TenantWay } from "./tenant-service.ts";

/** Registers how a request says for which tenant it is, and what odd ones get. */
export function tenantInputSuite(
  framework: string,
  open: (way: TenantWay) => Promise<RunningTenants>,
  trustsProxies: boolean,
): void {
  const run = (name: string, tenant = "x") => `/t/${tenant}/run/${name}/1`;
  const missing = { status: 400, code: "MDB_TENANT_MISSING" };
  const contradicted = { status: 403, code: "MDB_TENANT_CONTRADICTED" };
  const served = (tenant: string) => ({ status: 200, body: { seen: [tenant] } });

  describe(`the host of a request to ${framework}`, () => {
    it.each([
      ["acme.example.org", "acme"],
      ["ACME.Example.ORG:8443", "acme"],
      ["bolt.example.org.", "bolt"],
      ["shared7.example.org:80", "shared7"],
    ])("names the tenant: %s", async (host, tenant) => {
      const { service } = await open("host");
      expect(await askAs(service.url + run("tenantForget"), { host })).toMatchObject(served(tenant));
    });

    it.each(["127.0.0.1", "[::1]:3000", "example.org", "a.b.example.org", "acme.example.com", "acme.example.orgs"])(
      "names none, and is a 400: %s",
      async (host) => {
        const { service } = await open("host");
        expect(await askAs(service.url + run("tenantForget"), { host })).toMatchObject(missing);
      },
    );

    it.each([
      ["empty", [""]],
      ["with an empty label", [".example.org"]],
      ["with a path", ["acme.example.org/x"]],
      ["with a user", ["root@acme.example.org"]],
      ["with two names", ["acme.example.org, bolt.example.org"]],
      ["with spaces inside", ["ac me.example.org"]],
      ["percent-encoded", ["%61cme.example.org"]],
      ["sent twice, for two tenants", ["acme.example.org", "bolt.example.org"]],
      ["sent twice, for one", ["acme.example.org", "acme.example.org"]],
    ])("is a 400 where it is %s", async (_how, hosts) => {
      const { service, shops } = await open("host");
      const lines = [`GET ${run("tenantForget")} HTTP/1.1`, ...hosts.map((it) => `Host: ${it}`), "Connection: close"];
      expect(statusOf(await sendLines(service.url, lines))).toBe(400);
      expect(shops.stats().tenants.lookups.asked).toBe(0);
    });
  });

  describe(`the host that a proxy in front of ${framework} tells`, () => {
    const forwarded = { host: "acme.example.org", "x-forwarded-host": "bolt.example.org" };

    it("is not looked at where nobody has said that there is one: anybody could send it", async () => {
      const { service } = await open("host");
      expect(await askAs(service.url + run("tenantForget"), forwarded)).toMatchObject(served("acme"));
      const alone = { host: "127.0.0.1", "x-forwarded-host": "bolt.example.org", forwarded: "host=bolt.example.org" };
      expect(await askAs(service.url + run("tenantForget"), alone)).toMatchObject(missing);
    });

    it("names the tenant where the proxy is trusted, and is read as any host is", async ({ skip }) => {
      if (!trustsProxies)
        skip(`${framework} knows no proxies; a function reads the header that the proxy in front sets`);
      const { service } = await open("host behind a proxy");
      const ask = (told: string) =>
        askAs(service.url + run("tenantForget"), { host: "10.0.0.1:3000", "x-forwarded-host": told });
      expect(await ask("bolt.example.org")).toMatchObject(served("bolt"));
      expect(await ask("BOLT.example.org:8443")).toMatchObject(served("bolt"));
      expect(await ask("example.org")).toMatchObject(missing);
      expect(await ask("bolt.example.org/x")).toMatchObject(missing);
      expect(await askAs(service.url + run("tenantForget"), { host: "acme.example.org" })).toMatchObject(
        served("acme"),
      );
    });
  });

  describe(`the path of a request to ${framework}`, () => {
    it.each([
      ["acme", "acme"],
      ["%61cme", "acme"],
      ["shared%37", "shared7"],
    ])("names the tenant: %s", async (segment, tenant) => {
      const { service } = await open("path");
      expect(await askAs(service.url + run("tenantForget", segment), {})).toMatchObject(served(tenant));
    });

    it.each(["ac%2Fme", "%2e%2e%2facme", "ac%20me", "acme%00", "%C3%A4cme", "acme%2C", "a".repeat(65)])(
      "is a 400 where it is no id: %s",
      async (segment) => {
        const { service, shops } = await open("path");
        expect(await askAs(service.url + run("tenantForget", segment), {})).toMatchObject(missing);
        expect(shops.stats().tenants.lookups.asked).toBe(0);
      },
    );

    it("is a 400 where it cannot be decoded, and nobody's where it is empty", async () => {
      const { service, shops } = await open("path");
      expect((await askAs(service.url + run("tenantForget", "%zz"), {})).status).toBe(400);
      expect([400, 404]).toContain((await askAs(service.url + run("tenantForget", ""), {})).status);
      expect(shops.stats().tenants.lookups.asked).toBe(0);
    });

    it("is compared as it is, so that another spelling is another tenant", async () => {
      const { service } = await open("path");
      expect(await askAs(service.url + run("tenantForget", "ACME"), {})).toMatchObject({
        status: 404,
        code: "MDB_UNKNOWN_TENANT",
      });
    });
  });

  describe(`a trusted header of a request to ${framework}`, () => {
    const sent = async (...values: readonly string[]) => {
      const { service } = await open("header");
      const lines = [`GET ${run("tenantForget")} HTTP/1.1`, "Host: localhost", ...values.map((it) => `X-Tenant:${it}`)];
      return sendLines(service.url, [...lines, "Connection: close"]);
    };

    it("names the tenant", async () => {
      const answer = await sent("  acme ");
      expect(answer).toContain('{"seen":["acme"]}');
      expect(statusOf(answer)).toBe(200);
    });

    it.each([
      ["missing", []],
      ["empty", [""]],
      ["blank", ["   "]],
      ["a list", ["acme,bolt"]],
      ["a list of one and nothing", ["acme,"]],
      ["sent twice, for two tenants", ["acme", "bolt"]],
      ["sent twice, for one", ["acme", "acme"]],
      ["no id", ["../acme"]],
    ])("is a 400 where it is %s", async (_how, values) => {
      const answer = await sent(...values);
      expect(answer).toContain('"MDB_TENANT_MISSING"');
      expect(statusOf(answer)).toBe(400);
    });
  });

  describe(`a function that finds the tenant of a request to ${framework}`, () => {
    it("may take its time, and say that there is none", async () => {
      const { service } = await open("function");
      const ask = (claim: string) => askAs(service.url + run("tenantForget"), { "x-claim": claim });
      expect(await ask("bolt")).toMatchObject(served("bolt"));
      for (const claim of ["none", "empty", "unheard-of", "number", "list"])
        expect(await ask(claim)).toMatchObject(missing);
      expect((await ask("failure")).status).toBe(500);
    });
  });

  describe(`two sources of a request to ${framework}`, () => {
    it("serve where they agree, and where one of them says nothing", async () => {
      const { service } = await open("host and claim");
      const ask = (host: string, claim: string) => askAs(service.url + run("tenantForget"), { host, "x-claim": claim });
      expect(await ask("acme.example.org", "acme")).toMatchObject(served("acme"));
      expect(await ask("acme.example.org", "none")).toMatchObject(served("acme"));
      expect(await ask("localhost", "bolt")).toMatchObject(served("bolt"));
      expect(await ask("localhost", "none")).toMatchObject(missing);
    });

    it("are a 403 where they contradict each other, and nobody is looked up", async () => {
      const { service, shops, seen } = await open("host and claim");
      const ask = (claim: string) =>
        askAs(service.url + run("tenantForget"), { host: "acme.example.org", "x-claim": claim });
      expect(await ask("bolt")).toMatchObject(contradicted);
      expect(await ask("ACME")).toMatchObject(contradicted);
      // What cannot be read is not nothing.
      expect(await ask("number")).toMatchObject(missing);
      expect(await ask("list")).toMatchObject(missing);
      expect(shops.stats().tenants.lookups.asked).toBe(0);
      expect(seen).toEqual([]);
    });

    it("are a 403 when a header contradicts the host", async () => {
      const { service } = await open("host and header");
      const ask = (tenant: string) =>
        askAs(service.url + run("tenantForget"), { host: "acme.example.org", "x-tenant": tenant });
      expect(await ask("acme")).toMatchObject(served("acme"));
      expect(await ask("bolt")).toMatchObject(contradicted);
      expect(await ask("")).toMatchObject(served("acme"));
    });
  });
}
