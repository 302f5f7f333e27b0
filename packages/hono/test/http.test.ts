import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("Hono", startService);
shutdownSuite("Hono", `${import.meta.dirname}/service-main.ts`);
