import type { RecoveredBranch, RecoveryRound } from "@nsj/mdb-core";

/** What became of a branch, in words for programs. */
export interface Recovered {
  readonly id?: string;
  readonly label: string;
  /** Which of the databases behind the label: a tenant's id. */
  readonly key?: string;
  readonly engine: string;
  readonly identifier: string;
  readonly decision: RecoveredBranch["decision"];
  readonly result: RecoveredBranch["result"];
  readonly error?: string;
}

/** One round of recovery. */
export interface RecoveredRound {
  readonly branches: readonly Recovered[];
  readonly unreachable: readonly { readonly label: string; readonly key?: string; readonly error: string }[];
}

/** What a round of recovery tells. */
export function recovered({ branches, unreachable }: RecoveryRound): RecoveredRound {
  const all = branches.map(
    ({ label, key, engine, found: { branch, identifier }, decision, result, error }): Recovered => {
      const id = branch && `${branch.store}:${branch.transaction}`;
      const facts = { label, ...(key !== undefined && { key }), engine, identifier, decision, result };
      return { ...(id !== undefined && { id }), ...facts, ...(error !== undefined && { error: messageOf(error) }) };
    },
  );
  return {
    branches: all,
    unreachable: unreachable.map(({ error, ...database }) => ({ ...database, error: messageOf(error) })),
  };
}

/** Whether something has to be looked at again. */
export function hasLeft({ branches, unreachable }: RecoveredRound): boolean {
  const isOpen = ({ decision, result }: Recovered) =>
    decision !== "foreign" && (result === "left" || result === "busy");
  return unreachable.length > 0 || branches.some(isOpen);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
