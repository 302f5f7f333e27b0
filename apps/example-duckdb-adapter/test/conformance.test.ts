import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { fileSubject } from "./support/subject.ts";

conformance({ describe, it, before: beforeAll, after: afterAll }, fileSubject);
