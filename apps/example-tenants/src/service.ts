import { fromPath, mdbFastify, mdbTenant } from "@nsj/mdb-fastify";
import fastify, { type FastifyInstance } from "fastify";
import type { Opened } from "./databases.ts";
import { answerErrors } from "./http/errors.ts";
import { zodValidator } from "./http/validation.ts";
import { orderRoutes } from "./orders/order-routes.ts";
import type { Settings } from "./settings.ts";
import type { KeyRing } from "./shops/key-ring.ts";
import { shopRoutes } from "./shops/shop-routes.ts";
import { statusRoutes } from "./status/status-routes.ts";

/** The service, ready to listen. `close()` answers what it accepted, then closes the databases. */
export async function buildService(
  opened: Opened,
  keys: KeyRing,
  { CLOSE_TIMEOUT_MS, LOG_LEVEL }: Pick<Settings, "CLOSE_TIMEOUT_MS" | "LOG_LEVEL">,
): Promise<FastifyInstance> {
  const { databases, shops } = opened;
  const app = fastify({ logger: { level: LOG_LEVEL } });
  app.setValidatorCompiler(zodValidator);
  answerErrors(app);
  await app.register(mdbFastify, {
    databases: databases as never,
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
    statusCodes: false,
  });
  await app.register(shopRoutes(opened, keys));
  // In here, and only in here, requests are for a shop. With a domain it would be fromHost("*.example.org"), and beside it fromClaim() for whoever is
  // logged in: a request whose two sources are of two shops is a 403.
  await app.register(
    async (shop) => {
      await shop.register(mdbTenant({ tenants: shops, from: fromPath("shop") }));
      await shop.register(orderRoutes);
    },
    { prefix: "/shops/:shop" },
  );
  await app.register(statusRoutes(opened, keys));
  return app;
}
