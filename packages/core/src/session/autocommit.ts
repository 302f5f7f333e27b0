import { type DriverConnection, type ErrorInfo, type MaybePromise, unlimited } from "../driver/index.ts";
import { CancelledError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { type Bounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { type Failure, failureOf } from "./failure.ts";
import { acquireRequest, borrow } from "./lease-source.ts";
import type { Operation } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { currentScope, Scope } from "./scope.ts";
import type { StreamLease } from "./stream-lease.ts";
import type { Occupant } from "./turn.ts";
import { stoppedByPool } from "./unit-errors.ts";

/**
 * Runs one statement on a connection of its own and gives the connection back at once. A statement that certainly did not
 * run, or was undone whole as the victim of a deadlock, is sent again, twice at most, the last time on a new connection; every other failure surfaces. Where a connection is free and the
 * driver answers at once, so does this: a promise would cost more than the rest.
 */
export function runAutocommit<T>(context: DatabaseContext, operation: Operation<T>): MaybePromise<T> {
  const around = currentScope();
  if (around !== undefined) return runInside(context, operation, around);
  return runOnce(context, operation, undefined);
}

/** A statement inside a scope: while it waits for a connection those around it wait, while it runs they are not standing still. */
async function runInside<T>(context: DatabaseContext, operation: Operation<T>, around: Scope): Promise<T> {
  const { clock, database } = context;
  const scope = new Scope({ clock, describe: `statement on "${database}"`, parent: around });
  try {
    return await runOnce(context, operation, scope);
  } finally {
    scope.end();
  }
}

function runOnce<T>(context: DatabaseContext, operation: Operation<T>, scope: Scope | undefined): MaybePromise<T> {
  const lease = take(context, operation, scope, 0);
  if (lease instanceof Promise) return untilItRan(context, operation, scope, lease);
  const { connection } = lease;
  let result: MaybePromise<T>;
  try {
    result = perform(context, operation, connection, scope);
  } catch (error) {
    const failure = failureOf(context, connection, error, operation.text, true);
    lease.release({ error: failure.connection, answered: failure.answered });
    if (!failure.replayable) throw failure.error;
    return untilItRan(context, operation, scope, take(context, operation, scope, 1), undefined, 1);
  }
  if (result instanceof Promise) return untilItRan(context, operation, scope, lease, result);
  lease.release();
  return result;
}

/** @param begun - what is under way already */
async function untilItRan<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  taken: Borrowed | Promise<Borrowed>,
  begun?: Promise<T>,
  replays = 0,
): Promise<T> {
  const lease = taken instanceof Promise ? await taken : taken;
  const { connection } = lease;
  let state: ErrorInfo["connection"] = "ok";
  let answered = true;
  try {
    const result = begun ?? perform(context, operation, connection, scope);
    return result instanceof Promise ? await result : result;
  } catch (error) {
    const failure = failureOf(context, connection, error, operation.text, true);
    state = failure.connection;
    answered = failure.answered;
    if (lease.revoked && failure.error instanceof CancelledError) throw stoppedByPool(context, failure.error);
    if (!failure.replayable || replays === 2) throw failure.error;
  } finally {
    lease.release({ error: state, answered });
  }
  const again = take(context, operation, scope, replays + 1);
  return untilItRan(context, operation, scope, again, undefined, replays + 1);
}

function perform<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  connection: DriverConnection,
  scope: Scope | undefined,
): MaybePromise<T> {
  if (scope !== undefined) return performInside(context, operation, connection, scope);
  if (operation.bounds === unbounded && operation.limitMs === Number.POSITIVE_INFINITY) {
    return operation.perform(connection, unlimited);
  }
  return runBounded(context, connection, operation.bounds, operation);
}

async function performInside<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  connection: DriverConnection,
  scope: Scope,
): Promise<T> {
  scope.count(1);
  try {
    return await runBounded(context, connection, operation.bounds, operation);
  } finally {
    scope.count(-1);
  }
}

function take<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): Borrowed | Promise<Borrowed> {
  const { pipelining, pool } = context;
  if (pipelining !== undefined && operation.pipelined && operation.text !== undefined && replays === 0) {
    return pipelining.take(operation.text, () => pool.acquire(acquireRequest(operation.bounds, scope, false)));
  }
  const lease = replays < 2 ? pool.tryAcquire(scope) : undefined;
  return lease ?? pool.acquire(acquireRequest(operation.bounds, scope, replays === 2));
}

/** Takes a connection for a stream of its own, which `occupant` describes. */
export async function openAutocommitStream(
  context: DatabaseContext,
  bounds: Bounds,
  { scope }: Occupant,
): Promise<StreamLease> {
  const lease = await borrow(context, bounds, scope);
  return {
    connection: lease.connection,
    alone: true,
    count: (calls) => scope.count(calls),
    end: (failure: Failure | undefined) =>
      lease.release(failure === undefined ? undefined : { error: failure.connection, answered: failure.answered }),
  };
}
