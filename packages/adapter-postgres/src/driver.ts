import { type ConnectorEnvironment, type Driver, systemClock } from "@nsj/mdb-core";
import { parseConnectionString } from "./connection-string.ts";
import { PostgresConnector } from "./connector.ts";
import { capabilities, dialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { optionKeys, type PostgresOptions } from "./options.ts";
import { readSettings } from "./settings.ts";

/** PostgreSQL, by the `pg` package. Works with servers from version 12 on, and with PgBouncer. */
export const postgresDriver: Driver<PostgresOptions, "postgres"> = Object.freeze({
  spi: 1,
  name: "postgres",
  schemes: Object.freeze(["postgres", "postgresql"]),
  optionKeys,
  dialect,
  capabilities,
  connector: (options: PostgresOptions, { clock }: ConnectorEnvironment = { clock: systemClock }) =>
    new PostgresConnector(readSettings(options), clock),
  parseUrl: parseConnectionString,
  classify,
} as const);
