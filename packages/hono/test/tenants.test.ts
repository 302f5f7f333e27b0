import { tenantSuite } from "@nsj/mdb-http-testkit";
import { startTenantService } from "./tenant-service.ts";

tenantSuite("Hono", startTenantService, { trustsProxies: false });
