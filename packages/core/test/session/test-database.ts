import {
  type Database,
  DatabaseManager,
  type DatabaseOptions,
  type Driver,
  type DriverConnection,
  defineDatabase,
  type ManagerOptions,
} from "@nsj/mdb-core";
import { type ReferenceOptions, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, afterEach, beforeAll } from "vitest";

/** Changes a connection before core gets it; for faults that a healthy server does not show. */
export type Tamper = (connection: DriverConnection, index: number) => DriverConnection;

interface Surroundings {
  readonly tamper?: Tamper;
  /** The driver does not tell what became of a transaction. */
  readonly withoutFates?: boolean;
}

/** What the tests of this folder work with: a real server with one table, and databases that are closed after each test. */
export interface TestServer {
  /** A database of this server under the label "main". */
  open(options?: DatabaseOptions, surroundings?: ManagerOptions & Surroundings): Promise<Database>;
  /** A manager with several labels, all on this server. */
  manager<Label extends string>(
    ...labels: readonly Label[]
  ): DatabaseManager<Record<Label, ReturnType<typeof defineDatabase>>>;
}

/** Starts the server before the tests of the calling file. */
export function useTestServer(): TestServer {
  let server: Awaited<ReturnType<typeof referenceServer>> | undefined;
  const open: DatabaseManager[] = [];
  const driverOptions = (): ReferenceOptions => {
    if (server === undefined) throw new Error("the server is not up");
    const { host, port, user, password, database } = server;
    return { host, port, user, password, database };
  };
  beforeAll(async () => {
    server = await referenceServer();
  });
  afterEach(async () => {
    for (const manager of open.splice(0)) await manager.close({ timeoutMs: 0 });
  });
  afterAll(async () => {
    await server?.close();
  });
  return {
    async open(options = {}, { tamper, withoutFates, ...surroundings } = {}) {
      const driver = tamper === undefined ? referenceDriver : tampered(tamper);
      const capabilities = { ...driver.capabilities, fates: withoutFates !== true };
      const definition = defineDatabase({ ...driver, capabilities }, { ...driverOptions(), ...options });
      const manager = new DatabaseManager({ main: definition }, surroundings);
      open.push(manager);
      const setup = new DatabaseManager({ main: defineDatabase(referenceDriver, driverOptions()) });
      await setup.database("main").execute("drop table if exists items");
      await setup.database("main").execute("create table items (id integer primary key, name text not null)");
      await setup.close();
      return manager.database("main");
    },
    manager(...labels) {
      const entries = Object.fromEntries(
        labels.map((label) => [label, defineDatabase(referenceDriver, driverOptions())]),
      );
      const manager = new DatabaseManager(entries);
      open.push(manager);
      return manager as never;
    },
  };
}

function tampered(tamper: Tamper): Driver<ReferenceOptions, "reference"> {
  let index = 0;
  return {
    ...referenceDriver,
    connector(options, environment) {
      const connector = referenceDriver.connector(options, environment);
      return { ...connector, connect: async (context) => tamper(await connector.connect(context), index++) };
    },
  };
}

/** The connection with some members replaced. */
export function withMembers(connection: DriverConnection, members: Partial<DriverConnection>): DriverConnection {
  return new Proxy(connection, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return members[key as keyof DriverConnection];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** The ids in the table, in order. */
export async function idsOf(database: Database): Promise<number[]> {
  const rows = await database.query<{ id: number }>("select id from items order by id");
  return rows.map(({ id }) => id);
}
