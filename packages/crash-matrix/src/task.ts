import type { Place } from "./steps.ts";

/** What happens at a place: the process of the coordinator is killed, the server of a label is, or the coordinator waits for a word. */
export type Event =
  | { readonly kill: "coordinator" }
  | { readonly kill: "server"; readonly of: string }
  | { readonly wait: true };

/** What one process is told to do, as its only argument. */
export interface Task {
  /** URLs of servers of PostgreSQL and MariaDB, paths of SQLite files, and tenants on a server, by label; in the order in which they take part. */
  readonly databases: Readonly<Record<string, string>>;
  readonly decider: string;
  /** The row that is written everywhere; with `forEver` the first of many. */
  readonly id: number;
  readonly at?: Place;
  readonly event?: Event;
  /** Runs one transaction after the other until it is killed. */
  readonly forEver?: boolean;
  /** How long it pauses between its decision and the commit of it, in milliseconds. */
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
}

/** What the process says of a transaction before it ends. */
export interface Told {
  readonly id: number;
  readonly outcome: "committed" | "rolled back" | "unknown";
  readonly error?: string;
}

/** What the process says when it waits. */
export const waiting = "waiting";

/** Whether a database is a PostgreSQL server. */
export function isPostgres(database: string): boolean {
  return database.startsWith("postgresql:");
}

/** The place of a tenant that shares the server of PostgreSQL that is told. */
export function tenantOn(server: string): string {
  return `tenant ${server}`;
}

/** The server that a tenant shares; `undefined` for what is a database itself. */
export function sharedServerOf(database: string): string | undefined {
  return /^tenant (.*)/.exec(database)?.[1];
}

/** The place of a tenant with a database of its own, by the URL of that. */
export function tenantIn(database: string): string {
  return `tenant's own ${database}`;
}

/** The database that is a tenant's own; `undefined` for what has a label itself. */
export function ownDatabaseOf(database: string): string | undefined {
  return /^tenant's own (.*)/.exec(database)?.[1];
}

/** The URL of a database of PostgreSQL, whoever's it is. */
export function urlOf(database: string): string {
  return sharedServerOf(database) ?? ownDatabaseOf(database) ?? database;
}

/** Whether it is a server of MariaDB. */
export function isMariadb(database: string): boolean {
  return database.startsWith("mariadb:");
}
