import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { referenceGround } from "./support/reference-ground.ts";

// While one answer is on its way here, seconds of the fake clock pass: so it is on a machine that does much else. In this seed a transaction that is
// given up has a hook which writes, and for that has to wait for what another one has locked.
sessionsUnderRandomUse(
  "the reference engine, behind a network that is slower than the clock",
  () => referenceGround(70),
  [70],
);
