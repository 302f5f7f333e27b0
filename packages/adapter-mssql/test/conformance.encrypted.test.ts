import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { realUrl, useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

// A file of its own, so that both runs go side by side. Whether a real server is encrypted says its URL; once is enough there.
describe.skipIf(realUrl !== undefined)("encrypted, by TLS inside of TDS", () => {
  conformance({ describe, it, before: beforeAll, after: afterAll }, mssqlSubject(useServer({ encrypted: true })));
});
