import { daoSuite } from "@nsj/mdb-testkit";
import { runner } from "./support/node.ts";
import { fileSubject, memorySubject } from "./support/subject.ts";

daoSuite(runner, fileSubject);
daoSuite(runner, memorySubject);
