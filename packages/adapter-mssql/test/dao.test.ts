import { daoSuite } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { realUrl, useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

const runner = { describe, it, before: beforeAll, after: afterAll };

describe("as the server is", () => {
  daoSuite(runner, mssqlSubject(useServer()));
});

// Whether a real server is encrypted says its URL; once is enough there.
describe.skipIf(realUrl !== undefined)("encrypted", () => {
  daoSuite(runner, mssqlSubject(useServer({ encrypted: true })));
});
