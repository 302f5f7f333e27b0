import { mariadbDriver } from "@nsj/mdb-adapter-mysql";
import { postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { type DatabaseEntry, DatabaseManager, type Driver, defineDatabase, type ManagerOptions } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { type Place, watched } from "./steps.ts";
import { isMariadb, isPostgres, ownDatabaseOf, sharedServerOf } from "./task.ts";

/** The label of the pool that the tenant shares with others. */
const pool = "pool";
/** The tenant, and the schema in which its data is. */
export const tenant = "acme";
const scope = "crash matrix";
const anyLabel = tenants({ driver: postgresDriver, resolve: () => undefined, scope });

/** Runs `work` in the scope of the tenant, whatever its label is. */
export function asTenant<R>(work: () => R): R {
  return anyLabel.run(tenant, work);
}

/** Opens databases whose steps are told. */
export function openDatabases(
  databases: Readonly<Record<string, string>>,
  at: ((place: Place) => Promise<void>) | undefined,
  options: ManagerOptions = {},
): DatabaseManager {
  const entries = Object.entries(databases).flatMap(([label, where]): (readonly [string, DatabaseEntry])[] => {
    const told = <Options extends object>(driver: Driver<Options>): Driver<Options> =>
      at === undefined ? driver : watched(driver, label, at);
    const shared = sharedServerOf(where);
    if (shared !== undefined) {
      const shops = tenants({ driver: postgresDriver, resolve: (id) => ({ on: pool, schema: id }), scope });
      return [
        [pool, defineDatabase(told(postgresDriver), postgresDriver.parseUrl(shared))],
        [label, shops],
      ];
    }
    const own = ownDatabaseOf(where);
    if (own !== undefined) {
      const resolve = () => defineDatabase(told(postgresDriver), postgresDriver.parseUrl(own));
      return [[label, tenants({ driver: postgresDriver, resolve, scope })]];
    }
    if (isPostgres(where)) return [[label, defineDatabase(told(postgresDriver), postgresDriver.parseUrl(where))]];
    if (isMariadb(where)) return [[label, defineDatabase(told(mariadbDriver), mariadbDriver.parseUrl(where))]];
    return [[label, defineDatabase(told(sqliteDriver), { filename: where })]];
  });
  return new DatabaseManager(Object.fromEntries(entries), options);
}
