import type { DatabaseManager } from "@nsj/mdb-core";
import {
  fromClaim,
  fromHeader,
  fromHost,
  fromPath,
  type TenantFrom,
  type TenantFunction,
  type TenantRunner,
} from "@nsj/mdb-http";
import type { Service, ServiceOptions } from "./service.ts";

/**
 * The ways in which the suite lets a request say for which tenant it is. `"host behind a proxy"`: the service was told to trust whoever is in front of it,
 * as its framework is told that.
 */
export type TenantWay =
  | "host"
  | "host behind a proxy"
  | "path"
  | "header"
  | "function"
  | "host and claim"
  | "host and header";

/** What a service for tenants is started with. */
export interface TenantServiceOptions extends ServiceOptions {
  readonly tenants: TenantRunner;
  readonly way: TenantWay;
}

/**
 * Starts a service whose routes `/t/:tenant/run/:name/:user`, `/t/:tenant/stream/:name/:user` and, by `POST` with JSON, `/t/:tenant/post/:name/:user`
 * are for a tenant that is found in the way asked for; `/health` is for none.
 */
export type StartTenantService = (databases: DatabaseManager, options: TenantServiceOptions) => Promise<Service>;

/**
 * The option `from` for a way.
 * @param headerOf - reads a header of the framework's request
 */
export function tenantFrom<Request>(
  way: TenantWay,
  headerOf: (request: Request, name: string) => unknown,
): TenantFrom<Request> {
  const host = fromHost("*.example.org");
  const claim = (request: Request) => claims[String(headerOf(request, "x-claim"))] as string | undefined;
  const ask: TenantFunction<Request> = async (request) => {
    await Promise.resolve();
    if (headerOf(request, "x-claim") === "failure") throw new Error("a failure of the application");
    return claim(request);
  };
  const ways: Readonly<Record<TenantWay, TenantFrom<Request>>> = {
    host,
    "host behind a proxy": host,
    path: fromPath("tenant"),
    header: fromHeader("x-tenant", { trusted: true }),
    function: ask,
    "host and claim": [host, fromClaim(claim)],
    "host and header": [host, fromHeader("x-tenant", { trusted: true })],
  };
  return ways[way];
}

/** What tokens claim, as an application would have read it out of them. */
const claims: Readonly<Record<string, unknown>> = {
  acme: "acme",
  bolt: "bolt",
  ACME: "ACME",
  none: null,
  empty: "",
  number: 7,
  list: ["acme"],
};
