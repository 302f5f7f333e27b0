import { randomBytes } from "node:crypto";
import { setUp } from "./control/tables.ts";
import { openDatabases } from "./databases.ts";
import { loadRoutes } from "./demo/load-routes.ts";
import { addSampleShops } from "./demo/sample-shops.ts";
import { startServers } from "./demo/servers.ts";
import { buildService } from "./service.ts";
import { readSettings } from "./settings.ts";
import { KeyRing } from "./shops/key-ring.ts";

const settings = readSettings(process.env);
await using servers = await startServers();
const sharedPassword = randomBytes(24).toString("hex");
await setUp(servers.urls, sharedPassword);

const keys = new KeyRing();
const opened = openDatabases(servers.urls, sharedPassword, keys);
await using _databases = opened.databases;
await addSampleShops(opened, keys);

const app = await buildService(opened, keys, settings);
await app.register(loadRoutes);
const url = await app.listen({ host: settings.HOST, port: settings.PORT });
console.log(`The service listens at ${url}: open it in a browser. Ctrl+C stops it.`);

// Package managers pass Ctrl+C on to a program that has got it already: only the first counts, and the deadline bounds what follows.
await new Promise((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, resolve);
});
await app.close();
