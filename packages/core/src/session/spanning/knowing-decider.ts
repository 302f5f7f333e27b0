import type { MaybePromise } from "../../driver/index.ts";
import { borrow } from "../borrow.ts";
import { type Bounds, within } from "../bounds.ts";
import type { DatabaseContext } from "../database-context.ts";
import { chooseDecider } from "./choose-decider.ts";
import { canPrepare } from "./database-part.ts";

/** So long one that has never been reached is waited for, in milliseconds, however long the transaction may take. */
const meetMs = 5_000;

/** Those that could not be reached then. They may never be touched, so the transactions that come after do not wait for them again. */
const unmet = new WeakSet<object>();

/**
 * The decider as {@link chooseDecider} has it, by what the servers say of themselves and not only by what their drivers declare: one that cannot prepare is to
 * decide from its first transaction on.
 * @throws what `chooseDecider` does
 */
export function knowingDecider(
  contexts: readonly DatabaseContext[],
  wanted: string | undefined,
  bounds: Bounds,
): MaybePromise<DatabaseContext> {
  // What is wrong whatever the servers say is told before anybody is asked.
  const declared = chooseDecider(contexts, wanted);
  return contexts.length > 1 && contexts.some(isToBeMet) ? deciderOnceMet(contexts, wanted, bounds) : declared;
}

async function deciderOnceMet(
  contexts: readonly DatabaseContext[],
  wanted: string | undefined,
  bounds: Bounds,
): Promise<DatabaseContext> {
  const unknown = contexts.filter(isToBeMet);
  await Promise.all(unknown.map((context) => meet(context, bounds)));
  return chooseDecider(contexts, wanted);
}

function isToBeMet(context: DatabaseContext): boolean {
  return canPrepare(context) && context.mayLack("branches") && !unmet.has(context.identity);
}

/** A connection that is opened says it. One that cannot be had is no reason to fail yet: its database may not be touched at all. */
async function meet(context: DatabaseContext, bounds: Bounds): Promise<void> {
  try {
    const lease = await borrow(context, within(context, meetMs, bounds), undefined);
    lease.release({ error: "ok", answered: false });
  } catch {
    // Whoever uses it is told.
    unmet.add(context.identity);
  }
}
