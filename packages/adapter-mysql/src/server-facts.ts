/** What a server has that others of its family have not; found out by the first connection of a definition. */
export interface ServerFacts {
  /** `undefined`: not known yet. */
  hasSnapshotIsolation: boolean | undefined;
  /** Commits are on the disk before they are answered. */
  isDurable?: boolean;
  /** It writes no binary log. */
  logsNoChanges?: boolean;
}
