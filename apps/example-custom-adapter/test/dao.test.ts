import { daoSuite } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { fileSubject, memorySubject } from "./support/subject.ts";

const runner = { describe, it, before: beforeAll, after: afterAll };

daoSuite(runner, fileSubject);
daoSuite(runner, memorySubject);
