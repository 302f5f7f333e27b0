import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

const runner = { describe, it, before: beforeAll, after: afterAll };

describe("as the server is", () => {
  conformance(runner, mssqlSubject(useServer()));
});
