import { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { postgresDriver } from "./driver.ts";
import type { PostgresOptions } from "./options.ts";

export type { PostgresOptions, PreparedStatementsOptions, SslMode, TargetSessionAttrs } from "./options.ts";
export { postgresDriver };

/**
 * Describes a PostgreSQL database for a `DatabaseManager`. Nothing connects yet.
 *
 * ```ts
 * const databases = new DatabaseManager({ orders: postgres({ connectionString: process.env.ORDERS_URL, schema: "sales" }) });
 * ```
 */
export function postgres(options: PostgresOptions & DatabaseOptions): DatabaseDefinition<"postgres"> {
  return defineDatabase(postgresDriver, options);
}
