import { blindSpots } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

blindSpots({ describe, it, before: beforeAll, after: afterAll }, mssqlSubject(useServer()));
