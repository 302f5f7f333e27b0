import { ExpressAdapter } from "@nestjs/platform-express";
import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("NestJS on Express", (databases, options) => startService(databases, new ExpressAdapter(), options));
shutdownSuite("NestJS on Express", `${import.meta.dirname}/express-main.ts`);
