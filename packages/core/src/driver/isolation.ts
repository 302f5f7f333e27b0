/** Every isolation level that the library knows, weakest first; `snapshot` is SQL Server's. */
export const isolationLevels = [
  "read uncommitted",
  "read committed",
  "repeatable read",
  "snapshot",
  "serializable",
] as const;

/** A transaction isolation level, by its name in the SQL standard (and SQL Server's `snapshot`). */
export type Isolation = (typeof isolationLevels)[number];
