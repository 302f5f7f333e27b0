import type { DriverConnection, ParameterValue, ResultSet } from "@nsj/mdb-core";
import type { MysqlOptions } from "../../src/index.ts";
import { driver, serverOptions } from "./server.ts";

/** One connection, and short words for what tests do with it. */
export interface TestSession {
  readonly connection: DriverConnection;
  readonly forEver: { readonly deadline: number };
  run(text: string, ...values: ParameterValue[]): Promise<ResultSet>;
  /** The first value of the first row. */
  value(text: string, ...values: ParameterValue[]): Promise<unknown>;
  close(): Promise<void>;
}

const forEver = { deadline: Number.POSITIVE_INFINITY };

/** Opens a connection to the run's server. */
export async function openSession(options: MysqlOptions = {}): Promise<TestSession> {
  const connection = await driver.connector(serverOptions(options)).connect(forEver);
  const run = async (text: string, ...values: ParameterValue[]): Promise<ResultSet> =>
    connection.query({ text, values }, forEver);
  return {
    connection,
    forEver,
    run,
    value: async (text, ...values) => (await run(text, ...values)).rows[0]?.[0],
    close: () => connection.close(forEver),
  };
}
