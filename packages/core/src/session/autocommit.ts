import type { MaybePromise } from "../driver/index.ts";
import { CancelledError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { acquireRequest, borrow } from "./borrow.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { Scope } from "./scope.ts";
import type { StreamLease } from "./stream-lease.ts";
import type { Occupant } from "./turn.ts";
import { leftOpen, stoppedByPool } from "./unit-errors.ts";

/**
 * Runs one statement on a connection of its own and gives the connection back at once. A statement that certainly did not
 * run, or was undone whole as the victim of a deadlock, is sent again, twice at most, the last time on a new connection; every other failure surfaces. Where a connection is free and the
 * driver answers at once, so does this: a promise would cost more than the rest.
 * @param around - where it is called from
 */
export function runAutocommit<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  around: Scope | undefined,
): MaybePromise<T> {
  return around === undefined ? runOnce(context, operation, undefined, 0) : runInside(context, operation, around);
}

/** A statement inside a scope: while it waits for a connection those around it wait, while it runs they are not standing still. */
async function runInside<T>(context: DatabaseContext, operation: Operation<T>, around: Scope): Promise<T> {
  const { clock, database } = context;
  const scope = new Scope({ clock, describe: `statement on "${database}"`, parent: around });
  try {
    return await runOnce(context, operation, scope, 0);
  } finally {
    scope.end();
  }
}

/** @param replays - how often it has been sent before */
function runOnce<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): MaybePromise<T> {
  const { pipelining, pool } = context;
  let lease: Borrowed | Promise<Borrowed> | undefined;
  if (pipelining !== undefined && operation.pipelined && operation.text !== undefined && replays === 0) {
    lease = pipelining.take(operation.text, scope);
  } else if (replays < 2) lease = pool.tryAcquire(scope);
  lease ??= pool.acquire(acquireRequest(operation.bounds, scope, replays === 2));
  return lease instanceof Promise
    ? whenLent(lease, context, operation, scope, replays)
    : runOn(lease, context, operation, scope, replays);
}

async function whenLent<T>(
  lease: Promise<Borrowed>,
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): Promise<T> {
  return runOn(await lease, context, operation, scope, replays);
}

function runOn<T>(
  lease: Borrowed,
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): MaybePromise<T> {
  let answer: MaybePromise<T>;
  scope?.count(1);
  try {
    answer = runBounded(context, lease.connection, operation.bounds, operation);
  } catch (error) {
    return failed(error, lease, context, operation, scope, replays);
  }
  if (answer instanceof Promise) return whenAnswered(answer, lease, context, operation, scope, replays);
  scope?.count(-1);
  return givenBack(answer, lease, context, operation);
}

/** Gives the connection back behind an answer. @throws TransactionStateError where the statement has begun a transaction: what comes next would not be in it */
function givenBack<T>(answer: T, lease: Borrowed, context: DatabaseContext, operation: Operation<T>): T {
  const { txStatus } = lease.connection;
  lease.release();
  if (txStatus === "active" || txStatus === "failed") throw leftOpen(context, operation.text);
  return answer;
}

async function whenAnswered<T>(
  answer: Promise<T>,
  lease: Borrowed,
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): Promise<T> {
  let result: T;
  try {
    result = await answer;
  } catch (error) {
    return failed(error, lease, context, operation, scope, replays);
  }
  scope?.count(-1);
  return givenBack(result, lease, context, operation);
}

/** Gives the connection back after a failure. The statement again, where that helps. */
function failed<T>(
  error: unknown,
  lease: Borrowed,
  context: DatabaseContext,
  operation: Operation<T>,
  scope: Scope | undefined,
  replays: number,
): MaybePromise<T> {
  scope?.count(-1);
  const failure = failureOf(context, lease.connection, error, operation.text, true);
  const { revoked } = lease;
  lease.release({ error: failure.connection, answered: failure.answered });
  if (revoked && failure.error instanceof CancelledError) throw stoppedByPool(context, failure.error);
  if (!failure.replayable || replays === 2) throw failure.error;
  return runOnce(context, operation, scope, replays + 1);
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
    context,
    alone: true,
    count: (calls) => scope.count(calls),
    end: (failure: Failure | undefined) =>
      lease.release(failure === undefined ? undefined : { error: failure.connection, answered: failure.answered }),
  };
}
