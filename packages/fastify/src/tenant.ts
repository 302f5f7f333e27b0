import { nextInTenant, type TenantOptions } from "@nsj/mdb-http";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";

/** What the plugin of tenants takes. */
export interface MdbTenantOptions extends TenantOptions<FastifyRequest> {
  /**
   * From which hook on the scope is open. Default `"preValidation"`: after the `onRequest` hooks, which check tokens, those of the route among them, and
   * after the body was read. `"onRequest"` for hooks that look into the tenant's database themselves.
   */
  readonly hook?: "onRequest" | "preParsing" | "preValidation" | "preHandler";
}

/**
 * A plugin that opens the scope of each request's tenant around the handlers, hooks and error handlers that follow, and what their answers stream. It
 * counts for the context in which it is registered and those inside it, so that routes without a tenant stay outside:
 * `app.register(async (shop) => { await shop.register(mdbTenant({ tenants: shops, from: fromHost("*.example.org") })); ... })`.
 *
 * It looks nothing up: a tenant that does not exist is found out at the first statement. A path without a route is a 404, whatever the tenant.
 * @throws ConfigurationError naming the option that is wrong
 */
export function mdbTenant({ hook = "preValidation", ...options }: MdbTenantOptions): FastifyPluginAsync {
  const enter = nextInTenant(options);
  const open = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const next = (error?: Error): void => (error !== undefined && request.is404 ? done() : done(error));
    enter(request, request.raw, reply.raw, next);
  };
  return fastifyPlugin(
    async (app) => {
      if (hook === "preParsing") app.addHook(hook, (request, reply, _payload, done) => open(request, reply, done));
      else app.addHook(hook as "onRequest", open);
    },
    { name: "@nsj/mdb-fastify/tenant", fastify: "5.x" },
  );
}
