import { type MdbError, TransactionStateError } from "../errors/index.ts";
import type { Borrowed } from "../pool/index.ts";
import { AutocommitHandle } from "./autocommit-handle.ts";
import { type BeginDetails, refuseWithoutFates } from "./begin-options.ts";
import { type Bounds, bothBounds, boundsFrom, boundsOfTransaction } from "./bounds.ts";
import { checkWork } from "./check-work.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { transactions } from "./diagnostics.ts";
import type { Transaction } from "./executor.ts";
import { joiningScope, Participant } from "./participant.ts";
import { withRetry } from "./retry.ts";
import { refuseWithoutSavepoints, runInSavepoint } from "./savepoint.ts";
import { currentScope, runInScope, type Scope } from "./scope.ts";
import { ServerTransaction } from "./server-transaction.ts";
import { commitUnit, rollbackUnit } from "./settle.ts";
import { TransactionHandle } from "./transaction-handle.ts";
import {
  checkTransactionOptions,
  noSessionOptions,
  type Propagation,
  type SessionOptions,
  type TransactionOptions,
} from "./transaction-options.ts";
import { type TransactionFacts, tracePart, traceTransaction } from "./transaction-trace.ts";
import { Unit } from "./unit.ts";

/** A connection that was pinned, as the transactions on it see it. */
interface Pinned {
  readonly unit: Unit;
  readonly lease: Borrowed;
}

/** Where a transaction is, and what else it begins with. */
interface Placement {
  readonly pinned?: Pinned | undefined;
  /** The scope that it is inside of: the caller's by default. */
  readonly around?: Scope | undefined;
  /** What the driver is told beside the options. */
  readonly details?: BeginDetails | undefined;
}

/** What a transaction is run with, beside the caller's options. */
export interface Surroundings {
  readonly context: DatabaseContext;
  /** The transaction that is running already, if any. */
  readonly outer: Participant | undefined;
  /** The pinned connection that a transaction of its own is part of. */
  readonly pinned?: Pinned | undefined;
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
    checkWork(context, work);
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
  if (options.retry === undefined) {
    return runWhole(surroundings, newTransaction(context, bounds, options, surroundings), work, options);
  }
  return withRetry(context, options.retry, bounds, (attempt, retriedAfter) => {
    const part = newTransaction(context, bounds, options, surroundings);
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
  if (pinned === undefined && !transactions.hasSubscribers) return runAndEnd(part, work, options);
  const { unit } = part;
  const whole = (): Promise<R> => runAndEnd(part, work, options);
  const inPlace = pinned === undefined ? whole : () => onPinned(pinned.unit, unit, part.bounds, whole);
  if (!transactions.hasSubscribers) return inPlace();
  const facts = { ...run, kind: "transaction", propagation: options.propagation ?? usual } as const;
  return traceTransaction(unit, facts, inPlace);
}

async function runAndEnd<R>(part: Participant, work: Work<R>, options: TransactionOptions): Promise<R> {
  const { unit } = part;
  let result: R;
  try {
    result = await part.run(() => work(handleOf(part)));
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
 * @throws UnsupportedError when the engine lacks an option
 */
export function newTransaction(
  context: DatabaseContext,
  bounds: Bounds,
  options: SessionOptions,
  { pinned, around = currentScope(), details }: Placement = {},
): Participant {
  const scope = joiningScope(context, `transaction on "${context.database}"`, around);
  const server = new ServerTransaction(context, options, scope, details, pinned?.lease);
  const unit = new Unit({ context, scope, parent: pinned?.unit, bounds, options, server });
  return new Participant({ unit, scope, bounds });
}

/** Runs a callback inside the transaction of a part. */
export function runInside<R>(outer: Participant, work: Work<R>, options: TransactionOptions): Promise<R> {
  return propagate({ context: outer.context, outer, usual: "nested" }, work, options);
}

/** The handle of a part: what its callback gets. */
export function handleOf(part: Participant): TransactionHandle {
  return new TransactionHandle(part, runInside);
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
      const result = await part.run(() => work(handleOf(part)));
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
  const part = new Participant({ unit: inner, scope, bounds });
  const facts = { kind: "savepoint", propagation: options.propagation ?? surroundings.usual } as const;
  return tracePart(inner, facts, () => runInSavepoint(unit, inner, () => part.run(() => work(handleOf(part)))));
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
async function runWithout<R>({ context }: Surroundings, work: Work<R>): Promise<R> {
  const scope = joiningScope(context);
  const begin = <T>(inner: Work<T>, options: TransactionOptions): Promise<T> =>
    propagate({ context, outer: undefined, usual: "required" }, inner, options);
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
