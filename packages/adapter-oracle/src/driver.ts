import { type ConnectorEnvironment, type Driver, systemClock } from "@nsj/mdb-core";
import { OracleConnector } from "./connector.ts";
import { capabilities, dialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { type OracleOptions, optionKeys, readSettings } from "./options.ts";
import { parseUrl } from "./url.ts";

/** Oracle Database from version 12.1 on, by the `oracledb` package in thin mode. */
export const oracleDriver: Driver<OracleOptions, "oracle"> = Object.freeze({
  spi: 1,
  name: "oracle",
  schemes: Object.freeze(["oracle", "oracledb"]),
  optionKeys,
  dialect,
  capabilities,
  connector: (options: OracleOptions, { clock }: ConnectorEnvironment = { clock: systemClock }) =>
    new OracleConnector(readSettings(options), clock),
  parseUrl,
  classify,
} as const);
