import type { Mutant } from "./mutant.ts";

const core = "packages/core/src";
const model = "packages/session-model/test/sqlite-in-memory.test.ts";

/** Faults that end the one connection in which a database lives, and all data with it. */
export const inMemoryMutants: readonly Mutant[] = [
  {
    fault: "a database in memory is gone after a time limit",
    file: `${core}/session/run-bounded.ts`,
    text: "    if (!permanent) connection.destroy(reason);",
    replacement: "    connection.destroy(reason);",
    noticedBy: [model],
  },
  {
    fault: "a database in memory is gone when a statement could not be stopped",
    file: `${core}/session/run-bounded.ts`,
    text: "    if (!context.permanent) connection.destroy(reason);",
    replacement: "    connection.destroy(reason);",
    noticedBy: [model],
  },
  {
    fault: "a database in memory is gone when a transaction is given up that has not begun yet",
    file: `${core}/session/transaction-start.ts`,
    text: "    if (this.#facts.context.permanent || this.#beginning === undefined) return;",
    replacement: "    if (this.#beginning === undefined) return;",
    noticedBy: [model],
  },
  {
    fault: "a database in memory is gone when a transaction could not be rolled back",
    file: `${core}/session/server-transaction.ts`,
    text: "      if (!this.#context.permanent) connection.destroy(error);",
    replacement: "      connection.destroy(error);",
    noticedBy: [model],
  },
  {
    fault: "a database in memory is gone when its connection comes back from a transaction that was left open",
    file: `${core}/pool/give-back.ts`,
    text: `  if (state.permanent && connection.usable) pooled.doomed = undefined;
  else if (`,
    replacement: "  if (",
    noticedBy: [model],
  },
  {
    fault: "a database in memory is gone when its connection has been used often enough",
    file: `${core}/pool/lend.ts`,
    text: "  if (state.permanent) return undefined;",
    replacement: "",
    noticedBy: [model],
  },
  {
    fault: "what comes after a transaction that could not be rolled back is undone with it, though it was told as done",
    file: `${core}/session/pinned-connection.ts`,
    text: `        if (error === "dead" && connection.usable) void unit.end(stillOpen(context));`,
    replacement: "",
    noticedBy: ["packages/core/test/session/left-behind.test.ts"],
  },
];
