import type { Branch, BranchEnd, DriverConnection, OperationContext, PreparedBranch } from "../../driver/index.ts";
import { borrow } from "../borrow.ts";
import type { DatabaseContext } from "../database-context.ts";
import { failureOf } from "../failure.ts";
import { silent } from "../operation.ts";
import { runBounded } from "../run-bounded.ts";
import { runInScope } from "../scope.ts";

/** Ends a prepared branch on a connection of the pool, outside of everything that runs. @param limitMs - for all of it */
export function finishBranch(
  context: DatabaseContext,
  branch: Branch,
  end: BranchEnd,
  limitMs: number,
): Promise<"done" | "gone" | "busy"> {
  return onConnection(context, limitMs, async (it) => (await it.finishPrepared?.(branch, end)) ?? "gone");
}

/** What is prepared in a database. Rejects where nobody could look. */
export function listBranches(context: DatabaseContext, limitMs: number): Promise<readonly PreparedBranch[]> {
  return onConnection(context, limitMs, async (it, operation) => (await it.listPrepared?.(operation)) ?? []);
}

/** Runs something on a connection of the pool, outside of any transaction. */
export async function onConnection<T>(
  context: DatabaseContext,
  limitMs: number,
  work: (connection: DriverConnection, operation: OperationContext) => Promise<T>,
): Promise<T> {
  const bounds = { deadline: context.clock.now() + limitMs };
  const lease = await runInScope(undefined, () => borrow(context, bounds, undefined));
  const { connection } = lease;
  try {
    const result = await runBounded(context, connection, bounds, { ...silent, perform: work });
    lease.release({ error: "ok", answered: true });
    return result;
  } catch (error) {
    const failure = failureOf(context, connection, error);
    lease.release({ error: connection.usable ? failure.connection : "dead", answered: failure.answered });
    throw failure.error;
  }
}
