import type { DriverConnection } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { silent } from "./operation.ts";
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
  const set = (connection: DriverConnection): unknown => connection.savepoint?.(name);
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
    if (!server.open && inner.failure !== undefined) outer.fail(inner.failure);
    throw error;
  } finally {
    await inner.end();
    outer.hooks.absorb(inner.hooks, kept);
    // What ends the outer unit before its time undoes the savepoint as well.
    const problem = outer.ended ? undefined : await server.leaveSavepoint(name, kept);
    if (problem !== undefined) outer.fail(problem);
  }
}
