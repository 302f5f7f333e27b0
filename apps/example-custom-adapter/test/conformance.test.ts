import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { fileSubject, memorySubject } from "./support/subject.ts";

const runner = { describe, it, before: beforeAll, after: afterAll };

conformance(runner, fileSubject);
conformance(runner, memorySubject);
