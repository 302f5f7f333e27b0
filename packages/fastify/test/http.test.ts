import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("Fastify", startService);
shutdownSuite("Fastify", `${import.meta.dirname}/service-main.ts`);
