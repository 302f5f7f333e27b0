import { type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { MdbError } from "../errors/index.ts";
import type { DatabaseContext } from "./database-context.ts";

/** What subscribers of `mdb:query` see: one statement, from its call to its rows. Never its values. */
export interface QueryEvent {
  readonly database: string;
  readonly engine: string;
  readonly statement: string | undefined;
  /** `StatementOptions.name`. */
  readonly name: string | undefined;
  /** Tells apart with which values a text was sent, in a test whose statements are recorded. */
  readonly fingerprint?: string | undefined;
}

/** What subscribers of `mdb:transaction` see: one transaction, savepoint or joined callback, from its call to its end. */
export interface TransactionEvent {
  readonly database: string;
  readonly engine: string;
  readonly propagation: string;
}

const queries = tracingChannel<unknown, QueryEvent>("mdb:query");
const transactions = tracingChannel<unknown, TransactionEvent>("mdb:transaction");

/** Whether anybody subscribes to `mdb:query`. */
export function isQueryTraced(): boolean {
  return queries.hasSubscribers;
}

/** Runs `work` as one event of `mdb:query`. */
export function traceQuery<T>(
  context: DatabaseContext,
  statement: string | undefined,
  name: string | undefined,
  work: () => Promise<T>,
  fingerprint?: string,
): Promise<T> {
  const event = { database: context.database, engine: context.engine, statement, name };
  return quietly(queries, work, fingerprint === undefined ? event : { ...event, fingerprint });
}

/** Runs `work` as one event of `mdb:transaction`. */
export function traceTransaction<T>(context: DatabaseContext, propagation: string, work: () => Promise<T>): Promise<T> {
  if (!transactions.hasSubscribers) return work();
  return quietly(transactions, work, { database: context.database, engine: context.engine, propagation });
}

/** A rollback failed whose transaction nobody waits for: its connection is gone. */
export function tellRollbackFailed({ database, engine }: DatabaseContext, error: MdbError): void {
  transactions.error.publish({ database, engine, propagation: "held", error });
}

/** Traces without the result: rows of patients have no business in a subscriber's log. */
async function quietly<T, Event extends object>(
  channel: TracingChannel<unknown, Event>,
  work: () => Promise<T>,
  event: Event,
): Promise<T> {
  let outcome: { readonly result: T } | undefined;
  await channel.tracePromise(async () => {
    outcome = { result: await work() };
  }, event);
  return (outcome as { readonly result: T }).result;
}
