import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, type Database, type DatabaseDefinition, DatabaseManager, sql } from "@nsj/mdb-core";

/** What a label gets that nobody else has. What is not read is not made. */
export interface FreshPlace {
  /** A file for SQLite, in a folder of its own. */
  readonly file: string;
  /** The name of a schema of PostgreSQL, which is created before anything else happens on the label. */
  readonly schema: string;
}

type Definitions = Readonly<Record<string, DatabaseDefinition>>;
type Makers<Entries extends Definitions> = { readonly [Label in keyof Entries]: (place: FreshPlace) => Entries[Label] };

/** Databases that nobody else has. */
export interface FreshDatabases<Entries extends Definitions> extends AsyncDisposable {
  /** The manager over them. */
  readonly databases: DatabaseManager<Entries>;
  /** Closes the manager, drops the schemas and removes the files. Idempotent. */
  drop(): Promise<void>;
}

/**
 * Databases for one file of tests, made now and dropped at the end, so that files run in parallel: a file of SQLite's, a schema on a PostgreSQL that is
 * there or that `embeddedPostgres()` has started.
 *
 * ```ts
 * const fresh = await freshDatabases({
 *   orders: ({ schema }) => postgres({ connectionString: process.env.TEST_DATABASE_URL, schema }),
 *   audit: ({ file }) => sqlite({ filename: file }),
 * }, migrate);
 * afterAll(() => fresh.drop());
 * ```
 *
 * @param makers - the definition of each label, from what is its own
 * @param prepare - makes the tables
 * @throws ConfigurationError where `schema` is asked for on an engine other than PostgreSQL; what connecting and `prepare` throw, with everything dropped
 */
export async function freshDatabases<const Entries extends Definitions>(
  makers: Makers<Entries>,
  prepare?: (databases: DatabaseManager<Entries>) => unknown,
): Promise<FreshDatabases<Entries>> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-fresh-"));
  const own = randomBytes(5).toString("hex");
  const schemas = new Map<string, string>();
  const definitionOf = (label: string): DatabaseDefinition => {
    const plain = label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .slice(0, 30);
    return (makers[label] as (place: FreshPlace) => DatabaseDefinition)({
      file: join(folder, `${plain}-${schemas.size}-${own}.db`),
      get schema() {
        const name = `mdb_test_${own}_${plain}`;
        schemas.set(label, name);
        return name;
      },
    });
  };
  const entries = Object.fromEntries(Object.keys(makers).map((label) => [label, definitionOf(label)]));
  const databases = new DatabaseManager<Entries>(entries as Entries);
  let dropping: Promise<void> | undefined;
  const drop = (): Promise<void> => {
    dropping ??= dropAll(databases as unknown as Labelled, schemas, folder);
    return dropping;
  };
  try {
    for (const [label, schema] of schemas) {
      const database = (databases as unknown as Labelled).database(label);
      if (database.engine !== "postgres") {
        const message = `${label}: freshDatabases makes schemas of PostgreSQL only, and this is ${database.engine}`;
        throw new ConfigurationError(message, { database: label, key: "schema" });
      }
      await database.execute(sql`create schema ${sql.identifier(schema)}`);
    }
    await prepare?.(databases);
  } catch (error) {
    await drop().catch(() => {});
    throw error;
  }
  return { databases, drop, [Symbol.asyncDispose]: drop };
}

interface Labelled {
  database(label: string): Database;
  close(): Promise<void>;
}

async function dropAll(databases: Labelled, schemas: ReadonlyMap<string, string>, folder: string): Promise<void> {
  try {
    for (const [label, schema] of schemas) {
      const database = databases.database(label);
      if (database.engine === "postgres")
        await database.execute(sql`drop schema if exists ${sql.identifier(schema)} cascade`);
    }
  } finally {
    await databases.close().finally(() => rm(folder, { recursive: true, force: true }));
  }
}
