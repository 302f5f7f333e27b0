import type { Branch } from "../../driver/index.ts";
import { type DoubtDecision, nameIn, type RecoverableLabel } from "./recovery.ts";
import { spanningId } from "./spanning-transaction.ts";

/** A prepared transaction that was found in one of the databases; or a database that could not be asked for such. */
export interface InDoubt {
  /** What `outcome` and `resolve` take; absent where it is not ours. */
  readonly id?: string;
  readonly label: string;
  /** Which of the databases behind the label, such as a tenant's id; absent where it is one. */
  readonly key?: string;
  readonly engine: string;
  /** The server's own identifier of it; absent where the database could not be asked. */
  readonly identifier?: string;
  /** In milliseconds since 1970, by the server's clock. */
  readonly preparedAt?: number;
  /**
   * `"undecided"`: it may be about to be decided, or recovery will roll it back; `"unreachable"`: whoever knows could not be asked; `"foreign"`: not
   * prepared by this library, or by an application whose store of decisions no label of this one has.
   */
  readonly decision: DoubtDecision;
  /** The labels of the databases that were asked to prepare, as the decision names them; absent while nobody has decided. */
  readonly branches?: readonly string[];
  /**
   * The labels of those databases that have prepared, and hold it still, as far as they could be asked. Of `branches`, the others have only read, have ended, or cannot be
   * asked; while nothing is decided, one may be about to prepare. Absent where it is not ours.
   */
  readonly prepared?: readonly string[];
  /** Why the database could not be asked; or a `HeuristicOutcomeError`, where somebody has finished it against the decision. */
  readonly error?: unknown;
}

/** Lists without changing anything. Never rejects: what cannot be reached is listed as that. */
export async function listInDoubt(
  labels: readonly RecoverableLabel[],
  decisionOf: (branch: Branch) => Promise<Pick<InDoubt, "decision" | "branches">>,
): Promise<readonly InDoubt[]> {
  const lists = labels.map(async (database): Promise<readonly InDoubt[]> => {
    const about = { ...nameIn(database), engine: database.engine };
    try {
      const found = await database.list();
      return await Promise.all(
        found.map(async ({ branch, ...facts }): Promise<InDoubt> => {
          if (branch === undefined) return { ...about, ...facts, decision: "foreign" };
          const known = await decisionOf(branch).catch(() => ({ decision: "unreachable" }) as const);
          return { id: spanningId(branch.store, branch.transaction), ...about, ...facts, ...known };
        }),
      );
    } catch (error) {
      return [{ ...about, decision: "unreachable", error }];
    }
  });
  const all = (await Promise.all(lists)).flat();
  const holders = new Map<string, string[]>();
  for (const { id, label } of all) if (id !== undefined) holders.set(id, [...(holders.get(id) ?? []), label]);
  return all.map((it) => (it.id === undefined ? it : { ...it, prepared: holders.get(it.id) ?? [] }));
}
