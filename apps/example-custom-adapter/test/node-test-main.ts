import { after, before, describe, it } from "node:test";
import { conformance, daoSuite } from "@nsj/mdb-testkit";
import { fileSubject } from "./support/subject.ts";

// Run by other-runners.test.ts with `node --test`.
const runner = { describe, it, before, after };
conformance(runner, fileSubject);
daoSuite(runner, fileSubject);
