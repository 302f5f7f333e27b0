import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DriverConnection,
  type ErrorInfo,
  type MaybePromise,
  type ParameterValue,
  type ResultSet,
  unlimited,
} from "@nsj/mdb-core";
import { expect, onTestFinished } from "vitest";
import { type SqliteOptions, sqliteDriver } from "../../src/index.ts";

/** A connection of which every optional member is there. */
export type Connection = Required<Omit<DriverConnection, "ping" | "cancel" | "call" | "ref" | "unref">>;

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "mdb-sqlite-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A file that does not exist yet. */
export function temporaryFile(): string {
  return join(temporaryDirectory(), "test.db");
}

/** A connection that is closed after the test. */
export async function connect(options: SqliteOptions): Promise<Connection> {
  const connection = await sqliteDriver.connector(options).connect(unlimited);
  onTestFinished(() => connection.destroy());
  return connection as Connection;
}

/** Runs a statement. */
export function run(connection: DriverConnection, text: string, ...values: ParameterValue[]): MaybePromise<ResultSet> {
  return connection.query({ text, values }, unlimited);
}

/** The rows of a query. */
export async function rows(
  connection: DriverConnection,
  text: string,
  ...values: ParameterValue[]
): Promise<unknown[][]> {
  return (await run(connection, text, ...values)).rows;
}

/** Runs what has to fail, and gives the error and what the driver says of it. */
export async function failure(work: () => unknown): Promise<ErrorInfo & { readonly error: Error }> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return { ...sqliteDriver.classify(error), error: error as Error };
  }
  return expect.fail("it had to fail");
}

/** Whether a promise has not settled, after everything that is due has run. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settle = () => {
    pending = false;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  return pending;
}
