import {
  checkTenantOptions,
  type RequestFacts,
  runForRequest,
  type TenantOptions,
  tenantOfRequest,
} from "@nsj/mdb-http";
import type { Context, MiddlewareHandler } from "hono";
import { keepBodyContext, wholeAnswersOf } from "./kept-body.ts";

/**
 * Middleware that opens the scope of each request's tenant around what follows, bodies that stream included. It looks nothing up: a tenant that
 * does not exist is found out at the first statement. After what checks tokens, where a claim is asked for; for `fromPath`, on a path with that
 * parameter: `app.use("/shops/:tenant/*", mdbTenant({ tenants: shops, from: fromPath("tenant") }))`.
 * @throws ConfigurationError naming the option that is wrong
 */
export function mdbTenant(options: TenantOptions<Context>): MiddlewareHandler {
  const checked = checkTenantOptions<Context>(options);
  return async (context, next) => {
    const id = await tenantOfRequest(checked, factsOf(context), context);
    await runForRequest(checked.tenants, id, context, async () => {
      const isWhole = wholeAnswersOf(context);
      await next();
      if (!isWhole(context.res)) keepBodyContext(context);
    });
  };
}

function factsOf(context: Context): RequestFacts {
  const { req } = context;
  // `Headers` put the values of one name together, as HTTP allows for all that have many; a host has no comma.
  const header = (name: string): readonly string[] => req.header(name)?.split(",") ?? [];
  return {
    host: req.header("host") ?? new URL(req.url).host,
    header,
    param: (name) => req.param(name),
  };
}
