import { FastifyAdapter } from "@nestjs/platform-fastify";
import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("NestJS on Fastify", (databases) => startService(databases, new FastifyAdapter()));
shutdownSuite("NestJS on Fastify", `${import.meta.dirname}/fastify-main.ts`);
