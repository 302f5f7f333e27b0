import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import mysql2, { type Connection } from "mysql2/promise";
import { inject, it } from "vitest";
import { type MysqlOptions, mariadbDriver, mysqlDriver } from "../../src/index.ts";

/** The server of this test run; `undefined` where the machine has none. */
export const serverUrl: string | undefined = inject("mysqlUrl") || undefined;

/** Which of the two a URL is about. */
export function driverOf(url: string): typeof mysqlDriver | typeof mariadbDriver {
  return url.startsWith("mariadb:") ? mariadbDriver : mysqlDriver;
}

/** The driver of the run's server. */
export const driver = driverOf(serverUrl ?? "mariadb:");

/** Rows with the numbers from 1 on, in a column `seq`. */
export function series(count: number): string {
  if (driver.name === "mariadb") return `seq_1_to_${count}`;
  const list = `concat('[1', repeat(',1', ${count - 1}), ']')`;
  return `json_table(${list}, '$[*]' columns (seq for ordinality))`;
}

/** A statement that stands still. MySQL lets a SLEEP that is all of a query succeed where it is stopped. */
export function sleeping(seconds: number): string {
  return `select sleep(${seconds}) as slept from ${series(1)} one`;
}

/** How many statements the server keeps prepared for the session that asks. */
export const openStatements =
  driver.name === "mariadb"
    ? `select (${counter("COM_STMT_PREPARE")}) - (${counter("COM_STMT_CLOSE")}) as n`
    : "select count(*) as n from performance_schema.prepared_statements_instances where owner_thread_id = ps_current_thread_id()";

/** How often a session has done something. */
function counter(name: string): string {
  return `select cast(variable_value as signed) from information_schema.session_status where variable_name = '${name}'`;
}

/** Options that connect to it. */
export function serverOptions(more: MysqlOptions = {}): MysqlOptions {
  return { ...driver.parseUrl(serverUrl ?? ""), ...more };
}

/** Registers tests that need a server; without one, a skip that says so. */
export function withServer(register: () => void): void {
  if (serverUrl !== undefined) register();
  else it("needs a server", ({ skip }) => skip(mysqlNeeded));
}

/** mysql2 itself, as another client of the server. */
export async function adminClient(url: string = serverUrl ?? ""): Promise<Connection> {
  const client = await mysql2.createConnection(url.replace(/^mariadb:/, "mysql:"));
  client.on("error", () => undefined);
  return client;
}

/** Runs a statement through mysql2. */
export async function asAdmin(text: string, url?: string): Promise<unknown> {
  const client = await adminClient(url);
  try {
    return (await client.query(text))[0];
  } finally {
    client.destroy();
  }
}

/** What the server of this run has, and others of its family have not. */
export const serverHas =
  serverUrl === undefined ? { snapshotIsolation: true, uuid: true } : await featuresOf(serverUrl);

async function featuresOf(url: string): Promise<{ readonly snapshotIsolation: boolean; readonly uuid: boolean }> {
  const isThere = async (text: string): Promise<boolean> =>
    ((await asAdmin(text, url)) as readonly unknown[]).length > 0;
  return {
    snapshotIsolation: await isThere("show variables like 'innodb_snapshot_isolation'"),
    // MariaDB from 10.7 on.
    uuid: await isThere("select 1 from information_schema.plugins where plugin_name = 'uuid'"),
  };
}
