import type { Branch } from "../../driver/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import type { InDoubt } from "./in-doubt.ts";
import { removeNotes } from "./member-notes.ts";
import { type EnterMember, type FoundNote, membersInDoubt, notesIn, recoverMembers } from "./member-recovery.ts";
import type { RecoveryRound, StoreOf } from "./recovery.ts";
import type { Stores } from "./stores.ts";

/** What is needed to find members again. */
export interface NotedMembersFacts {
  /** The databases with a label of their own, by label. */
  readonly contexts: () => ReadonlyMap<string, DatabaseContext>;
  readonly stores: Stores;
  /** Whether a label stands for many databases: without one there are no notes to look for. */
  readonly hasMembers: () => boolean;
  readonly enter: EnterMember;
  readonly limitMs: number;
}

/** Which notes a round is about. */
export interface NotesAsked {
  /** Labels in whose stores they are; all by default. */
  readonly stores?: readonly string[] | undefined;
  /** Of all that are there by default. */
  readonly isWanted?: ((note: FoundNote) => boolean) | undefined;
  /** See `recoverBranches`. */
  readonly isDue?: ((branch: Branch) => boolean) | undefined;
}

/** A round of recovery, with the notes that it has left. */
export interface NotedRound extends RecoveryRound {
  readonly left: readonly FoundNote[];
}

const nothing: NotedRound = { branches: [], unreachable: [], left: [] };

/** Databases behind labels that stand for many, in which transactions may have left something prepared: found by what was noted before these began. */
export class NotedMembers {
  readonly #facts: NotedMembersFacts;
  /** Notes of this process whose transactions are over, by their store. */
  readonly #over = new Map<DatabaseContext, string[]>();
  #removing: Promise<void> | undefined;

  constructor(facts: NotedMembersFacts) {
    this.#facts = facts;
  }

  /** One round. Rejects for nothing that cannot be reached. */
  async recover(storeOf: StoreOf, { stores, isWanted = () => true, isDue }: NotesAsked = {}): Promise<NotedRound> {
    if (!this.#facts.hasMembers()) return nothing;
    const { notes, failed } = await this.#notes(stores);
    const wanted = notes.filter(isWanted);
    const { enter, limitMs } = this.#facts;
    const { over, branches, unreachable } = await recoverMembers(wanted, enter, storeOf, isDue, limitMs);
    const unread = [...failed].map(([label, error]) => ({ label, error }));
    return { branches, unreachable: [...unread, ...unreachable], left: notes.filter(({ id }) => !over.has(id)) };
  }

  /** What is in doubt in them, and the stores that could not be read. Never rejects. */
  async inDoubt(decisionOf: Parameters<typeof membersInDoubt>[2]): Promise<readonly InDoubt[]> {
    if (!this.#facts.hasMembers()) return [];
    const { notes, failed } = await this.#notes(undefined);
    const { enter, limitMs, contexts } = this.#facts;
    const unread = [...failed].map(([label, error]): InDoubt => {
      return { label, engine: contexts().get(label)?.engine ?? "", decision: "unreachable", error };
    });
    return [...unread, ...(await membersInDoubt(notes, enter, decisionOf, limitMs))];
  }

  async #notes(labels: readonly string[] | undefined) {
    const { contexts, stores, limitMs } = this.#facts;
    const asked = [...contexts().values()].filter((it) => labels === undefined || labels.includes(it.database));
    const { stores: found, failed } = await stores.all(asked, limitMs);
    const unread = new Map(failed);
    return { notes: await notesIn(found, unread, limitMs), failed: unread };
  }

  /** A transaction of this process is over in all of its members. Nobody waits for the note to go; where it does not, recovery sees to it. */
  over(store: DatabaseContext, transaction: string): void {
    const waiting = this.#over.get(store);
    if (waiting === undefined) this.#over.set(store, [transaction]);
    else waiting.push(transaction);
    this.#removing ??= this.#remove();
  }

  /** Those that end while others are being removed go together. */
  async #remove(): Promise<void> {
    for (;;) {
      const [next] = this.#over;
      if (next === undefined) break;
      const [store, transactions] = next;
      this.#over.delete(store);
      await removeNotes(store, transactions, this.#facts.limitMs).catch(() => {});
    }
    this.#removing = undefined;
  }

  /** Waits for notes that are being removed. */
  async stop(): Promise<void> {
    await this.#removing;
  }
}

/** What was seen under labels, and in members, as one round: a label that could not be asked is told once. */
export function bothRounds(own: RecoveryRound, members: NotedRound): NotedRound {
  const isTold = new Set(own.unreachable.map(({ label }) => label));
  const others = members.unreachable.filter(({ label, key }) => key !== undefined || !isTold.has(label));
  return {
    branches: [...own.branches, ...members.branches],
    unreachable: [...own.unreachable, ...others],
    left: members.left,
  };
}
