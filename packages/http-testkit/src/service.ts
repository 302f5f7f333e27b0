import { DatabaseManager, defineDatabase, type MdbError } from "@nsj/mdb-core";
import { type ReferenceOptions, type ReferenceServer, referenceDriver } from "@nsj/mdb-testkit";

/** A service in the framework under test. */
export interface Service {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** It closes itself at SIGTERM, as its framework does it. */
  readonly handlesSignals?: boolean;
  /** Stops it as an application would, the databases included. */
  close(): Promise<void>;
}

/** How a service is started. */
export interface ServiceOptions {
  /** How long its end may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** What the integration gets as its `onError`; nothing where it is left out, which is tested too. */
  readonly onError?: (error: MdbError) => void;
}

/**
 * Starts a service on a free loopback port with these routes, all `GET`: `/run/:name/:user` answers with the JSON of the handler of that
 * name, `/stream/:name/:user` sends its lines, and `/health` reports. An error of the library that is not told otherwise gives its usual
 * status, `MDB_NO_ROWS` gives 410, and any other error 500.
 */
export type StartService = (databases: DatabaseManager, options?: ServiceOptions) => Promise<Service>;

/** Two labels, each on a server of its own. Few connections for many requests, which wait for them however busy the machine is. */
export function openDatabases(orders: ReferenceOptions, audit: ReferenceOptions): DatabaseManager {
  const pool = { max: 5, acquireTimeoutMs: 60_000 };
  return new DatabaseManager({
    orders: defineDatabase(referenceDriver, { ...orders, pool }),
    audit: defineDatabase(referenceDriver, { ...audit, pool }),
  });
}

/** How to reach a server. */
export function addressOf({ host, port, user, password, database }: ReferenceServer): ReferenceOptions {
  return { host, port, user, password, database };
}

/** An empty table `notes` on every label. */
export async function createTables(databases: DatabaseManager): Promise<void> {
  for (const label of databases.labels) {
    await databases.database(label).execute("drop table if exists notes");
    await databases.database(label).execute("create table notes (id integer primary key)");
  }
}

/** The ids that are in the table. */
export async function notesOf(databases: DatabaseManager, label = "orders"): Promise<readonly number[]> {
  const rows = await databases.database(label).query<{ id: number }>("select id from notes order by id");
  return rows.map(({ id }) => id);
}
