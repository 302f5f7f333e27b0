import { type ConnectorEnvironment, type Driver, systemClock } from "@nsj/mdb-core";
import { parseConnectionString } from "./connection-string.ts";
import { MssqlConnector } from "./connector.ts";
import { capabilities, dialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { type MssqlOptions, optionKeys } from "./options.ts";
import { readSettings } from "./settings.ts";

/** SQL Server 2016 and newer, and Azure SQL, by the `mssql` package. */
export const mssqlDriver: Driver<MssqlOptions, "mssql"> = Object.freeze({
  spi: 1,
  name: "mssql",
  schemes: Object.freeze(["mssql", "sqlserver"]),
  optionKeys,
  dialect,
  capabilities,
  connector: (options: MssqlOptions, { clock }: ConnectorEnvironment = { clock: systemClock }) =>
    new MssqlConnector(readSettings(options), clock),
  parseUrl: parseConnectionString,
  classify,
} as const);
