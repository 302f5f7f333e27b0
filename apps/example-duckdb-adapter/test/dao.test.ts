import { daoSuite } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { fileSubject } from "./support/subject.ts";

daoSuite({ describe, it, before: beforeAll, after: afterAll }, fileSubject);
