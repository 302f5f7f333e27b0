import { mdbFastify } from "@nsj/mdb-fastify";
import fastify, { type FastifyInstance } from "fastify";
import { auditOutbox, auditRelay } from "./audit/audit-outbox.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { customerRoutes } from "./customers/customer-routes.ts";
import type { Databases } from "./databases.ts";
import { answerErrors } from "./http/errors.ts";
import { zodValidator } from "./http/validation.ts";
import { orderRoutes } from "./orders/order-routes.ts";
import { productRoutes } from "./products/product-routes.ts";
import type { Settings } from "./settings.ts";
import { activityRoutes } from "./status/activity-routes.ts";
import { statusRoutes } from "./status/status-routes.ts";
import { workRoutes } from "./status/work-routes.ts";

/** The service, ready to listen. `close()` answers what it accepted, then closes the databases. */
export async function buildService(
  databases: Databases,
  { CLOSE_TIMEOUT_MS, LOG_LEVEL, SLOW_MS }: Pick<Settings, "CLOSE_TIMEOUT_MS" | "LOG_LEVEL" | "SLOW_MS">,
): Promise<FastifyInstance> {
  const app = fastify({ logger: { level: LOG_LEVEL } });
  app.setValidatorCompiler(zodValidator);
  answerErrors(app);
  await app.register(mdbFastify, { databases, closeTimeoutMs: CLOSE_TIMEOUT_MS, statusCodes: false });
  app.decorate("outbox", auditOutbox(databases));
  await app.register(auditRelay);
  await app.register(customerRoutes, { prefix: "/customers" });
  await app.register(productRoutes, { prefix: "/products" });
  await app.register(orderRoutes, { prefix: "/orders" });
  await app.register(auditRoutes, { prefix: "/audit" });
  await app.register(statusRoutes);
  await app.register(workRoutes);
  await app.register(activityRoutes, { slowMs: SLOW_MS });
  return app;
}
