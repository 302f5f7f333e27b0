import { type DatabaseDefinition, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { mariadbDriver, mysqlDriver } from "./driver.ts";
import type { MysqlOptions } from "./options.ts";

export type { Lackable, MysqlOptions, SslMode } from "./options.ts";
export { mariadbDriver, mysqlDriver };

/**
 * Describes a database of MySQL for a `DatabaseManager`. Nothing connects yet. A server that turns out to be MariaDB is refused, because its SQL is another one.
 *
 * ```ts
 * const databases = new DatabaseManager({ shop: mysql({ connectionString: process.env.SHOP_URL }) });
 * ```
 */
export function mysql(options: MysqlOptions & DatabaseOptions): DatabaseDefinition<"mysql"> {
  return defineDatabase(mysqlDriver, options);
}

/**
 * Describes a database of MariaDB for a `DatabaseManager`. Nothing connects yet. A server that turns out to be MySQL is refused, because its SQL is another one.
 *
 * ```ts
 * const databases = new DatabaseManager({ shop: mariadb({ host: "127.0.0.1", user: "shop", password, database: "shop" }) });
 * ```
 */
export function mariadb(options: MysqlOptions & DatabaseOptions): DatabaseDefinition<"mariadb"> {
  return defineDatabase(mariadbDriver, options);
}
