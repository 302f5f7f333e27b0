import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { describeEncrypted } from "./support/encrypted.ts";
import { mssqlSubject } from "./support/subject.ts";

/** What depends on how bytes travel. The rest is the same statements once more: the other file runs everything. */
const only = [
  "bulkLoad",
  "cancel",
  "close",
  "connect",
  "losses",
  "network",
  "parameters",
  "prepared",
  "query",
  "stream",
  "types",
  "with the pool",
];

// A file of its own, so that both runs go side by side.
describeEncrypted((server) => {
  conformance({ describe, it, before: beforeAll, after: afterAll }, mssqlSubject(server), { only });
});
