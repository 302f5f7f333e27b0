import type { IncomingMessage } from "node:http";
import { nextInTenant, type TenantOptions } from "@nsj/mdb-http";
import type { Middleware } from "./middleware.ts";

/**
 * Middleware that opens the scope of each request's tenant around all that follows, the answer that streams included. It looks nothing up: a tenant
 * that does not exist is found out at the first statement. After what checks tokens, where a claim is asked for; for `fromPath`, on a route with that
 * parameter: `app.use("/shops/:tenant", mdbTenant({ tenants: shops, from: fromPath("tenant") }))`.
 * @throws ConfigurationError naming the option that is wrong
 */
export function mdbTenant(options: TenantOptions<IncomingMessage & Express.Request>): Middleware;
/** The same for functions that say what a request is. */
export function mdbTenant<Request extends IncomingMessage>(options: TenantOptions<Request>): Middleware;
export function mdbTenant<Request extends IncomingMessage>(options: TenantOptions<Request>): Middleware {
  const enter = nextInTenant(options);
  return (request, response, next) => enter(request as Request, request, response, next);
}
