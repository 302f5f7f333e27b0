import { setImmediate as turn } from "node:timers/promises";
import { openDatabases, useEveryFeature } from "./use-every-feature.ts";

const databases = openDatabases();
await useEveryFeature(databases);
await databases.close();
// One turn of the event loop for what was closed just now to be forgotten by Node.js itself.
await turn();
console.log(JSON.stringify(process.getActiveResourcesInfo()));
