import { type DriverConnection, type ErrorInfo, type ParameterValue, type ResultSet, unlimited } from "@nsj/mdb-core";
import { type OracleOptions, oracleDriver } from "../../src/index.ts";
import type { TestServer } from "./server.ts";

/** One connection to a test server. */
export function connected(server: TestServer, more: Partial<OracleOptions> = {}): Promise<DriverConnection> {
  return oracleDriver.connector(server.options(more)).connect({ deadline: performance.now() + 30_000 });
}

/** Runs one statement. */
export async function run(
  connection: DriverConnection,
  text: string,
  values: readonly ParameterValue[] = [],
): Promise<ResultSet> {
  return connection.query({ text, values }, unlimited);
}

/** The rows of one query. */
export async function rows(
  connection: DriverConnection,
  text: string,
  values: readonly ParameterValue[] = [],
): Promise<readonly (readonly unknown[])[]> {
  return (await run(connection, text, values)).rows;
}

/** What the driver says of the error that this must fail with. */
export async function failureOf(work: () => Promise<unknown>): Promise<ErrorInfo> {
  try {
    await work();
  } catch (error) {
    return oracleDriver.classify(error);
  }
  throw new Error("it did not fail");
}
