import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { tenantSuite } from "@nsj/mdb-http-testkit";
import { startTenantService } from "./tenant-service.ts";

tenantSuite("NestJS on Express", (databases, options) => {
  const adapter = new ExpressAdapter();
  adapter.set("trust proxy", options.way === "host behind a proxy");
  return startTenantService(databases, adapter, options);
});
tenantSuite("NestJS on Fastify", (databases, options) => {
  const adapter = new FastifyAdapter({ trustProxy: options.way === "host behind a proxy" });
  return startTenantService(databases, adapter, options);
});
