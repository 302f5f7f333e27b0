import type { Mutant } from "./mutant.ts";

const pool = "packages/core/src/pool";
const poolModel = "packages/core/test/pool/model.test.ts";
const referenceModel = "packages/session-model/test/reference.test.ts";

/** Faults of the pool. */
export const poolMutants: readonly Mutant[] = [
  {
    fault: "what one borrower sets is seen by the next",
    file: `${pool}/give-back.ts`,
    text: "outcome.dirty === true || connection.dirty === true || ",
    replacement: "outcome.dirty === true || ",
    noticedBy: [referenceModel, "packages/session-model/test/sqlite.test.ts"],
  },
  {
    fault: "callers who give up while they begin make a database look down",
    file: `${pool}/give-back.ts`,
    text: "else if (outcome.cut === true) {",
    replacement: "else if (outcome.cut === null) {",
    noticedBy: ["packages/core/test/session/given-up.test.ts"],
  },
  {
    fault: "a connection comes back with its transaction open",
    file: `${pool}/give-back.ts`,
    text: `  else if (connection.txStatus !== "idle") clean(state, pooled, false);`,
    replacement: "",
    noticedBy: ["packages/core/test/pool/release.test.ts"],
  },
  {
    fault: "a write commits after its caller was told that the connection was lost",
    file: `${pool}/give-back.ts`,
    text: "  stopAndDestroy(state, pooled, reason);",
    replacement: "  destroy(state, pooled, reason);",
    noticedBy: ["packages/adapter-postgres/test/pool.test.ts", "packages/session-model/test/postgres.test.ts"],
  },
  {
    fault: "deaths of connections that were of use close the pool",
    file: `${pool}/end-connection.ts`,
    text: "  if (!pooled.confirmed && deaths.has(reason)) {",
    replacement: "  if (deaths.has(reason)) {",
    noticedBy: ["packages/core/test/pool/down.test.ts"],
  },
  {
    fault: "one dead connection says nothing about the others",
    file: `${pool}/end-connection.ts`,
    text: "  state.suspicion.raise();",
    replacement: "",
    noticedBy: ["packages/core/test/pool/validation.test.ts", poolModel],
  },
  {
    fault: "the pool grows by one connection at a time for ever",
    file: `${pool}/growth.ts`,
    text: "Math.min(widest, state.connectWindow * 2)",
    replacement: "state.connectWindow",
    noticedBy: ["packages/core/test/pool/growth.test.ts"],
  },
  {
    fault: "holders that wait for each other wait for ever",
    file: `${pool}/deadlock.ts`,
    text: "    if (since === undefined || now - since < at.deadlockPatienceMs) {",
    replacement: "    if (since !== undefined || since === undefined) {",
    noticedBy: ["packages/core/test/pool/deadlock.test.ts"],
  },
  {
    fault: "a circle over the pools of several labels waits for ever",
    file: `${pool}/deadlock.ts`,
    text: "      const wait = look(other, holder);",
    replacement: "      const wait = other === site ? look(other, holder) : undefined;",
    noticedBy: ["packages/core/test/session/deadlock.test.ts"],
  },
];
