import type { OpenStream } from "./open-stream.ts";

/** Who streams from which server. What is imported is that server's, the same for each of its contestants. */
const loaders: Readonly<Record<string, Readonly<Record<string, () => Promise<OpenStream>>>>> = {
  postgres: {
    "pg-cursor": async () => (await import("../postgres/streams.ts")).byCursor,
    "@nsj/mdb": async () => (await import("../postgres/streams.ts")).byMdb,
    "postgres.js": async () => (await import("../postgres/streams.ts")).byPostgresJs,
  },
  mariadb: {
    mysql2: async () => (await import("../mariadb/streams.ts")).byMysql2,
    "@nsj/mdb": async () => (await import("../mariadb/streams.ts")).byMdb,
    Kysely: async () => (await import("../mariadb/streams.ts")).byKysely,
    Knex: async () => (await import("../mariadb/streams.ts")).byKnex,
  },
};

/** The contestants of a server, the driver's own stream first. */
export function streamersOf(server: string): readonly string[] {
  return Object.keys(loaders[server] ?? {});
}

/** @throws Error for a server or a contestant that there is not */
export async function findStream(server: string, contestant: string): Promise<OpenStream> {
  const load = loaders[server]?.[contestant];
  if (load === undefined) throw new Error(`nobody called ${contestant} streams from ${server}`);
  return load();
}
