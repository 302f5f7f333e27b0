import { conformance } from "@nsj/mdb-testkit";
import { runner } from "./support/node.ts";
import { fileSubject, memorySubject } from "./support/subject.ts";

conformance(runner, fileSubject);
conformance(runner, memorySubject);
