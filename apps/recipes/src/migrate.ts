import type { Database } from "@nsj/mdb-core";
import { type MigrationParams, Umzug } from "umzug";

/** One step: a name that sorts, and what it does. */
export interface Migration {
  readonly name: string;
  up(database: Database): Promise<unknown>;
}

const createStorage = "create table if not exists migrations (name varchar(200) primary key)";

// For the schema, because the schemas of several tenants may be in one database, whose locks they share.
const lock = "select pg_advisory_xact_lock(hashtext('migrations'), hashtext(coalesce(current_schema(), '')))";

/**
 * Runs what has not run yet, all or nothing where the engine's DDL can be rolled back, and gives the names. Only one process migrates a
 * database at a time: the others wait for the lock, ten minutes at most, and find nothing left to do. The signal undoes all of it.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const umzug = new Umzug({
    context: database,
    logger: undefined,
    migrations: migrations.map(({ name, up }) => ({
      name,
      up: ({ context }: MigrationParams<Database>) => up(context),
    })),
    storage: {
      executed: ({ context }) =>
        context.query<{ name: string }>("select name from migrations").then((rows) => rows.map(({ name }) => name)),
      logMigration: ({ name, context }) =>
        context.execute("insert into migrations (name) values (:name)", { name }).then(() => {}),
      unlogMigration: ({ name, context }) =>
        context.execute("delete from migrations where name = :name", { name }).then(() => {}),
    },
  });
  return database.transaction(async () => {
    // Everything in here joins this transaction. On SQLite it is the only writer from its first statement on.
    if (database.engine === "postgres") await database.execute(lock, [], { timeoutMs: 600_000 });
    await database.execute(createStorage);
    const done = await umzug.up();
    return done.map(({ name }) => name);
  }, options);
}
