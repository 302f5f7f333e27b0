import { type DriverConnection, type ErrorInfo, type MaybePromise, unlimited } from "../driver/index.ts";
import type { Holder, Lease } from "../pool/index.ts";
import { currentScope } from "./ambient.ts";
import { type Bounds, runBounded, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import type { Hold } from "./hold.ts";
import { acquireRequest, type Loan } from "./lease-source.ts";
import { limited, type Operation } from "./operation.ts";
import { ScopeHolder } from "./scope-holder.ts";

/**
 * Runs one statement on a connection of its own and gives the connection back at once. A statement that certainly did not run is
 * sent again, twice at most, the last time on a new connection; every other failure surfaces. Where a connection is free and the
 * driver answers at once, so does this: a promise would cost more than the rest.
 */
export function runAutocommit<T>(context: DatabaseContext, operation: Operation<T>): MaybePromise<T> {
  const loan = takeLoan(context, operation, 0);
  if (loan instanceof Promise) return untilItRan(context, operation, loan);
  const { connection } = loan;
  let result: MaybePromise<T>;
  try {
    result = perform(context, operation, connection);
  } catch (error) {
    const failure = failureOf(context, connection, error, operation.text);
    loan.release({ error: failure.connection, answered: failure.answered });
    if (!failure.replayable) throw failure.error;
    return untilItRan(context, operation, takeLoan(context, operation, 1), undefined, 1);
  }
  if (result instanceof Promise) return untilItRan(context, operation, loan, result);
  loan.release();
  return result;
}

/** @param begun - what is under way already */
async function untilItRan<T>(
  context: DatabaseContext,
  operation: Operation<T>,
  taken: Loan | Promise<Loan>,
  begun?: Promise<T>,
  replays = 0,
): Promise<T> {
  const loan = taken instanceof Promise ? await taken : taken;
  const { connection } = loan;
  let state: ErrorInfo["connection"] = "ok";
  let answered = true;
  try {
    const result = begun ?? perform(context, operation, connection);
    return result instanceof Promise ? await result : result;
  } catch (error) {
    const failure = failureOf(context, connection, error, operation.text);
    state = failure.connection;
    answered = failure.answered;
    if (!failure.replayable || replays === 2) throw failure.error;
  } finally {
    loan.release({ error: state, answered });
  }
  return untilItRan(context, operation, takeLoan(context, operation, replays + 1), undefined, replays + 1);
}

function perform<T>(context: DatabaseContext, operation: Operation<T>, connection: DriverConnection): MaybePromise<T> {
  const bounds = limited(context, operation, operation.bounds);
  if (bounds === unbounded) return operation.perform(connection, unlimited);
  return runBounded(context, connection, bounds, operation.text, (it) => operation.perform(connection, it));
}

function takeLoan<T>(context: DatabaseContext, operation: Operation<T>, replays: number): Loan | Promise<Loan> {
  const { pipelining, pool } = context;
  if (pipelining !== undefined && operation.pipelined && operation.text !== undefined && replays === 0) {
    return pipelining.take(operation.text, () => acquire(context, operation.bounds, false));
  }
  const lease = replays < 2 ? pool.tryAcquire() : undefined;
  return lease ?? acquire(context, operation.bounds, replays === 2);
}

function acquire({ clock, pool }: DatabaseContext, bounds: Bounds, fresh: boolean): Promise<Lease> {
  return pool.acquire(acquireRequest(bounds, waiter(clock.now()), fresh));
}

/** Takes a connection for a stream. */
export async function holdAutocommit(context: DatabaseContext, bounds: Bounds): Promise<Hold> {
  const lease = context.pool.tryAcquire() ?? (await acquire(context, bounds, false));
  return {
    connection: lease.connection,
    end: (failure) =>
      lease.release(failure === undefined ? undefined : { error: failure.connection, answered: failure.answered }),
  };
}

/**
 * Who waits for a single statement's connection: the transactions around it are stuck meanwhile. A holder of its own, because the
 * connection, once there, comes back whatever those do.
 */
function waiter(now: number): Holder | undefined {
  const around = currentScope()?.holder;
  return around === undefined ? undefined : new ScopeHolder(around, "statement", now);
}
