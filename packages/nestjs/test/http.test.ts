import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("NestJS", startService);
shutdownSuite("NestJS", `${import.meta.dirname}/service-main.ts`);
