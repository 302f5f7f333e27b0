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
import { isServer } from "./task.ts";

/** Opens databases whose steps are told. */
export function openDatabases(
  databases: Readonly<Record<string, string>>,
  at: ((place: Place) => Promise<void>) | undefined,
  options: ManagerOptions = {},
): DatabaseManager {
  const entries = Object.entries(databases).map(([label, where]): readonly [string, DatabaseDefinition] => {
    const told = <Options extends object>(driver: Driver<Options>): Driver<Options> =>
      at === undefined ? driver : watched(driver, label, at);
    return [
      label,
      isServer(where)
        ? defineDatabase(told(postgresDriver), postgresDriver.parseUrl(where))
        : defineDatabase(told(sqliteDriver), { filename: where }),
    ];
  });
  return new DatabaseManager(Object.fromEntries(entries), options);
}
