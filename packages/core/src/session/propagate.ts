import { type MdbError, TransactionStateError } from "../errors/index.ts";
import { AutocommitHandle } from "./autocommit-handle.ts";
import { type BeginDetails, refuseWithoutFates } from "./begin-options.ts";
import { type Bounds, bothBounds, boundsFrom, boundsOfTransaction } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { transactions } from "./diagnostics.ts";
import type { Transaction } from "./executor.ts";
import type { LeaseSource } from "./lease-source.ts";
import { joiningScope, Participant } from "./participant.ts";
import { withRetry } from "./retry.ts";
import { refuseWithoutSavepoints, runInSavepoint } from "./savepoint.ts";
import { currentScope, runInScope, type Scope } from "./scope.ts";
import { ServerTransaction } from "./server-transaction.ts";
import { commitUnit, rollbackUnit } from "./settle.ts";
import { type RunInside, TransactionHandle } from "./transaction-handle.ts";
import {
  checkTransactionOptions,
  noSessionOptions,
  type Propagation,
  type SessionOptions,
  type TransactionOptions,
} from "./transaction-options.ts";
import { type TransactionFacts, tracePart, traceTransaction } from "./transaction-trace.ts";
import { Unit } from "./unit.ts";

/** What a transaction is run with, beside the caller's options. */
export interface Surroundings {
  readonly context: DatabaseContext;
  /** Where a transaction of its own gets its connection from. */
  readonly leases: LeaseSource;
  /** The transaction that is running already, if any. */
  readonly outer: Participant | undefined;
  /** The pinned connection that a transaction of its own is part of. */
  readonly pinned?: Unit | undefined;
  /** What it does unless the options say otherwise. */
  readonly usual: Propagation;
}

/** Whether a callback takes part in the transaction that is already running, where one is. */
export function joinsWhatRuns(propagation: Propagation = "required"): boolean {
  return propagation !== "requires_new" && propagation !== "not_supported";
}

type Work<R> = (transaction: Transaction) => Promise<R>;

/**
 * Runs `work` as `options.propagation` says, relative to the transaction that is already running, if any.
 * @throws ConfigurationError for options that are none; TransactionStateError where they do not fit what is running
 */
export function propagate<R>(surroundings: Surroundings, work: Work<R>, options: TransactionOptions): Promise<R> {
  try {
    const { context, outer } = surroundings;
    if (options !== noSessionOptions) checkTransactionOptions(nameOf(context), options);
    const refusal = context.refusal?.();
    if (refusal !== undefined) throw refusal;
    if (options.verifyOutcome === true) refuseWithoutFates(context);
    switch (options.propagation ?? surroundings.usual) {
      case "required":
        return outer === undefined ? begin(surroundings, work, options) : join(surroundings, outer, work, options);
      case "requires_new":
        return begin(surroundings, work, options);
      case "nested":
        return outer === undefined ? begin(surroundings, work, options) : nest(surroundings, outer, work, options);
      case "supports":
        return outer === undefined ? runWithout(surroundings, work) : join(surroundings, outer, work, options);
      case "mandatory":
        if (outer !== undefined) return join(surroundings, outer, work, options);
        throw state(context, 'propagation "mandatory" needs a running transaction, and there is none');
      case "not_supported":
        return runWithout(surroundings, work);
      case "never":
        if (outer === undefined) return runWithout(surroundings, work);
        throw state(context, 'propagation "never" was called inside a transaction');
    }
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A transaction of its own, again after a failure that a repetition may help against, where `retry` says so. */
function begin<R>(surroundings: Surroundings, work: Work<R>, options: TransactionOptions): Promise<R> {
  const { context } = surroundings;
  const bounds = boundsOfTransaction(context, options);
  if (options.retry === undefined)
    return runWhole(surroundings, newTransaction(surroundings, bounds, options), work, options);
  return withRetry(context, options.retry, bounds, (attempt, retriedAfter) => {
    const part = newTransaction(surroundings, bounds, options);
    const outcome = runWhole(surroundings, part, work, options, { attempt, retriedAfter });
    return { outcome, returned: () => part.returned };
  });
}

/** Runs the callback that a transaction was made for, and ends it. */
function runWhole<R>(
  surroundings: Surroundings,
  part: Participant,
  work: Work<R>,
  options: TransactionOptions,
  run?: Pick<TransactionFacts, "attempt" | "retriedAfter">,
): Promise<R> {
  const { pinned, usual } = surroundings;
  if (pinned === undefined && !transactions.hasSubscribers) return runAndEnd(surroundings, part, work, options);
  const { unit } = part;
  const whole = (): Promise<R> => runAndEnd(surroundings, part, work, options);
  const inPlace = pinned === undefined ? whole : () => onPinned(pinned, unit, part.bounds, whole);
  if (!transactions.hasSubscribers) return inPlace();
  const facts = { ...run, kind: "transaction", propagation: options.propagation ?? usual } as const;
  return traceTransaction(unit, facts, inPlace);
}

async function runAndEnd<R>(
  surroundings: Surroundings,
  part: Participant,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  const { unit } = part;
  let result: R;
  try {
    result = await part.run(() => work(handleOf(surroundings, part)));
  } catch (error) {
    await rollbackUnit(unit, error, options.onHookError);
    throw error;
  }
  await commitUnit(unit, options.onHookError);
  return result;
}

/** A transaction on a pinned connection has that connection's turn until it is over. */
function onPinned<R>(pinned: Unit, unit: Unit, bounds: Bounds, run: () => Promise<R>): Promise<R> {
  const refusal = pinned.refusal(unit.scope.parent);
  const interrupt = (reason: MdbError): void => void unit.end(unit.fail(reason));
  const occupant = { what: "a transaction", scope: unit.scope, refusesOthers: false, interrupt };
  return refusal === undefined ? pinned.turn.run(run, bounds, false, occupant) : Promise.reject(refusal);
}

/**
 * A transaction that has not begun yet, and the part in it that its own callback, or its holder, has.
 * @param around - the scope that it is inside of
 * @throws UnsupportedError when the engine lacks an option
 */
export function newTransaction(
  { context, leases, pinned }: Pick<Surroundings, "context" | "leases" | "pinned">,
  bounds: Bounds,
  options: SessionOptions,
  more?: BeginDetails,
  around: Scope | undefined = currentScope(),
): Participant {
  const scope = joiningScope(context, `transaction on "${context.database}"`, around);
  const server = new ServerTransaction(context, leases, options, scope, more);
  const unit = new Unit({ context, scope, parent: pinned, bounds, options, server });
  return partOf(unit, bounds);
}

/** The part of the callback that a unit was made for: when its bounds trip, the unit is over. */
function partOf(unit: Unit, bounds: Bounds): Participant {
  const onTrip = (reason: MdbError): void => void unit.end(unit.fail(reason));
  return new Participant({ unit, scope: unit.scope, bounds, onTrip });
}

/** Runs callbacks inside the transaction of a handle. */
export function runInside({ context, leases }: Pick<Surroundings, "context" | "leases">): RunInside {
  return (outer, work, options) => propagate({ context, leases, outer, usual: "nested" }, work, options);
}

/** The handle of a part: what its callback gets. */
export function handleOf(surroundings: Pick<Surroundings, "context" | "leases">, part: Participant): TransactionHandle {
  return new TransactionHandle(part, runInside(surroundings));
}

async function join<R>(
  surroundings: Surroundings,
  outer: Participant,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  const { unit, context } = runningPart(outer, options);
  const part = new Participant({ unit, scope: joiningScope(context), bounds: boundsFrom(context, options) });
  const facts = { kind: "joined", propagation: options.propagation ?? surroundings.usual } as const;
  return tracePart(unit, facts, async () => {
    try {
      const result = await part.run(() => work(handleOf(surroundings, part)));
      if (unit.failure !== undefined) throw unit.aborted();
      return result;
    } catch (error) {
      unit.markRollbackOnly(error);
      throw error;
    }
  });
}

async function nest<R>(
  surroundings: Surroundings,
  outer: Participant,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  const { unit, context } = runningPart(outer, options);
  const { server } = unit;
  refuseWithoutSavepoints(context);
  const bounds = bothBounds(unit.bounds, boundsFrom(context, options));
  const scope = joiningScope(context, `savepoint on "${context.database}"`);
  const inner = new Unit({ context, scope, parent: unit, bounds, options: unit.options, server });
  const part = partOf(inner, bounds);
  const facts = { kind: "savepoint", propagation: options.propagation ?? surroundings.usual } as const;
  return tracePart(inner, facts, () =>
    runInSavepoint(unit, inner, () => part.run(() => work(handleOf(surroundings, part)))),
  );
}

/** Where a callback joins: the innermost savepoint that the caller is inside of. */
function runningPart(outer: Participant, options: TransactionOptions): Participant {
  const part = outer.here();
  const refusal = outer.refusal ?? part.refusal;
  if (refusal !== undefined) throw refusal;
  refuseContradiction(part.context, part.unit.options, options);
  return part;
}

/** Runs the callback with every statement on its own, hiding a transaction around it. */
async function runWithout<R>({ context, leases }: Surroundings, work: Work<R>): Promise<R> {
  const scope = joiningScope(context);
  const begin = <T>(inner: Work<T>, options: TransactionOptions): Promise<T> =>
    propagate({ context, leases, outer: undefined, usual: "required" }, inner, options);
  try {
    return await runInScope(scope, async () => work(new AutocommitHandle(context, begin)));
  } finally {
    scope.end();
  }
}

/** A joined transaction is already running as it is: options that ask for another kind cannot be honoured. */
function refuseContradiction(context: DatabaseContext, running: SessionOptions, asked: SessionOptions): void {
  for (const option of ["isolation", "readOnly", "deferrable"] as const) {
    const value = asked[option];
    const current = running[option] ?? (option === "isolation" ? undefined : false);
    if (value === undefined || value === current) continue;
    throw state(
      context,
      `${option} ${JSON.stringify(value)} contradicts the running transaction, which has ${current ?? "the default"}`,
    );
  }
}

function state(context: DatabaseContext, what: string): TransactionStateError {
  return new TransactionStateError(`${nameOf(context)}: ${what}`, context);
}
