import { setImmediate as turn } from "node:timers/promises";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { applicationName, openDatabases, ordersUrl, useEveryFeature } from "./use-every-feature.ts";

// Opened by the first look at them (some driver looks for a place to warn to), they are resources of the process from then on.
const outputs = [process.stdout, process.stderr];
const before = process.getActiveResourcesInfo();
const databases = openDatabases();
await useEveryFeature(databases);
await databases.close();
await noConnectionOnServer();
// One turn of the event loop for what was closed just now to be forgotten by Node.js itself.
await turn();
const left = process.getActiveResourcesInfo();
for (const resource of before) left.splice(left.indexOf(resource), 1);
outputs[0]?.write(`left: ${JSON.stringify(left)}\n`);

/** Waits until the server has no connection of ours: idle ones hold no process, so the list of resources would not show them. */
async function noConnectionOnServer(): Promise<void> {
  await using observer = new DatabaseManager({ server: postgres({ connectionString: ordersUrl }) });
  const count = "select count(*) from pg_stat_activity where application_name = :applicationName";
  while ((await observer.database("server").queryScalar<number>(count, { applicationName })) > 0) await turn();
}
