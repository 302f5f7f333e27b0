import { ConfigurationError, type DatabaseManager } from "@nsj/mdb-core";

/**
 * Refuses what is no manager where the application is put together, and not at its first request.
 * @param what - who was given it: `"mdbExpress"`
 * @throws ConfigurationError
 */
export function checkManager(what: string, databases: unknown): asserts databases is DatabaseManager {
  const { getSession, labels } = (databases ?? {}) as Partial<DatabaseManager>;
  if (typeof getSession === "function" && Array.isArray(labels)) return;
  const found = databases === undefined || databases === null ? String(databases) : "something else";
  throw new ConfigurationError(
    `${what}: "databases" must be a DatabaseManager, new DatabaseManager({ ... }), not ${found}`,
    {
      key: "databases",
    },
  );
}
