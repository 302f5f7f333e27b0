import { type Database, UnsupportedError } from "@nsj/mdb-core";
import type { Dialect, Driver, Kysely } from "kysely";
import { MdbDriver } from "./driver.ts";
import { type Flavour, flavours } from "./flavours.ts";

/**
 * Kysely on a database of this library: `new Kysely<Tables>({ dialect: kyselyDialect(databases.database("orders")) })`.
 *
 * Queries run on the database's own pool and give its types and its errors; inside a transaction of the same database, anywhere in the same
 * async chain, they join it, as DAOs and raw statements do. Transactions of Kysely's join such a transaction too, else they begin one, and what
 * DAOs and raw statements do in their callback belongs to them. `destroy()` closes nothing: the manager closes its databases. May be used
 * concurrently.
 *
 * @throws UnsupportedError for an engine that Kysely has no SQL for: Oracle
 */
export function kyselyDialect(database: Database): Dialect {
  const flavour: Flavour | undefined = Object.hasOwn(flavours, database.engine) ? flavours[database.engine] : undefined;
  if (flavour === undefined) {
    const known = Object.keys(flavours).join(", ");
    const { label, engine } = database;
    throw new UnsupportedError(`"${label}" (${engine}): Kysely has no SQL for this engine, only for ${known}`, {
      database: label,
      engine,
    });
  }
  return {
    createDriver: (): Driver => new MdbDriver(database),
    createAdapter: flavour.adapter,
    createQueryCompiler: flavour.compiler,
    createIntrospector: (db: Kysely<never>) => flavour.introspector(db),
  };
}
