import type { Fate } from "../driver/index.ts";
import { CommitOutcomeUnknownError, ConnectionLostError, type MdbError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import { silent } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import type { Scope } from "./scope.ts";

/** How long one question may take before another connection is tried, in milliseconds. */
const questionLimitMs = 5_000;
/** Pauses between two questions, doubled each time, in milliseconds. */
const firstPauseMs = 10;
const longestPauseMs = 500;

/** What came of asking: the last answer, or what the last question failed with. */
interface Answer {
  readonly fate: Fate;
  readonly failure?: MdbError | undefined;
}

/**
 * Finds out what became of a transaction whose COMMIT was lost with its connection; resolves when it was committed. Asks within `outcomeTimeoutMs`, and not
 * within the bounds of the transaction: they may be what it was lost by, and say nothing about whether its work stands.
 *
 * @param holder - who had the connection
 * @param loss - what the connection was lost by
 * @param transactionNumber - what the connection knew of it; see `DriverConnection.transactionNumber`
 * @throws ConnectionLostError, retryable, when nothing of it was kept
 * @throws CommitOutcomeUnknownError when nobody could tell in time
 */
export async function settleLostCommit(
  context: DatabaseContext,
  holder: Scope,
  loss: MdbError,
  transactionNumber: string | null | undefined,
): Promise<void> {
  if (transactionNumber === undefined) {
    throw outcomeUnknown(context, loss, "the transaction's number is not known, so that nobody can be asked");
  }
  // Not taken for committed: a serializable transaction that only reads may be refused by COMMIT, and then what it has read was never true.
  if (transactionNumber === null) throw undone(context, loss, "the transaction had written nothing");
  const { fate, failure } = await askUntilKnown(context, holder, transactionNumber);
  if (fate === "committed") return;
  if (fate === "rolled back") throw undone(context, loss, "the server has rolled the transaction back");
  const cause = failure === undefined ? loss : new AggregateError([loss, failure], "the loss, and the last question");
  throw outcomeUnknown(context, cause, told(context, fate, failure));
}

/** @param tried - what was done to find it out, where anything was */
export function outcomeUnknown(context: DatabaseContext, cause: unknown, tried?: string): CommitOutcomeUnknownError {
  const { database, engine } = context;
  const also = tried === undefined ? "" : ` (${tried})`;
  const message = `${nameOf(context)}: the connection was lost while COMMIT was under way${also}; check whether the data is there before doing it again`;
  return new CommitOutcomeUnknownError(message, { database, engine, cause });
}

function undone(context: DatabaseContext, cause: MdbError, why: string): ConnectionLostError {
  const { database, engine } = context;
  const message = `${nameOf(context)}: the connection was lost while COMMIT was under way, and ${why}: it can safely be run again`;
  return new ConnectionLostError(message, { database, engine, cause, retryable: true });
}

function told({ outcomeTimeoutMs }: DatabaseContext, fate: Fate, failure: MdbError | undefined): string {
  if (failure !== undefined) return `the server could not be asked what became of it: ${failure.code}`;
  return fate === "pending"
    ? `the server said for ${outcomeTimeoutMs} ms that the transaction is still open`
    : "the server cannot tell what became of it";
}

async function askUntilKnown(context: DatabaseContext, holder: Scope, transactionNumber: string): Promise<Answer> {
  const { clock } = context;
  const deadline = clock.now() + context.outcomeTimeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const answer = await ask(context, holder, transactionNumber, deadline);
    const { fate, failure } = answer;
    const mayChange = failure === undefined ? fate === "pending" : mayPass(failure);
    if (!mayChange || clock.now() + pauseMs >= deadline) return answer;
    await moving(holder, () => pause(context, pauseMs));
  }
}

/** Asks once, on a connection that is taken for it: ahead of all others, since the one that was lost has made room. */
async function ask(context: DatabaseContext, holder: Scope, number: string, deadline: number): Promise<Answer> {
  let lease: Awaited<ReturnType<DatabaseContext["pool"]["acquire"]>>;
  try {
    lease = await context.pool.acquire({ deadline, bounded: true, ahead: true, holder });
  } catch (error) {
    return { fate: "unknown", failure: failureOf(context, undefined, error).error };
  }
  const { connection } = lease;
  try {
    const question = runBounded<Fate>(
      context,
      connection,
      { deadline },
      {
        ...silent,
        limitMs: questionLimitMs,
        perform: (it, operation) => it.fateOf?.(number, operation) ?? "unknown",
      },
    );
    const fate = await moving(holder, async () => question);
    lease.release({ answered: true });
    return { fate };
  } catch (error) {
    const { error: failure, connection: left, answered } = failureOf(context, connection, error);
    lease.release({ error: left, answered });
    return { fate: "unknown", failure };
  }
}

/** Whether another question may get an answer. Asking changes nothing, so a connection that was lost over it, or a server that took too long, is no end. */
function mayPass(failure: MdbError): boolean {
  return failure.retryable || failure.code === "MDB_CONNECTION_LOST" || failure.code === "MDB_STATEMENT_TIMEOUT";
}

/** Its holder does not stand still meanwhile. */
async function moving<T>(holder: Scope, work: () => Promise<T>): Promise<T> {
  holder.count(1);
  try {
    return await work();
  } finally {
    holder.count(-1);
  }
}

function pause({ clock }: DatabaseContext, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(resolve, delayMs, { keepProcessAlive: true }));
}
