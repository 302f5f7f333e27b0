import { ExpressAdapter } from "@nestjs/platform-express";
import { serveUntilTerminated } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

await serveUntilTerminated((databases, timeoutMs) =>
  startService(databases, new ExpressAdapter(), { timeoutMs, handlesSignals: true }),
);
