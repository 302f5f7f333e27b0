import { TransactionStateError, UnsupportedError } from "../errors/index.ts";
import type { Holder } from "../pool/index.ts";
import { currentScope, runInScope } from "./ambient.ts";
import { AutocommitHandle } from "./autocommit-handle.ts";
import { type Bounds, boundsFrom } from "./bounds.ts";
import { commitUnit, rollbackUnit } from "./complete.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { LeaseSource } from "./lease-source.ts";
import { Participation } from "./participation.ts";
import { PhysicalTransaction } from "./physical-transaction.ts";
import { withRetry } from "./retry.ts";
import { ScopeHolder } from "./scope-holder.ts";
import { type Propagate, TransactionHandle } from "./transaction-handle.ts";
import { checkTransactionOptions, type SessionOptions, type TransactionOptions } from "./transaction-options.ts";
import { UnitOfWork } from "./unit-of-work.ts";

type Work<R> = (transaction: Transaction) => Promise<R>;

/**
 * Runs `work` as `options.propagation` says, relative to `outer`, the transaction that is already running, if any.
 */
export const propagate: Propagate = async (context, source, outer, work, options, usual) => {
  checkTransactionOptions(nameOf(context), options);
  switch (options.propagation ?? usual) {
    case "required":
      return outer === undefined ? begin(context, source, work, options) : join(source, outer, work, options);
    case "requires_new":
      return begin(context, source, work, options);
    case "nested":
      return outer === undefined ? begin(context, source, work, options) : nest(source, outer, work, options);
    case "supports":
      return outer === undefined ? runWithout(context, work) : join(source, outer, work, options);
    case "mandatory":
      if (outer === undefined)
        throw state(context, 'propagation "mandatory" needs a running transaction, and there is none');
      return join(source, outer, work, options);
    case "not_supported":
      return runWithout(context, work);
    case "never":
      if (outer !== undefined) throw state(context, 'propagation "never" was called inside a transaction');
      return runWithout(context, work);
  }
};

/** A transaction of its own, again after a serialization failure where `retry` says so. */
function begin<R>(
  context: DatabaseContext,
  source: LeaseSource,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  const bounds = boundsFrom(context, options);
  return withRetry(context, options.retry, bounds, () => beginOnce(context, source, bounds, work, options));
}

async function beginOnce<R>(
  context: DatabaseContext,
  source: LeaseSource,
  bounds: Bounds,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  const holder = new ScopeHolder(currentScope()?.holder, `transaction on "${context.database}"`, context.clock.now());
  const physical = new PhysicalTransaction(context, source, options, holder);
  const unit = new UnitOfWork(context, physical, bounds, options);
  let result: R;
  try {
    result = await unit.runCallback(() => participate(source, new Participation(unit, bounds), holder, work));
  } catch (error) {
    await rollbackUnit(unit, error, options.onHookError);
    throw error;
  }
  await commitUnit(unit, options.onHookError);
  return result;
}

/** Runs the callback with its handle, inside its own ring of the ambient context. */
async function participate<R>(
  source: LeaseSource,
  participation: Participation,
  holder: Holder,
  work: Work<R>,
): Promise<R> {
  const scope = { parent: currentScope(), database: participation.context.identity, participation, holder };
  try {
    return await runInScope(scope, () => work(new TransactionHandle(participation, source, propagate)));
  } finally {
    participation.finish();
  }
}

async function join<R>(
  source: LeaseSource,
  outer: Participation,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  if (outer.refusal !== undefined) throw outer.refusal;
  const { unit, context } = outer;
  refuseContradiction(context, unit.options, options);
  try {
    const result = await participate(
      source,
      new Participation(unit, boundsFrom(context, options)),
      holderOf(context),
      work,
    );
    if (unit.failure !== undefined) throw unit.physical.gone(unit.failure);
    return result;
  } catch (error) {
    unit.markRollbackOnly(error);
    throw error;
  }
}

async function nest<R>(
  source: LeaseSource,
  outer: Participation,
  work: Work<R>,
  options: TransactionOptions,
): Promise<R> {
  if (outer.refusal !== undefined) throw outer.refusal;
  const { unit, context } = outer;
  refuseContradiction(context, unit.options, options);
  if (context.capabilities.savepoints === "none") {
    throw new UnsupportedError(
      `${nameOf(context)}: the engine has no savepoints, so transactions cannot be nested`,
      context,
    );
  }
  const bounds = boundsFrom(context, options);
  return unit.nest(bounds, (inner) =>
    participate(source, new Participation(inner, inner.bounds), unit.physical.holder, work),
  );
}

/** Runs the callback with every statement on its own, hiding a transaction around it. */
async function runWithout<R>(context: DatabaseContext, work: Work<R>): Promise<R> {
  const scope = {
    parent: currentScope(),
    database: context.identity,
    participation: undefined,
    holder: holderOf(context),
  };
  return runInScope(scope, () => work(new AutocommitHandle(context, propagate)));
}

function holderOf(context: DatabaseContext): Holder {
  return currentScope()?.holder ?? new ScopeHolder(undefined, `callback on "${context.database}"`, context.clock.now());
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
