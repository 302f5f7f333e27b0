import type { RecoveryRound } from "./recovery.ts";

/** What was prepared in a database when recovery last looked, and was left by it: what `inDoubt()` would have listed then. */
export interface BranchesInDoubt {
  readonly count: number;
  /** Of the oldest one, in milliseconds since 1970 by the server's clock; absent where there is none, or the server does not tell (MariaDB). */
  readonly oldestPreparedAt?: number;
}

/** What recovery saw last, by label. What could not be reached is not known, whatever was seen before. */
export class LastLook {
  readonly #found = new Map<string, BranchesInDoubt>();

  /** @param asked - the labels of which the round wanted to know */
  see(asked: readonly string[], { branches, unreachable }: RecoveryRound): void {
    for (const label of asked) {
      const left = branches.filter((it) => it.label === label && (it.result === "left" || it.result === "busy"));
      const oldest = Math.min(...left.map(({ found }) => found.preparedAt ?? Number.POSITIVE_INFINITY));
      this.#found.set(label, {
        count: left.length,
        ...(Number.isFinite(oldest) && { oldestPreparedAt: oldest }),
      });
    }
    for (const { label } of unreachable) this.#found.delete(label);
  }

  /** `undefined` where nobody knows. */
  of(label: string): BranchesInDoubt | undefined {
    return this.#found.get(label);
  }
}
