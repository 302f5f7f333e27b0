import { mariadbDriver } from "@nsj/mdb-adapter-mysql";
import { postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import {
  type DatabaseDefinition,
  DatabaseManager,
  type Driver,
  defineDatabase,
  type ManagerOptions,
} from "@nsj/mdb-core";
import { type Place, watched } from "./steps.ts";
import { isMariadb, isPostgres } from "./task.ts";

/** Opens databases whose steps are told. */
export function openDatabases(
  databases: Readonly<Record<string, string>>,
  at: ((place: Place) => Promise<void>) | undefined,
  options: ManagerOptions = {},
): DatabaseManager {
  const entries = Object.entries(databases).map(([label, where]): readonly [string, DatabaseDefinition] => {
    const told = <Options extends object>(driver: Driver<Options>): Driver<Options> =>
      at === undefined ? driver : watched(driver, label, at);
    if (isPostgres(where)) return [label, defineDatabase(told(postgresDriver), postgresDriver.parseUrl(where))];
    if (isMariadb(where)) return [label, defineDatabase(told(mariadbDriver), mariadbDriver.parseUrl(where))];
    return [label, defineDatabase(told(sqliteDriver), { filename: where })];
  });
  return new DatabaseManager(Object.fromEntries(entries), options);
}
