import type { MaybePromise } from "../driver/index.ts";
import { CommitOutcomeUnknownError, type MdbError } from "../errors/index.ts";
import type { HookReport } from "./hooks.ts";
import { runInScope } from "./scope.ts";
import { outcomeAfter } from "./transaction-trace.ts";
import type { Unit } from "./unit.ts";
import { innerFailed, mayHaveBeenKept, stillPending } from "./unit-errors.ts";

/**
 * Looks back after a unit's work is done; gives the reason why it must not be kept. What is still open in it is ended then: that somebody forgot
 * to await it must not let it escape.
 */
export function lookBack(unit: Unit): MaybePromise<MdbError | undefined> {
  const { context, failure, rollbackOnly, server } = unit;
  const open = openWork(unit);
  if (open !== undefined) return endForgotten(unit, stillPending(context, open));
  if (failure !== undefined) return unit.aborted();
  if (rollbackOnly !== undefined) return innerFailed(context, rollbackOnly.cause);
  const state = server?.state;
  return state === "failed" || state === "over" ? unit.aborted() : undefined;
}

async function endForgotten(unit: Unit, reason: MdbError): Promise<MdbError> {
  await unit.end(reason);
  return reason;
}

function openWork({ children, turn }: Unit): string | undefined {
  const [child] = children;
  if (child !== undefined) return `${child.what} was`;
  const { pending, occupant } = turn;
  if (pending === 0) return undefined;
  if (occupant !== undefined && pending === 1) return `${occupant.what} was`;
  return pending === 1 ? "a statement was" : `${pending} statements were`;
}

/**
 * Commits a unit whose work is done, gives the connection back, then runs its hooks.
 * @throws the reason when it had to be rolled back instead: a failed or pending statement, a doomed transaction, the server's refusal
 */
export async function commitUnit(unit: Unit, report: HookReport): Promise<void> {
  const found = lookBack(unit);
  const problem = found instanceof Promise ? await found : found;
  if (problem !== undefined) {
    await rollbackUnit(unit, problem, report);
    throw problem;
  }
  try {
    const ended = unit.end();
    if (ended !== undefined) await ended;
    const sent = unit.server?.commit(unit.bounds);
    if (sent !== undefined) await sent;
  } catch (error) {
    unit.trace?.settled(outcomeAfter(error), error);
    // Nobody knows which of the hooks would be right.
    if (!(error instanceof CommitOutcomeUnknownError)) await runHooks(unit, "rolled back", report);
    throw error;
  }
  unit.trace?.settled("committed");
  if (unit.hasHooks) await runHooks(unit, "committed", report);
}

/**
 * Rolls a unit back, gives the connection back, then runs its hooks. Never throws: a rollback that failed is attached to `error` as
 * `rollbackError`, and its connection is gone, so that nothing of the transaction can be kept.
 */
export async function rollbackUnit(unit: Unit, error: unknown, report: HookReport): Promise<void> {
  await unit.end(error === undefined ? undefined : unit.interruption(error));
  const rollbackError = await unit.server?.rollback();
  if (rollbackError !== undefined && typeof error === "object" && error !== null && Object.isExtensible(error)) {
    Object.defineProperty(error, "rollbackError", { value: rollbackError, configurable: true, enumerable: false });
  }
  unit.trace?.settled(mayHaveBeenKept(unit.failure) ? "unknown" : "rolled back", error);
  if (!mayHaveBeenKept(unit.failure)) await runHooks(unit, "rolled back", report);
}

/** Hooks run where the unit was begun: outside of its transaction. */
function runHooks(unit: Unit, outcome: "committed" | "rolled back", report: HookReport): MaybePromise<void> {
  if (!unit.hasHooks) return;
  return runInScope(unit.scope.parent, () => unit.hooks.run(outcome, unit.context, unit.bounds, report));
}
