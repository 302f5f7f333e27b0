import { daoSuite } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { withServer } from "./support/server.ts";
import { daoSubject } from "./support/subject.ts";

withServer(() => daoSuite({ describe, it, before: beforeAll, after: afterAll }, daoSubject()));
