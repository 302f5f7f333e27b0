import type { Clock } from "../../driver/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import { forgetDecisions } from "./forget-decisions.ts";
import type { FoundNote } from "./member-recovery.ts";
import type { NotedRound } from "./noted-members.ts";
import { nameIn, type Unreachable } from "./recovery.ts";
import { RecoveryLoop, type RecoveryOptions } from "./recovery-loop.ts";
import { tellInDoubt } from "./spanning-events.ts";
import { spanningId } from "./spanning-transaction.ts";
import type { Stores } from "./stores.ts";

/** In milliseconds: what is older was most often left by a process that is gone. */
const usuallyOverMs = 10_000;
const weekMs = 604_800_000;
/** Between two times of forgetting, in milliseconds. */
const forgetEveryMs = 3_600_000;

/** What the regular recovery works with. */
export interface RegularRecoveryFacts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly options: RecoveryOptions;
  readonly stores: Stores;
  readonly limitMs: number;
  /** The manager's number, for events. */
  readonly manager: number;
  /**
   * @param isDue - which transactions are old enough to be decided over
   * @param isWanted - which notes of members are old enough for these to be opened
   */
  recover(
    labels: readonly string[],
    isDue: (id: string) => boolean,
    isWanted: (note: FoundNote) => boolean,
  ): Promise<NotedRound>;
}

/**
 * Looks after what was left, while a manager is open. It decides over nothing that it sees for the first time: whoever has prepared it may be about to
 * decide, and would find himself rolled back.
 */
export class RegularRecovery {
  readonly #facts: RegularRecoveryFacts;
  readonly #loop: RecoveryLoop;
  /** Labels that ever took part. */
  readonly #labels: Set<string>;
  #seen: ReadonlySet<string> = new Set();
  /** Notes that were seen, and how old each was when its members were looked into last, in milliseconds. */
  #notes: ReadonlyMap<string, number> = new Map();
  /** What this process has left, and what is done once nothing of it is prepared any more. */
  readonly #left = new Map<string, () => void>();
  #forgottenAt: number;

  constructor(facts: RegularRecoveryFacts) {
    this.#facts = facts;
    const { clock, random, options } = facts;
    this.#labels = new Set(options.labels);
    this.#forgottenAt = clock.now();
    this.#loop = new RecoveryLoop({ clock, random, everyMs: options.everyMs, round: () => this.#round() });
  }

  /** Begins, where there is anything to look after. */
  start(labels: readonly string[] = []): void {
    for (const label of labels) this.#labels.add(label);
    if (this.#labels.size > 0) this.#loop.start();
  }

  /** A transaction of this process has left branches, and nobody else ends them. @param onOver - called once they are gone, whoever has ended them */
  lookAfter(id: string, onOver: () => void): void {
    this.#left.set(id, onOver);
    this.#loop.soon();
  }

  /** Whether this process has left branches of a transaction, and tells by itself what became of them. */
  looksAfter(id: string): boolean {
    return this.#left.has(id);
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #round(): Promise<boolean> {
    const startedAt = this.#facts.clock.now();
    try {
      const labels = [...this.#labels];
      const looked = new Map<string, number>();
      const round = await this.#facts.recover(
        labels,
        (id) => this.#seen.has(id) || this.#left.has(id) || this.#notes.has(id),
        (note) => this.#isDueNote(note) && looked.set(note.id, note.ageMs).size > 0,
      );
      const open = this.#openIn(round);
      const { left } = round;
      const isNew =
        [...open].some((id) => !this.#seen.has(id)) ||
        left.some(({ id, ageMs }) => !this.#notes.has(id) && ageMs > usuallyOverMs);
      this.#seen = open;
      const isLost = (note: FoundNote): boolean => note.members.some((member) => isIn(round.unreachable, member));
      this.#notes = new Map(
        left.map((note) => [
          note.id,
          (isLost(note) ? undefined : looked.get(note.id)) ?? this.#notes.get(note.id) ?? 0,
        ]),
      );
      const mayHaveSome = new Set([...open, ...this.#notes.keys()]);
      if (round.unreachable.every(({ key }) => key !== undefined)) this.#endLeft(mayHaveSome);
      await this.#forget(startedAt, round, mayHaveSome);
      return isNew;
    } catch {
      // A round never fails for what it finds; what cannot be reached is tried again.
      return false;
    }
  }

  /**
   * Members are opened for what has stood for a while only, and for what this process has left; and where nothing is found less and less often, since nearly every
   * note that stays is of a transaction that had not prepared when its process ended.
   */
  #isDueNote({ id, ageMs }: FoundNote): boolean {
    const lookedAt = this.#notes.get(id);
    return this.#left.has(id) || this.#seen.has(id) || (lookedAt !== undefined && ageMs >= 2 * lookedAt);
  }

  #openIn({ branches, unreachable, left }: NotedRound): ReadonlySet<string> {
    const { manager } = this.#facts;
    const open = new Set<string>();
    for (const { engine, found, decision, result, ...database } of branches) {
      if (found.branch === undefined || decision === "foreign") continue;
      if (result !== "left" && result !== "busy") continue;
      const id = spanningId(found.branch.store, found.branch.transaction);
      open.add(id);
      // What is seen for the first time is most often about to end.
      if (this.#seen.has(id))
        tellInDoubt({
          manager,
          id,
          ...nameIn(database),
          engine,
          decision: decision === "unreachable" ? "undecided" : decision,
        });
    }
    for (const { id, members, decision } of left) {
      for (const { label, key, engine } of members) {
        if (isIn(unreachable, { label, key })) tellInDoubt({ manager, id, label, key, engine, decision });
      }
    }
    return open;
  }

  #endLeft(open: ReadonlySet<string>): void {
    for (const [id, onOver] of [...this.#left]) {
      if (open.has(id)) continue;
      this.#left.delete(id);
      onOver();
    }
  }

  /** What is held back by a branch, or by a server that does not answer, is tried again in the next round. */
  async #forget(startedAt: number, { unreachable, branches }: NotedRound, open: ReadonlySet<string>): Promise<void> {
    const { options, stores, limitMs } = this.#facts;
    if (startedAt - this.#forgottenAt < forgetEveryMs) return;
    // What a member has left is held by its note.
    if (unreachable.some(({ key }) => key === undefined)) return;
    const listed = new Set(branches.map(({ found }) => found.branch?.transaction));
    const retentionMs = Math.max(options.retentionMs ?? weekMs, weekMs);
    let isHeldBack = false;
    for (const [context, store] of stores.known as ReadonlyMap<DatabaseContext, string>) {
      const mayGo: Parameters<typeof forgetDecisions>[3] = ({ transaction, labels }) => {
        if (!labels.every((label) => this.#labels.has(label))) return false;
        const hasBranch = listed.has(transaction) || open.has(spanningId(store, transaction));
        isHeldBack ||= hasBranch;
        return !hasBranch;
      };
      try {
        await forgetDecisions(context, retentionMs, limitMs, mayGo);
      } catch {
        // One that may not be written to keeps no other one from forgetting.
        isHeldBack = true;
      }
    }
    if (!isHeldBack) this.#forgottenAt = startedAt;
  }
}

function isIn(unreachable: readonly Unreachable[], { label, key }: Pick<Unreachable, "key" | "label">): boolean {
  return unreachable.some((it) => it.label === label && it.key === key);
}
