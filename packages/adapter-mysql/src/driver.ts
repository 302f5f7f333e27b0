import { type ConnectorEnvironment, type Driver, systemClock } from "@nsj/mdb-core";
import { MysqlConnector } from "./connector.ts";
import { mariadbCapabilities, mariadbDialect, mysqlCapabilities, mysqlDialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { type MysqlOptions, optionKeys } from "./options.ts";
import { readSettings } from "./settings.ts";
import { parseUrl } from "./url.ts";

/** MySQL, by the `mysql2` package. Works with servers from version 5.7.4 on. */
export const mysqlDriver: Driver<MysqlOptions, "mysql"> = Object.freeze({
  spi: 1,
  name: "mysql",
  schemes: Object.freeze(["mysql", "mysql2"]),
  optionKeys,
  dialect: mysqlDialect,
  capabilities: mysqlCapabilities,
  connector: (options: MysqlOptions, { clock }: ConnectorEnvironment = { clock: systemClock }) =>
    new MysqlConnector(readSettings("mysql", options), clock),
  parseUrl,
  classify,
} as const);

/** MariaDB, by the `mysql2` package. Works with servers from version 10.2.4 on. */
export const mariadbDriver: Driver<MysqlOptions, "mariadb"> = Object.freeze({
  spi: 1,
  name: "mariadb",
  schemes: Object.freeze(["mariadb"]),
  optionKeys,
  dialect: mariadbDialect,
  capabilities: mariadbCapabilities,
  serverMayLack: Object.freeze(["isolation", "branches"] as const),
  connector: (options: MysqlOptions, { clock }: ConnectorEnvironment = { clock: systemClock }) =>
    new MysqlConnector(readSettings("mariadb", options), clock),
  parseUrl,
  classify,
} as const);
