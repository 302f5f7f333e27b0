import { serveUntilTerminated } from "@nsj/mdb-http-testkit";
import { startService } from "./service.ts";

await serveUntilTerminated((databases, timeoutMs) => startService(databases, { timeoutMs }));
