import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { referenceGround } from "./support/reference-ground.ts";

sessionsUnderRandomUse("the reference engine", () => referenceGround());
