import { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { oracleDriver } from "./driver.ts";
import type { OracleOptions } from "./options.ts";

export type { OracleOptions } from "./options.ts";
export { oracleDriver };

/**
 * Describes an Oracle database for a `DatabaseManager`. Nothing connects yet.
 *
 * ```ts
 * const databases = new DatabaseManager({ erp: oracle({ user: "app", password, connectString: "erp-host:1521/ORCLPDB1" }) });
 * ```
 */
export function oracle(options: OracleOptions & DatabaseOptions): DatabaseDefinition<"oracle"> {
  return defineDatabase(oracleDriver, options);
}
