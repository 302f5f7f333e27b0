import { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { mssqlDriver } from "./driver.ts";
import type { MssqlOptions } from "./options.ts";

export type { MssqlAuthentication, MssqlOptions, StringType } from "./options.ts";
export { mssqlDriver };

/**
 * Describes a SQL Server or Azure SQL database for a `DatabaseManager`. Nothing connects yet.
 *
 * ```ts
 * const databases = new DatabaseManager({ sales: mssql({ server: "db.example.org", user: "app", password, database: "sales" }) });
 * ```
 */
export function mssql(options: MssqlOptions & DatabaseOptions): DatabaseDefinition<"mssql"> {
  return defineDatabase(mssqlDriver, options);
}
