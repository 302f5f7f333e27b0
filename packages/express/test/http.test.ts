import { httpSuite, shutdownSuite } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

httpSuite("Express", startService);
shutdownSuite("Express", `${import.meta.dirname}/service-main.ts`);
