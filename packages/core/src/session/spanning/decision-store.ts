import { randomBytes } from "node:crypto";
import type { Branch } from "../../driver/index.ts";
import {
  CommitOutcomeUnknownError,
  LockTimeoutError,
  PermissionError,
  StatementTimeoutError,
  TransactionStateError,
  UndefinedObjectError,
  UniqueViolationError,
} from "../../errors/index.ts";
import { compile, sql } from "../../sql/index.ts";
import { AutocommitHandle } from "../autocommit-handle.ts";
import type { Bounds } from "../bounds.ts";
import { type DatabaseContext, nameOf } from "../database-context.ts";
import type { Executor } from "../executor.ts";
import { type ExecutorInternals, internalsOf } from "../executor-internals.ts";
import { handleOf, newTransaction, propagate } from "../propagate.ts";
import { runInScope } from "../scope.ts";
import { commitUnit, rollbackUnit } from "../settle.ts";
import { noOptions } from "../statement-options.ts";
import type { Verdict } from "./protocol.ts";

/** What is decided by hand or by recovery: C committed, R rolled back. */
export type Decision = "C" | "R";

/** Statements of the library's own on a database, that no transaction around them can join. */
export function outside(database: DatabaseContext): Executor {
  const context = { ...database, isInternal: true };
  return new AutocommitHandle(context, (work, options) =>
    propagate({ context, outer: undefined, usual: "required" }, work, options),
  );
}

/** What names the store of decisions in a database; `undefined` where its tables are not there. Rejects where nobody could look. */
export async function readStoreId(context: DatabaseContext, limitMs: number): Promise<string | undefined> {
  try {
    const row = await runInScope(undefined, () =>
      outside(context).queryMaybeOne<{ id: string }>(sql`select id as "id" from mdb_store where slot = 1`, {
        timeoutMs: limitMs,
      }),
    );
    return row?.id;
  } catch (error) {
    if (error instanceof UndefinedObjectError) return undefined;
    throw error instanceof PermissionError ? notGranted(context, error) : error;
  }
}

/**
 * Finds out, before anything depends on it, that decisions can be written and read here: rights, and a database that takes writes.
 * @throws PermissionError with the rights that are needed; what else the server refuses
 */
export async function checkStore(context: DatabaseContext, limitMs: number): Promise<void> {
  const options = { timeoutMs: limitMs };
  try {
    await runInScope(undefined, async () => {
      // It writes no row, and is refused like one that does.
      await outside(context).execute(
        sql`insert into mdb_decisions (id, outcome, branches) select id, 'R', '[]' from mdb_store where slot = 0`,
        options,
      );
      await outside(context).query(sql`select outcome as "outcome" from mdb_decisions where id = ''`, options);
    });
  } catch (error) {
    throw error instanceof PermissionError ? notGranted(context, error) : error;
  }
}

/**
 * Writes a decision into the open transaction of `executor`: together with everything else there it counts, or does not. Somebody who had decided
 * otherwise is a `UniqueViolationError`.
 * @throws TransactionStateError when the database is not the store any more for which the branches were prepared
 */
export async function writeDecision(
  executor: Executor,
  { store, transaction }: { readonly store: string; readonly transaction: string },
  decision: Decision,
  branches: string,
): Promise<void> {
  const inner = internalsOf(executor) as ExecutorInternals;
  const written = compile(
    sql`insert into mdb_decisions (id, outcome, branches) select ${transaction}, ${decision}, ${branches} from mdb_store where slot = 1 and id = ${store}`,
    undefined,
    inner.context,
  );
  const { affected } = await inner.send(written, noOptions, "internal");
  if (affected === 1) return;
  const message = `${executor.label} (${executor.engine}): the table mdb_store has another row than when the transaction began; nothing was decided`;
  throw new TransactionStateError(message, { database: executor.label, engine: executor.engine });
}

/** What is known of the decision over a transaction. */
export interface KnownDecision {
  /** `"undecided"` where there is no row. */
  readonly decision: Verdict;
  /** The labels of those that were asked to prepare; none where recovery, or somebody by hand, has decided. */
  readonly branches?: readonly string[];
}

/** Reads a decision, with what was written beside it. */
export async function readDecision(
  context: DatabaseContext,
  transaction: string,
  limitMs: number,
): Promise<KnownDecision> {
  const row = await rowOf(context, transaction, limitMs);
  if (row === undefined) return { decision: "undecided" };
  return { decision: row.outcome === "C" ? "committed" : "rolled back", branches: labelsOf(row.branches) };
}

/** The server's own number of a branch, as the decision over its transaction tells it. */
export async function readNative(
  context: DatabaseContext,
  { transaction, number }: Branch,
  limitMs: number,
): Promise<string | undefined> {
  const row = await rowOf(context, transaction, limitMs);
  const written = row && listOf(row.branches)?.find((it) => it.number === number);
  return typeof written?.native === "string" ? written.native : undefined;
}

function rowOf(context: DatabaseContext, transaction: string, limitMs: number) {
  return runInScope(undefined, () =>
    outside(context).queryMaybeOne<{ outcome: string; branches: string }>(
      sql`select outcome as "outcome", branches as "branches" from mdb_decisions where id = ${transaction}`,
      { timeoutMs: limitMs },
    ),
  );
}

/** The labels of the list that the coordinator has written; none in the row of a recovery. */
export function labelsOf(branches: string): readonly string[] {
  return listOf(branches)?.map(({ label }) => String(label)) ?? ["?"];
}

/** What is written beside a decision; `undefined` where somebody else has written into it, so that nobody knows whose it is. */
function listOf(
  branches: string,
): readonly { readonly [Key in "label" | "number" | "native"]?: unknown }[] | undefined {
  try {
    const list: unknown = JSON.parse(branches);
    return Array.isArray(list) ? list.map((it: object | null) => it ?? {}) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks what was decided, and decides `decision` where nothing was: a row under the same key. The key lets exactly one of the two be there, so
 * whoever rolls back what is undecided needs no clock and no knowledge of who is still alive. A transaction that is about to decide is waited for.
 * @param limitMs - for how long; `"undecided"` after that
 */
export async function fence(
  context: DatabaseContext,
  place: { readonly store: string; readonly transaction: string },
  limitMs: number,
  decision: Decision = "R",
  branches = noBranches,
): Promise<KnownDecision> {
  const bounds: Bounds = { deadline: context.clock.now() + limitMs };
  try {
    await runInScope(undefined, () =>
      deciding(context, bounds, (executor) => writeDecision(executor, place, decision, branches)),
    );
    return { decision: decision === "C" ? "committed" : "rolled back", branches: labelsOf(branches) };
  } catch (error) {
    if (undecided.some((it) => error instanceof it)) return { decision: "undecided" };
    if (!(error instanceof UniqueViolationError)) throw error;
  }
  return readDecision(context, place.transaction, limitMs);
}

/** What stands beside a decision that the coordinator has not written: recovery's, or one by hand. */
const noBranches = "[]";

/** Whether it is a decision to commit that the coordinator has not written: it always names a branch. */
export function isByHand({ decision, branches }: KnownDecision): boolean {
  return decision === "committed" && branches?.length === 0;
}

/** Somebody who is about to decide was waited for, or it is not known whether the own row is there: asking again tells. */
const undecided = [LockTimeoutError, StatementTimeoutError, CommitOutcomeUnknownError] as const;

/** Runs `work` in a transaction whose commit is durable, outside of everything that runs. */
export async function deciding(
  database: DatabaseContext,
  bounds: Bounds,
  work: (executor: Executor) => Promise<void>,
): Promise<void> {
  const context = { ...database, isInternal: true };
  const part = newTransaction(context, bounds, {}, { details: { decides: true, until: bounds.deadline } });
  try {
    await part.run(() => work(handleOf(part)));
  } catch (error) {
    await rollbackUnit(part.unit, error, undefined);
    throw error;
  }
  await commitUnit(part.unit, undefined);
}

/** A new name of a store, or of a transaction: digits and small letters, which every engine keeps apart and sorts alike. */
export function newStoreId(): string {
  return letters(11);
}

/** Begins with the time, so that the rows are written, and found by age, in the order of their key. */
export function newTransactionId(): string {
  return Date.now().toString(36).padStart(8, "0") + letters(14);
}

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Made in stock: asking for the few bytes of each transaction takes longer than all the rest of its name. */
let stock = "";
let taken = 0;
const stockSize = 1_024;

function letters(count: number): string {
  if (taken + count > stock.length) {
    stock = "";
    // By the rest of a byte: that some are a little more likely than others is no matter where nothing is to be guessed.
    for (const byte of randomBytes(stockSize)) stock += alphabet.charAt(byte % alphabet.length);
    taken = 0;
  }
  taken += count;
  return stock.slice(taken - count, taken);
}

function notGranted(context: DatabaseContext, cause: PermissionError): PermissionError {
  const message = `${nameOf(context)}: this user may not keep decisions here, which a transaction over several databases needs: grant select on mdb_store, and select, insert and delete on mdb_decisions (${cause.message})`;
  return new PermissionError(message, { database: context.database, engine: context.engine, cause });
}

/** Says that a database has no store. */
export function noStore(context: DatabaseContext): UndefinedObjectError {
  const label = JSON.stringify(context.database);
  const message = `${nameOf(context)}: the tables for decisions are not there, which a transaction over several databases needs; run prepareStore(${label}) once, or what storeDdl(${label}) prints`;
  return new UndefinedObjectError(message, { database: context.database, engine: context.engine });
}
