import type { Branch, BranchEnd, PreparedBranch } from "../../driver/index.ts";
import { TransactionStateError } from "../../errors/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import { finishMs } from "./database-part.ts";
import { finishBranch, listBranches } from "./finish-branch.ts";
import { type InDoubt, listInDoubt } from "./in-doubt.ts";
import { judgeNote, type Sighting } from "./judge-note.ts";
import { type Note, type NotedMember, placeNow, readNotes, removeNotes } from "./member-notes.ts";
import { type RecoverableLabel, type RecoveryRound, recoverBranches, type StoreOf } from "./recovery.ts";
import { spanningId } from "./spanning-transaction.ts";

/** One of many databases behind a label, in use until `end`. */
export interface EnteredMember {
  readonly context: DatabaseContext;
  end(): void;
}

/** Opens the database of a key behind a label, by whatever says where that is now. Rejects where it is not known. */
export type EnterMember = (label: string, key: string, limitMs: number) => Promise<EnteredMember>;

/** A note, and where it was found. */
export interface FoundNote extends Note {
  /** For `outcome` and `resolve`. */
  readonly id: string;
  readonly store: DatabaseContext;
}

/** Databases that are opened at a time. */
const atOnce = 8;

/** Reads the notes of stores. @param failed - filled with the labels of those that could not be read */
export async function notesIn(
  stores: ReadonlyMap<DatabaseContext, string>,
  failed: Map<string, unknown>,
  limitMs: number,
): Promise<readonly FoundNote[]> {
  const notes = await Promise.all(
    [...stores].map(async ([context, store]): Promise<readonly FoundNote[]> => {
      try {
        const found = await readNotes(context, limitMs);
        return found.map((note) => ({ ...note, id: spanningId(store, note.transaction), store: context }));
      } catch (error) {
        failed.set(context.database, error);
        return [];
      }
    }),
  );
  return notes.flat();
}

/**
 * One round of recovery in the databases that notes name, few at a time: each is opened where it is now, and what is prepared there is ended as in any other. A note
 * goes once nothing can be left of its transaction. What cannot be opened, or is somewhere else by now, is told and never guessed.
 */
export async function recoverMembers(
  notes: readonly FoundNote[],
  enter: EnterMember,
  storeOf: StoreOf,
  isDue: ((branch: Branch) => boolean) | undefined,
  limitMs: number,
): Promise<RecoveryRound & { readonly over: ReadonlySet<string> }> {
  const looks = looksFor(notes, enter, limitMs);
  const rounds: RecoveryRound[] = [];
  for (const some of inTurns(looks)) {
    try {
      rounds.push(await recoverBranches(some, storeOf, isDue));
    } finally {
      for (const look of some) look.end();
    }
  }
  const branches = rounds.flatMap((round) => round.branches);
  const unreachable = rounds.flatMap((round) => round.unreachable);
  const sightingOf = (note: FoundNote, member: NotedMember): Sighting => {
    const ofMember = branches.find(({ label, key, found: { branch } }) => {
      const isThere = label === member.label && key === member.key;
      return isThere && branch?.transaction === note.transaction && branch.number === member.number;
    });
    if (ofMember !== undefined) return ofMember.result === "done" || ofMember.result === "gone" ? "ended" : "prepared";
    return lookAt(looks, member).sighting(member);
  };
  const over = notes.filter((note) => judgeNote(note, (member) => sightingOf(note, member)) === "over");
  await Promise.all(
    [...new Set(over.map(({ store }) => store))].map((store) =>
      removeNotes(
        store,
        over.filter((it) => it.store === store).map((it) => it.transaction),
        limitMs,
      ).catch(() => {}),
    ),
  );
  for (const note of notes) {
    for (const member of note.members) {
      if (sightingOf(note, member) !== "moved") continue;
      unreachable.push({ label: member.label, key: member.key, error: moved(note, member) });
    }
  }
  return { branches, unreachable, over: new Set(over.map(({ id }) => id)) };
}

/** What is in doubt in the databases that notes name. Changes nothing, and never rejects. */
export async function membersInDoubt(
  notes: readonly FoundNote[],
  enter: EnterMember,
  decisionOf: Parameters<typeof listInDoubt>[1],
  limitMs: number,
): Promise<readonly InDoubt[]> {
  const looks = looksFor(notes, enter, limitMs);
  const doubts: InDoubt[] = [];
  for (const some of inTurns(looks)) {
    const found = await listInDoubt(some, decisionOf);
    for (const look of some) look.end();
    // What could not be asked is told for each transaction that may have left something there.
    doubts.push(...found.filter(({ identifier }) => identifier !== undefined));
  }
  for (const { id, decision, ...note } of notes) {
    for (const member of note.members) {
      const { label, key, engine } = member;
      const look = lookAt(looks, member);
      const isFound = doubts.some((it) => it.id === id && it.label === label && it.key === key);
      const sighting = look.sighting(member);
      if (isFound || sighting === "absent") continue;
      const error = sighting === "moved" ? moved({ id }, member) : look.failure;
      doubts.push({ id, label, key, engine, decision: decision === "undecided" ? "unreachable" : decision, error });
    }
  }
  return doubts;
}

function moved({ id }: { readonly id: string }, { label, key, at }: NotedMember): TransactionStateError {
  const message = `${label}: the transaction ${id} has used "${key}" at ${at}, and that is somewhere else by now: what it may have left prepared there is to be ended there`;
  return new TransactionStateError(message, { database: label });
}

function inTurns<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, turn) =>
    all.slice(turn * atOnce, (turn + 1) * atOnce),
  );
}

function looksFor(notes: readonly Note[], enter: EnterMember, limitMs: number): readonly MemberLook[] {
  const looks = new Map<string, MemberLook>();
  for (const member of notes.flatMap((it) => it.members)) {
    const name = JSON.stringify([member.label, member.key]);
    if (!looks.has(name)) looks.set(name, new MemberLook(member, enter, limitMs));
  }
  return [...looks.values()];
}

function lookAt(looks: readonly MemberLook[], { label, key }: NotedMember): MemberLook {
  return looks.find((it) => it.label === label && it.key === key) as MemberLook;
}

/** One of the databases, for one round: what is found in it is ended in it, whatever moves meanwhile. */
class MemberLook implements RecoverableLabel {
  readonly label: string;
  readonly key: string;
  readonly engine: string;
  /** Why nobody could look. */
  failure: unknown;
  readonly #enter: EnterMember;
  readonly #limitMs: number;
  #entered: EnteredMember | undefined;
  #place: string | undefined;

  constructor({ label, key, engine }: NotedMember, enter: EnterMember, limitMs: number) {
    this.label = label;
    this.key = key;
    this.engine = engine;
    this.#enter = enter;
    this.#limitMs = limitMs;
  }

  async list(): Promise<readonly PreparedBranch[]> {
    try {
      this.#entered = await this.#enter(this.label, this.key, this.#limitMs);
      const { context } = this.#entered;
      const found = await listBranches(context, this.#limitMs);
      this.#place = placeNow(context);
      return found;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  finish(branch: Branch, end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    const { context } = this.#entered as EnteredMember;
    return finishBranch(context, branch, end, finishMs);
  }

  /** What is known of a branch that was not found. */
  sighting({ at }: NotedMember): Sighting {
    if (this.#place === undefined) return "unreachable";
    return this.#place === at ? "absent" : "moved";
  }

  end(): void {
    this.#entered?.end();
    this.#entered = undefined;
  }
}
