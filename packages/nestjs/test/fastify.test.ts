import { FastifyAdapter } from "@nestjs/platform-fastify";
import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("NestJS on Fastify", (databases, options) => startService(databases, new FastifyAdapter(), options));
shutdownSuite("NestJS on Fastify", `${import.meta.dirname}/fastify-main.ts`);
