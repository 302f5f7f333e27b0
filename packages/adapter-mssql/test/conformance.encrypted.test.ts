import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { describeEncrypted } from "./support/encrypted.ts";
import { mssqlSubject } from "./support/subject.ts";

// A file of its own, so that both runs go side by side.
describeEncrypted((server) => {
  conformance({ describe, it, before: beforeAll, after: afterAll }, mssqlSubject(server));
});
