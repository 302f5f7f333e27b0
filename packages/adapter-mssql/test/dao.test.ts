import { daoSuite } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { describeEncrypted } from "./support/encrypted.ts";
import { useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

const runner = { describe, it, before: beforeAll, after: afterAll };

describe("as the server is", () => {
  daoSuite(runner, mssqlSubject(useServer()));
});

describeEncrypted((server) => daoSuite(runner, mssqlSubject(server)));
