import { openDatabases, useEveryFeature } from "./use-every-feature.ts";

await useEveryFeature(openDatabases());
console.log("done");
