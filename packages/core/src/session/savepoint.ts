import type { MdbError } from "../errors/index.ts";
import { type Bounds, cancelGraceMs } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import { type Operation, silent } from "./operation.ts";
import type { PhysicalTransaction } from "./physical-transaction.ts";

/** The operation that sets a savepoint. */
export function setSavepoint(name: string, bounds: Bounds): Operation<void> {
  return { ...silent, text: `SAVEPOINT ${name}`, bounds, perform: (connection) => connection.savepoint?.(name) };
}

/**
 * Leaves a savepoint: what was done since is kept or undone.
 * @returns why the transaction around it is lost, when it is
 */
export async function leaveSavepoint(
  context: DatabaseContext,
  physical: PhysicalTransaction,
  name: string,
  kept: boolean,
  cause: MdbError | undefined,
): Promise<MdbError | undefined> {
  const { connection } = physical;
  if (connection?.usable !== true) return physical.gone(cause);
  const cut = context.clock.setTimer(() => connection.destroy(), cancelGraceMs);
  try {
    if (!kept) await connection.rollbackTo?.(name);
    await connection.releaseSavepoint?.(name);
    return physical.alive ? undefined : physical.gone(cause);
  } catch (error) {
    return failureOf(context, connection, error, "ROLLBACK TO SAVEPOINT").error;
  } finally {
    cut.cancel();
  }
}
