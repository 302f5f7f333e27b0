import type { ServerContestant } from "../servers/contestant.ts";

const loaders: Readonly<Record<string, () => Promise<ServerContestant>>> = {
  "@nsj/mdb": async () => (await import("../postgres/mdb.ts")).mdb,
  pg: async () => (await import("../postgres/pg.ts")).pgClient,
  "pg.Pool": async () => (await import("../postgres/pg.ts")).pgPool,
  "postgres.js": async () => (await import("../postgres/postgres-js.ts")).postgresJs,
  "pg-promise": async () => (await import("../postgres/pg-promise.ts")).pgPromiseLibrary,
  Kysely: async () => (await import("../postgres/kysely.ts")).kysely,
  Drizzle: async () => (await import("../postgres/drizzle.ts")).drizzle,
  Knex: async () => (await import("../postgres/knex.ts")).knex,
  TypeORM: async () => (await import("../postgres/typeorm.ts")).typeorm,
};

/** The names that {@link findContestant} knows. */
export const loadable: readonly string[] = Object.keys(loaders);

/** Imports one contestant and nothing of the others. */
export async function findContestant(name: string): Promise<ServerContestant> {
  const load = loaders[name];
  if (load === undefined) throw new Error(`no contestant is named ${name}`);
  return load();
}
