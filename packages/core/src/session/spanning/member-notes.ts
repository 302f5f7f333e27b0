import {
  CommitOutcomeUnknownError,
  ParameterError,
  PermissionError,
  TransactionAbortedError,
  TransactionStateError,
  UndefinedObjectError,
} from "../../errors/index.ts";
import { compile, sql } from "../../sql/index.ts";
import type { Bounds } from "../bounds.ts";
import { type DatabaseContext, isMemberAlone, nameOf } from "../database-context.ts";
import { type ExecutorInternals, internalsOf } from "../executor-internals.ts";
import { runInScope } from "../scope.ts";
import { noOptions } from "../statement-options.ts";
import { deciding, outside } from "./decision-store.ts";
import { momentMs } from "./forget-decisions.ts";

/** One of many databases behind a label, in which a transaction over several may leave something prepared. */
export interface NotedMember {
  readonly label: string;
  /** Which of them. */
  readonly key: string;
  readonly engine: string;
  /** Of its branch. */
  readonly number: number;
  /** Where it was; see {@link placeNow}. */
  readonly at: string;
}

/** A transaction that has members in it, and that is not known to be over. */
export interface Note {
  readonly transaction: string;
  readonly members: readonly NotedMember[];
  /** By the server's clock. */
  readonly ageMs: number;
  /** So long after it was written its coordinator still prepares. */
  readonly limitMs: number;
  /** What was decided when it was read. */
  readonly decision: "committed" | "rolled back" | "undecided";
}

/** The longest list of members that a note can hold, in characters. */
const longestList = 4_000;

/** Where a database is, for telling whether it is still the same one. */
export function placeNow({ target }: DatabaseContext): string {
  return `${target.address}/${target.database ?? ""}`;
}

/** What is noted of a database; `undefined` where a label leads to it. @param number - of its branch */
export function memberIn(context: DatabaseContext, number: number): NotedMember | undefined {
  const { database: label, key, engine } = context;
  return key === undefined || !isMemberAlone(context)
    ? undefined
    : { label, key, engine, number, at: placeNow(context) };
}

/**
 * Notes, before anything of a transaction is begun, in which members it may leave something: recovery knows labels, and finds members by this alone. Durable
 * when it resolves.
 * @throws UndefinedObjectError, PermissionError where notes cannot be kept; TransactionStateError where the store is another one by now
 */
export async function writeNote(
  context: DatabaseContext,
  { store, transaction }: { readonly store: string; readonly transaction: string },
  members: readonly NotedMember[],
  bounds: Bounds,
): Promise<void> {
  const list = JSON.stringify(members).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const place = { database: context.database, engine: context.engine };
  if (list.length > longestList) {
    const message = `${nameOf(context)}: the places of ${members.length} databases do not fit into the ${longestList} characters of a note`;
    throw new ParameterError(message, place);
  }
  const limitMs = Math.max(0, Math.ceil(bounds.deadline - context.clock.now()));
  let affected: number | null = 0;
  try {
    await runInScope(undefined, () =>
      deciding(context, bounds, async (executor) => {
        const inner = internalsOf(executor) as ExecutorInternals;
        const written = compile(
          sql`insert into mdb_members (id, members, limit_ms) select ${transaction}, ${list}, ${limitMs} from mdb_store where slot = 1 and id = ${store}`,
          undefined,
          inner.context,
        );
        ({ affected } = await inner.send(written, noOptions, "internal"));
      }),
    );
  } catch (error) {
    throw refused(context, error);
  }
  if (affected === 1) return;
  const message = `${nameOf(context)}: the table mdb_store has another row than when the transaction began; nothing was begun`;
  throw new TransactionStateError(message, place);
}

function refused(context: DatabaseContext, cause: unknown): unknown {
  const place = { database: context.database, engine: context.engine, cause };
  if (cause instanceof UndefinedObjectError) {
    const label = JSON.stringify(context.database);
    const message = `${nameOf(context)}: the table mdb_members is not there, which a transaction with one of many databases behind a label needs; run prepareStore(${label}) once more, or create it as storeDdl(${label}) prints it`;
    return new UndefinedObjectError(message, place);
  }
  if (cause instanceof PermissionError) {
    const message = `${nameOf(context)}: this user may not note who takes part, which a transaction with one of many databases behind a label needs: grant select, insert and delete on mdb_members (${cause.message})`;
    return new PermissionError(message, place);
  }
  // Whether the note is there is no matter: nothing of the transaction itself was begun, and a note without one is swept.
  if (cause instanceof CommitOutcomeUnknownError) {
    const message = `${nameOf(context)}: the connection was lost before anything of the transaction was begun`;
    return new TransactionAbortedError(message, place);
  }
  return cause;
}

/** The transactions that are noted in a store; none where it has no table for notes. Rejects where nobody could look. */
export async function readNotes(context: DatabaseContext, limitMs: number): Promise<readonly Note[]> {
  const text = `select n.id as "id", n.members as "members", n.limit_ms as "limitMs", n.noted_at as "notedAt", current_timestamp as "now", d.outcome as "outcome"
    from mdb_members n left join mdb_decisions d on d.id = n.id`;
  try {
    const rows = await runInScope(undefined, () => outside(context).query<NoteRow>(text, [], { timeoutMs: limitMs }));
    return rows.map(noteOf);
  } catch (error) {
    if (error instanceof UndefinedObjectError) return [];
    throw error;
  }
}

/** Forgets transactions of which nothing is left anywhere. */
export async function removeNotes(
  context: DatabaseContext,
  transactions: readonly string[],
  limitMs: number,
): Promise<void> {
  await runInScope(undefined, () =>
    outside(context).execute(sql`delete from mdb_members where id in (${sql.list(transactions)})`, {
      timeoutMs: limitMs,
    }),
  );
}

interface NoteRow {
  readonly id: string;
  readonly members: string;
  readonly limitMs: number | string | bigint;
  readonly notedAt: unknown;
  readonly now: unknown;
  readonly outcome: string | null;
}

function noteOf({ id, members, limitMs, notedAt, now, outcome }: NoteRow): Note {
  return {
    transaction: id,
    members: membersIn(members),
    ageMs: momentMs(now) - momentMs(notedAt),
    limitMs: Number(limitMs),
    decision: outcome === "C" ? "committed" : outcome === "R" ? "rolled back" : "undecided",
  };
}

/** What somebody has written into it by hand names nobody, and such a note stays until it is removed by hand as well. */
function membersIn(list: string): readonly NotedMember[] {
  try {
    const members: unknown = JSON.parse(list);
    if (Array.isArray(members) && members.length > 0) {
      return members.map((it: Partial<Record<keyof NotedMember, unknown>>) => ({
        label: String(it.label),
        key: String(it.key),
        engine: String(it.engine),
        number: Number(it.number),
        at: String(it.at),
      }));
    }
  } catch {}
  return [{ label: "?", key: "?", engine: "?", number: 0, at: "?" }];
}
