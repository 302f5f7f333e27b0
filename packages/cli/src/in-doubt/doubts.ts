import type { DatabaseManager, InDoubt } from "@nsj/mdb-core";

/** What waits, in words for programs. */
export interface Doubt {
  readonly id?: string;
  readonly label: string;
  /** Which of the databases behind the label: a tenant's id. */
  readonly key?: string;
  readonly engine: string;
  readonly identifier?: string;
  /** ISO 8601, by the server's clock. */
  readonly preparedAt?: string;
  readonly decision: InDoubt["decision"];
  readonly branches?: readonly string[];
  readonly error?: string;
}

/** What is in doubt. @throws UnknownDatabaseError for a label that is none */
export async function doubts(
  databases: DatabaseManager,
  labels: readonly string[],
  olderSeconds: number,
): Promise<readonly Doubt[]> {
  for (const label of labels) databases.database(label);
  const all = await databases.inDoubt();
  const before = Date.now() - olderSeconds * 1_000;
  return all
    .filter(({ label, preparedAt }) => {
      // One whose age nobody tells may be old.
      const isOld = olderSeconds === 0 || preparedAt === undefined || preparedAt < before;
      return isOld && (labels.length === 0 || labels.includes(label));
    })
    .map(({ preparedAt, error, ...facts }) => ({
      ...facts,
      ...(preparedAt !== undefined && { preparedAt: new Date(preparedAt).toISOString() }),
      ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
    }));
}

/** What is of another application is no trouble of this one. */
export function isTrouble({ decision }: Doubt): boolean {
  return decision !== "foreign";
}
