import { openDatabases } from "./databases.ts";
import { loadRoutes } from "./demo/load-routes.ts";
import { addSampleGoods } from "./demo/sample-goods.ts";
import { startServers } from "./demo/servers.ts";
import { buildService } from "./service.ts";
import { readSettings } from "./settings.ts";
import { createTables } from "./tables.ts";
import { startTelemetry } from "./telemetry/start-telemetry.ts";

const settings = readSettings(process.env);
await using servers = await startServers(settings);
await using databases = openDatabases(servers);
await using _telemetry = await startTelemetry(databases, settings.TELEMETRY);
await databases.connect();
await createTables(databases);
await addSampleGoods(databases);

const app = await buildService(databases, settings);
await app.register(loadRoutes);
const url = await app.listen({ host: settings.HOST, port: settings.PORT });
console.log(`The service listens at ${url}: open it in a browser. Ctrl+C stops it.`);

// Package managers pass Ctrl+C on to a program that has got it already: only the first counts, and the deadline bounds what follows.
await new Promise((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, resolve);
});
await app.close();
