import { performance } from "node:perf_hooks";
import type { Connector, DriverConnection, ErrorInfo, ParameterValue, ResultSet } from "@nsj/mdb-core";
import { afterEach } from "vitest";
import { type PostgresOptions, postgresDriver } from "../../src/index.ts";
import { serverOptions } from "./server.ts";

const open: DriverConnection[] = [];

afterEach(() => {
  for (const connection of open.splice(0)) connection.destroy();
});

/** Bounds that are wide enough for everything that works. */
export function soon(milliseconds = 10_000): { readonly deadline: number } {
  return { deadline: performance.now() + milliseconds };
}

export function connectorFor(more: PostgresOptions = {}): Connector {
  return postgresDriver.connector(serverOptions(more));
}

/** The connection with every optional member that this driver declares. */
export type FullConnection = Required<DriverConnection>;

/** A connection that is destroyed after the test. */
export async function connected(more: PostgresOptions = {}, connector = connectorFor(more)): Promise<FullConnection> {
  const connection = (await connector.connect(soon())) as FullConnection;
  open.push(connection);
  return connection;
}

export async function run(
  connection: DriverConnection,
  text: string,
  values: readonly ParameterValue[] = [],
): Promise<ResultSet> {
  return connection.query({ text, values }, soon());
}

/** The first column of the first row. */
export async function value(
  connection: DriverConnection,
  text: string,
  values: readonly ParameterValue[] = [],
): Promise<unknown> {
  return (await run(connection, text, values)).rows[0]?.[0];
}

/** What the driver says about the error that this fails with. */
export async function failure(work: () => unknown): Promise<{ readonly error: unknown; readonly info: ErrorInfo }> {
  try {
    await work();
  } catch (error) {
    return { error, info: postgresDriver.classify(error) };
  }
  throw new Error("it did not fail");
}

/** A name that nothing else uses. */
export function uniqueName(prefix = "t"): string {
  return `${prefix}_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
}
