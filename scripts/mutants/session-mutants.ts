import type { Mutant } from "./mutant.ts";

const session = "packages/core/src/session";
const model = "packages/session-model/test/sqlite.test.ts";
const referenceModel = "packages/session-model/test/reference.test.ts";

/** Faults of statements, streams, loads, sessions and pinned connections. */
export const sessionMutants: readonly Mutant[] = [
  {
    fault: "a pinned connection whose transactions were answered counts as never of use",
    file: `${session}/pinned-connection.ts`,
    text: "        if (answered === true) unit.answered = true;",
    replacement: "",
    noticedBy: ["packages/core/test/session/replay.test.ts"],
  },
  {
    fault: "a load from a stream of the same database waits for itself",
    file: `${session}/callers-rows.ts`,
    text: "    runInScope(this.#scope, work).then(",
    replacement: "    work().then(",
    noticedBy: [model, "packages/core/test/session/standstill.test.ts"],
  },
  {
    fault: "a savepoint of an embedded database that works is taken for one that stands still",
    file: `${session}/unit-call.ts`,
    text: "  for (const scope of callers) scope.answered();",
    replacement: "",
    noticedBy: ["packages/adapter-sqlite/test/with-core.test.ts"],
  },
  {
    fault: "whoever waits behind something that stands still waits for ever",
    file: `${session}/turn.ts`,
    text: "    if (this.#occupant === undefined || this.#waiting === 0 || this.#stillTimer !== undefined) return;",
    replacement: "    return;",
    noticedBy: ["packages/core/test/session/standstill.test.ts", model, referenceModel],
  },
  {
    fault: "a statement beside an open stream waits instead of being refused",
    file: `${session}/unit.ts`,
    text: "    if (this.turn.occupant?.refusesOthers === true) return errors.streamOpen(this.context);",
    replacement: "",
    noticedBy: ["packages/core/test/session/standstill.test.ts"],
  },
  {
    fault: "a stream stays open when its transaction ends",
    file: `${session}/unit.ts`,
    text: "      this.turn.occupant?.interrupt(why());",
    replacement: "",
    noticedBy: [model, referenceModel],
  },
  {
    fault: "callbacks go on in a transaction that has ended",
    file: `${session}/unit.ts`,
    text: "      for (const child of [...this.children]) child.interrupt(why());",
    replacement: "",
    noticedBy: [model, referenceModel],
  },
  {
    fault: "leaving a stream early does not close its cursor",
    file: `${session}/row-stream.ts`,
    text: `      this.#rows = [];
      await this.#batches.return();`,
    replacement: "      this.#rows = [];",
    noticedBy: [model, referenceModel],
  },
  {
    fault: "a statement with a signal shares a pipelined connection",
    file: `${session}/statement-executor.ts`,
    text: "      pipelined: pipelined && bounds === unbounded && limitMs === Number.POSITIVE_INFINITY,",
    replacement: "      pipelined,",
    noticedBy: ["packages/core/test/session/pipelining.test.ts"],
  },
  {
    fault: "listeners for its end stay on a caller's signal",
    file: "packages/core/src/driver/watch-expiry.ts",
    text: `    signal?.removeEventListener("abort", onAbort);`,
    replacement: "",
    noticedBy: ["packages/core/test/session/limits.test.ts"],
  },
  {
    fault: "a statement that may have run is told as one that was stopped",
    file: `${session}/failure.ts`,
    text: "    tellWhetherItRan(error, alone);",
    replacement: "",
    noticedBy: ["packages/core/test/session/replay.test.ts"],
  },
  {
    fault: "a statement that was undone with its transaction is told as one that may have run",
    file: `${session}/failure.ts`,
    text: "    tellWhetherItRan(error, alone);",
    replacement: "    tellWhetherItRan(error, true);",
    noticedBy: ["packages/core/test/session/replay.test.ts"],
  },
  {
    fault: "a stream that may have run is told as one that was stopped",
    file: `${session}/open-cursor.ts`,
    text: "    if (this.#reason instanceof StoppedError && told instanceof StoppedError) this.#reason = told;",
    replacement: "",
    noticedBy: ["packages/core/test/session/replay.test.ts"],
  },
  {
    fault: "a statement that was lost on its way is called safe to repeat",
    file: `${session}/failure.ts`,
    text: `afterLoss(alone && info.executed !== "no")`,
    replacement: "afterLoss(false)",
    noticedBy: ["packages/core/test/session/replay.test.ts"],
  },
  {
    fault: "a statement inside of a savepoint of a session is done in the next unit of work",
    file: `${session}/session-units.ts`,
    text: "    if (this.#ending !== undefined && inside === undefined) return",
    replacement: "    if (this.#ending !== undefined) return",
    noticedBy: ["packages/core/test/session/left-behind.test.ts"],
  },
  {
    fault: "what goes on inside of a unit that a session has ended is done in the next one",
    file: `${session}/session-units.ts`,
    text: "    if (inside?.refusal !== undefined) return Promise.reject(inside.refusal);",
    replacement: "",
    noticedBy: ["packages/core/test/session/left-behind.test.ts"],
  },
  {
    fault: "what goes on inside of a unit that a session has ended commits the next one",
    file: `${session}/session-units.ts`,
    text: "this.#closed === undefined ? partWith(this)?.refusal : this.#closedError();",
    replacement: "this.#closed === undefined ? undefined : this.#closedError();",
    noticedBy: ["packages/core/test/session/left-behind.test.ts"],
  },
  {
    fault: "the session of withConnection is not reset",
    file: "packages/core/src/manager/database.ts",
    text: `options.reset !== "auto" || `,
    replacement: `options.reset === "always" || `,
    noticedBy: ["packages/core/test/session/statements.test.ts"],
  },
  {
    fault: "the plan of an older PostgreSQL leaves out the partitions for which it has no value",
    file: "packages/adapter-postgres/src/plans.ts",
    text: "; set local enable_partition_pruning = off",
    replacement: "",
    noticedBy: ["packages/adapter-postgres/test/plans.test.ts"],
  },
];
