import type { Mutant } from "./mutant.ts";

const session = "packages/core/src/session";
const model = "packages/session-model/test/sqlite.test.ts";
const referenceModel = "packages/session-model/test/reference.test.ts";
const transactionTest = "packages/core/test/session/transaction.test.ts";

/** Faults of transactions, savepoints and hooks. */
export const transactionMutants: readonly Mutant[] = [
  {
    fault: "the mail of a transaction is sent before COMMIT",
    file: `${session}/settle.ts`,
    text: `    const sent = unit.server?.commit(unit.bounds);
    if (sent !== undefined) await sent;
  } catch (error) {
    unit.trace?.settled(outcomeAfter(error), error);
    // Nobody knows which of the hooks would be right.
    if (!(error instanceof CommitOutcomeUnknownError)) await runHooks(unit, "rolled back", report);
    throw error;
  }
  unit.trace?.settled("committed");
  if (unit.hasHooks) await runHooks(unit, "committed", report);`,
    replacement: `    await runHooks(unit, "committed", report);
    await unit.server?.commit(unit.bounds);
  } catch (error) {
    if (!(error instanceof CommitOutcomeUnknownError)) await runHooks(unit, "rolled back", report);
    throw error;
  }`,
    noticedBy: [transactionTest, model, referenceModel],
  },
  {
    fault: "the mail of a savepoint that was undone is sent",
    file: `${session}/hooks.ts`,
    text: "    if (kept) for (const hook of inner.#onCommit)",
    replacement: "    for (const hook of inner.#onCommit)",
    noticedBy: [transactionTest, model, referenceModel],
  },
  {
    fault: "the mail of an outer handle inside a savepoint that was undone is sent",
    file: `${session}/participant.ts`,
    text: "    return part.unit.hooks;",
    replacement: "    return this.unit.hooks;",
    noticedBy: ["packages/core/test/session/standstill.test.ts", referenceModel],
  },
  {
    fault: "rollback hooks of a savepoint are lost",
    file: `${session}/hooks.ts`,
    text: "    for (const hook of inner.#onRollback) (kept ? this.#onRollback : this.#always).push(hook);",
    replacement: "    for (const hook of inner.#onRollback) if (kept) this.#onRollback.push(hook);",
    noticedBy: [transactionTest, model],
  },
  {
    fault: "half of a joined callback is committed",
    file: `${session}/settle.ts`,
    text: "  if (child !== undefined) return",
    replacement: "  if (child === null) return",
    noticedBy: ["packages/core/test/session/standstill.test.ts", model],
  },
  {
    fault: "a joined callback that failed dooms nothing",
    file: `${session}/propagate.ts`,
    text: "    unit.markRollbackOnly(error);",
    replacement: "",
    noticedBy: [transactionTest, model],
  },
  {
    fault: "half of a savepoint that was undone is committed, by its callback that goes on",
    file: `${session}/participant.ts`,
    text: "      if (!(member instanceof Participant) || (at.ended && member.returned)) continue;",
    replacement: "      if (!(member instanceof Participant) || at.ended) continue;",
    noticedBy: ["packages/core/test/session/left-behind.test.ts"],
  },
  {
    fault: "COMMIT is sent although the time of its transaction is over",
    file: `${session}/server-transaction.ts`,
    text: "      if (late !== undefined) throw late;",
    replacement: "",
    noticedBy: ["packages/core/test/session/limits.test.ts"],
  },
  {
    fault: "a connection that came too late for its transaction is never given back",
    file: `${session}/transaction-start.ts`,
    text: "    if (this.#given !== undefined) return this.#failed(this.#given.reason, lease, bounds, isSecond);",
    replacement: "    if (this.#given !== undefined) throw this.#given.reason;",
    noticedBy: ["packages/session-model/test/sqlite-in-memory.test.ts"],
  },
  {
    fault: "a lost COMMIT is told as rolled back",
    file: `${session}/server-transaction.ts`,
    text: "      if (!isAskedFor) throw outcomeUnknown(this.#context, failure.error);",
    replacement: "      throw failure.error;",
    noticedBy: [transactionTest],
  },
  {
    fault: "contradicting options of a joined transaction are ignored",
    file: `${session}/propagate.ts`,
    text: "    if (value === undefined || value === current) continue;",
    replacement: "    continue;",
    noticedBy: [transactionTest],
  },
  {
    fault: "the scope of one database hides those of the others",
    file: `${session}/scope.ts`,
    text: "  for (let at = storage.getStore(); at !== undefined; at = at.parent) if (at.speaksOf(database, key)) return at;",
    replacement: "  const at = storage.getStore(); if (at?.speaksOf(database, key)) return at;",
    noticedBy: [transactionTest],
  },
  {
    fault: "the pauses between two attempts do not grow",
    file: `${session}/retry.ts`,
    text: "backoffMs * 2 ** (done - 1)",
    replacement: "backoffMs",
    noticedBy: ["packages/core/test/session/retry-pauses.test.ts"],
  },
  {
    fault: "what has ended leaves the timer of its transaction, and a listener on its signal, behind",
    file: "packages/core/src/session/shared-bounds.ts",
    text: "      if (this.#watching.size === 0) this.#end();",
    replacement: "",
    noticedBy: ["packages/core/test/session/limits.test.ts"],
  },
];
