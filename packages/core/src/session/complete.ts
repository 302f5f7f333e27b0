import { CommitOutcomeUnknownError, type HookError } from "../errors/index.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

type HookReport = ((error: HookError) => void) | undefined;

/**
 * Commits a unit whose work is done, gives the connection back, then runs its hooks.
 * @throws the reason when it had to be rolled back instead: a failed or pending statement, a doomed transaction, the server's refusal
 */
export async function commitUnit(unit: UnitOfWork, report: HookReport): Promise<void> {
  const problem = await unit.settle();
  if (problem !== undefined) {
    await rollbackUnit(unit, problem, report);
    throw problem;
  }
  try {
    await unit.end();
    await unit.physical.commit(unit.bounds);
  } catch (error) {
    if (!(error instanceof CommitOutcomeUnknownError)) await unit.hooks.run("rolled back", unit.context, report);
    throw error;
  }
  await unit.hooks.run("committed", unit.context, report);
}

/**
 * Rolls a unit back, gives the connection back, then runs its hooks. Never throws: a rollback that failed is attached to `error` as
 * `rollbackError`, and its connection is gone, so that nothing of the transaction can be kept.
 */
export async function rollbackUnit(unit: UnitOfWork, error: unknown, report: HookReport): Promise<void> {
  await unit.end();
  const rollbackError = await unit.physical.rollback();
  if (rollbackError !== undefined && typeof error === "object" && error !== null && Object.isExtensible(error)) {
    Object.defineProperty(error, "rollbackError", { value: rollbackError, configurable: true, enumerable: false });
  }
  await unit.hooks.run("rolled back", unit.context, report);
}
