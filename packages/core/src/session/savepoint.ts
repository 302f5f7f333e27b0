import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { failureOf } from "./failure.ts";
import { silent } from "./operation.ts";
import { traceControl } from "./query-trace.ts";
import { cancelGraceMs, cutLater } from "./run-bounded.ts";
import { currentScope, type Scope } from "./scope.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { lookBack } from "./settle.ts";
import type { Occupant } from "./turn.ts";
import type { Unit } from "./unit.ts";

/**
 * Runs `work` with a savepoint around it: what it did is kept when it resolves, undone when it rejects. The savepoint has the turn of the unit
 * around it until it is over.
 * @param inner - the savepoint's own unit
 */
export function runInSavepoint<R>(outer: Unit, inner: Unit, work: () => Promise<R>): Promise<R> {
  const caller = currentScope();
  const refusal = outer.refusal(caller);
  if (refusal !== undefined) return Promise.reject(refusal);
  const occupant: Occupant = {
    what: "a savepoint",
    scope: inner.scope,
    refusesOthers: false,
    interrupt: (reason: MdbError) => void inner.end(reason),
  };
  return outer.turn.run(() => withTurn(outer, inner, work, caller), inner.bounds, false, occupant);
}

async function withTurn<R>(outer: Unit, inner: Unit, work: () => Promise<R>, caller: Scope | undefined): Promise<R> {
  const server = outer.server as ServerTransaction;
  const name = server.nextSavepoint();
  const set = (connection: DriverConnection): unknown =>
    traceControl(outer.context, "savepoint", connection, server, () => connection.savepoint?.(name));
  await outer.perform({ ...silent, bounds: inner.bounds, perform: set }, caller);
  let kept = false;
  try {
    const result = await work();
    const problem = await lookBack(inner);
    if (problem !== undefined) throw problem;
    kept = true;
    return result;
  } catch (error) {
    // The server has ended the whole transaction, and this is why.
    if (!isOpen(server) && inner.failure !== undefined) outer.fail(inner.failure);
    throw error;
  } finally {
    await inner.end();
    outer.hooks.absorb(inner.hooks, kept);
    // What ends the outer unit before its time undoes the savepoint as well.
    const problem = outer.ended ? undefined : await leave(outer, server, name, kept);
    if (problem !== undefined) outer.fail(problem);
  }
}

/** What was done since the savepoint is kept or undone. Gives why the transaction is lost, when it is. */
async function leave(
  outer: Unit,
  server: ServerTransaction,
  name: string,
  kept: boolean,
): Promise<MdbError | undefined> {
  const { context, holder } = outer;
  const { connection } = server;
  if (connection === undefined || !isOpen(server) || server.revoked) return undefined;
  const traced = async (what: string, work: () => MaybePromise<void>): Promise<void> =>
    traceControl(context, "savepoint", connection, server, work, what);
  const cut = cutLater(context, connection, cancelGraceMs);
  // Its holder does not stand still while the server works for it.
  holder.count(1);
  try {
    if (!kept) await traced("rollback to savepoint", () => connection.rollbackTo?.(name));
    if (connection.releaseSavepoint === undefined) return undefined;
    await traced("release savepoint", () => connection.releaseSavepoint?.(name));
    return undefined;
  } catch (error) {
    return failureOf(context, connection, error, "ROLLBACK TO SAVEPOINT").error;
  } finally {
    holder.count(-1);
    cut.cancel();
  }
}

/** Whether the server is still in the transaction, in whatever state. */
function isOpen({ state }: ServerTransaction): boolean {
  return state === "active" || state === "failed";
}
