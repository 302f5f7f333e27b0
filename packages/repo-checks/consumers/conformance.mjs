// An author of an adapter: the published suite under a runner that is neither ours nor vitest.
import assert from "node:assert/strict";
import { conformance, miniRunner, referenceServer, referenceSubject } from "@nsj/mdb-testkit";

const server = await referenceServer();
const runner = miniRunner();
const report = conformance(
  runner,
  referenceSubject(() => server),
  { only: ["meta", "query"] },
);
const results = await runner.run();
await server.close();
assert.deepEqual(
  results.filter(({ outcome }) => outcome === "fail"),
  [],
);
assert.ok(report.passed > 10);
console.log("ok");
