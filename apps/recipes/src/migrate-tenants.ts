import type { Database } from "@nsj/mdb-core";
import type { EachReport, Tenants } from "@nsj/mdb-tenants";
import { type Migration, migrate } from "./migrate.ts";

/**
 * Brings every tenant of a label up to date, each in a transaction and behind a lock of its own, so that it may run in several processes at
 * once, and again after it was stopped. A tenant that fails stays as it was and is in the report; after ten the rest is left alone.
 */
export function migrateTenants(
  tenants: Tenants,
  database: Database,
  migrations: readonly Migration[],
  ids?: Iterable<string>,
): Promise<EachReport> {
  return tenants.each((_tenant, { signal }) => migrate(database, migrations, { signal }), {
    ...(ids !== undefined && { ids }),
    timeoutMs: 900_000,
    stopAfterFailures: 10,
  });
}
