import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { tenantSuite } from "@nsj/mdb-http-testkit";
import { startTenantService } from "./tenant-service.ts";

tenantSuite("NestJS on Express", (databases, options) => startTenantService(databases, new ExpressAdapter(), options));
tenantSuite("NestJS on Fastify", (databases, options) => startTenantService(databases, new FastifyAdapter(), options));
