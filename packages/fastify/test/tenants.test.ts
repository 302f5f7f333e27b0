import { tenantSuite } from "@nsj/mdb-http-testkit";
import { startTenantService } from "./tenant-service.ts";

tenantSuite("Fastify", startTenantService);
tenantSuite("Fastify, from its first hook on", (databases, options) =>
  startTenantService(databases, options, "onRequest"),
);
