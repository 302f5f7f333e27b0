import type { Branch, BranchEnd, PreparedBranch } from "../../driver/index.ts";
import type { Verdict } from "./protocol.ts";

/** A database whose branches are recovered. */
export interface RecoverableLabel {
  readonly label: string;
  /** Which of the databases behind the label; absent where it is one. */
  readonly key?: string;
  readonly engine: string;
  /** Rejects where nobody could look. */
  list(): Promise<readonly PreparedBranch[]>;
  finish(branch: Branch, end: BranchEnd): Promise<"done" | "gone" | "busy">;
}

/** Where decisions are. */
export interface RecoverableStore {
  /** See `fence`. Rejects where nobody could ask. */
  fence(branch: Branch): Promise<Verdict>;
}

/** What recovery knows of the store that a branch names. `"foreign"`: no label has it. */
export type StoreOf = (store: string) => Promise<RecoverableStore | "foreign" | "unreachable">;

/** What is known of the decision over a branch that was found. */
export type DoubtDecision = Verdict | "unreachable" | "foreign";

/** A branch that recovery has found, and what became of it. */
export interface RecoveredBranch {
  readonly label: string;
  /** Which of the databases behind the label, such as a tenant's id; absent where it is one. */
  readonly key?: string;
  readonly engine: string;
  readonly found: PreparedBranch;
  readonly decision: DoubtDecision;
  /** `"left"`: it is as it was. */
  readonly result: "done" | "gone" | "busy" | "left";
  /** Why it could not be finished, or why nobody could ask. */
  readonly error?: unknown;
}

/** What one round of recovery has seen. */
export interface RecoveryRound {
  readonly branches: readonly RecoveredBranch[];
  /** Databases whose lists nobody could get, or that are somewhere else than a transaction has left them: they may hold anything. */
  readonly unreachable: readonly Unreachable[];
}

/** See {@link RecoveryRound.unreachable}. */
export interface Unreachable {
  readonly label: string;
  /** Which of the databases behind the label, such as a tenant's id; absent where it is one. */
  readonly key?: string;
  readonly error: unknown;
}

/**
 * One round: ends every branch whose fate is decided, or can be decided by the fence. Needs no clock and no knowledge of who is alive, so any process
 * may do it at any time, beside running transactions and beside others that do the same.
 * @param isDue - `false` for a branch that is better left to whoever has prepared it, for now: to decide over it would roll it back
 */
export async function recoverBranches(
  labels: readonly RecoverableLabel[],
  storeOf: StoreOf,
  isDue: (branch: Branch) => boolean = () => true,
): Promise<RecoveryRound> {
  const verdicts = new Map<string, Promise<Pick<RecoveredBranch, "decision" | "error">>>();
  const verdictOf = (branch: Branch) => {
    const key = `${branch.store}:${branch.transaction}`;
    const known = verdicts.get(key) ?? (isDue(branch) ? ask(branch, storeOf) : Promise.resolve(notDue));
    verdicts.set(key, known);
    return known;
  };
  const branches: RecoveredBranch[] = [];
  const unreachable: Unreachable[] = [];
  await Promise.all(
    labels.map(async (label) => {
      let found: readonly PreparedBranch[];
      try {
        found = await label.list();
      } catch (error) {
        unreachable.push({ ...nameIn(label), error });
        return;
      }
      for (const it of found) branches.push(await recoverOne(label, it, verdictOf));
    }),
  );
  return { branches, unreachable };
}

const notDue = { decision: "undecided" } as const;

async function recoverOne(
  label: RecoverableLabel,
  found: PreparedBranch,
  verdictOf: (branch: Branch) => Promise<Pick<RecoveredBranch, "decision" | "error">>,
): Promise<RecoveredBranch> {
  const { branch } = found;
  const about = { ...nameIn(label), engine: label.engine, found };
  if (branch === undefined) return { ...about, decision: "foreign", result: "left" };
  const asked = await verdictOf(branch);
  if (asked.decision !== "committed" && asked.decision !== "rolled back") return { ...about, ...asked, result: "left" };
  try {
    const end = asked.decision === "committed" ? "commit" : "rollback";
    return { ...about, ...asked, result: await label.finish(branch, end) };
  } catch (error) {
    return { ...about, ...asked, result: "left", error };
  }
}

/** A database as it is told of. */
export function nameIn({ label, key }: Pick<RecoverableLabel, "key" | "label">): {
  readonly label: string;
  readonly key?: string;
} {
  return key === undefined ? { label } : { label, key };
}

async function ask(branch: Branch, storeOf: StoreOf): Promise<Pick<RecoveredBranch, "decision" | "error">> {
  try {
    const store = await storeOf(branch.store);
    return { decision: typeof store === "string" ? store : await store.fence(branch) };
  } catch (error) {
    return { decision: "unreachable", error };
  }
}
