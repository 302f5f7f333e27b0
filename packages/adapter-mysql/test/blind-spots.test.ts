import { blindSpots } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { withServer } from "./support/server.ts";
import { mysqlSubject } from "./support/subject.ts";

withServer(() => blindSpots({ describe, it, before: beforeAll, after: afterAll }, mysqlSubject()));
