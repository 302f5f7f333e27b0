import { blindSpots } from "@nsj/mdb-testkit";
import { runner } from "./support/node.ts";
import { fileSubject } from "./support/subject.ts";

blindSpots(runner, fileSubject);
