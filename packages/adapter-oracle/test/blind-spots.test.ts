import { blindSpots } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { oracleSubject } from "./support/subject.ts";

blindSpots({ describe, it, before: beforeAll, after: afterAll }, oracleSubject());
