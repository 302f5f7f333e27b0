import { AsyncLocalStorage } from "node:async_hooks";
import { ConfigurationError } from "@nsj/mdb-core";
import {
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/**
 * That DAOs join a transaction of Kysely's rests on how Kysely calls its driver: in the tick in which it waits for it. Should a version do
 * otherwise, they would write outside of the transaction without a word; so it is tried once in each process, with a driver that does nothing.
 * @throws ConfigurationError when it is otherwise
 */
export function keepsContext(): Promise<void> {
  tried ??= tryIt();
  return tried;
}

let tried: Promise<void> | undefined;

async function tryIt(): Promise<void> {
  const storage = new AsyncLocalStorage<string>();
  const nothing = async (): Promise<void> => {};
  const driver: Driver = {
    init: nothing,
    acquireConnection: async () => ({}) as DatabaseConnection,
    beginTransaction: () => {
      storage.enterWith("entered");
      return nothing();
    },
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  };
  const kysely = new Kysely<never>({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  });
  const found = await kysely.transaction().execute(async () => storage.getStore());
  if (found === "entered") return;
  const message =
    "this version of Kysely loses the async context of its transactions, so DAOs could not join them; use ^0.29.0";
  throw new ConfigurationError(message, { key: "kysely" });
}
