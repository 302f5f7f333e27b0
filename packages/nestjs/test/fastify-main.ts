import { FastifyAdapter } from "@nestjs/platform-fastify";
import { serveUntilTerminated } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

await serveUntilTerminated((databases, timeoutMs) => startService(databases, new FastifyAdapter(), { timeoutMs }));
