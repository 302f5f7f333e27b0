import { startPostgres } from "@nsj/mdb-wire-servers";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The PostgreSQL of this test run, as a superuser. */
    postgresUrl: string;
  }
}

/** Starts what the tests share, once for the run. `MDB_POSTGRES_URL` names a server that takes the embedded one's place. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const own = process.env["MDB_POSTGRES_URL"];
  if (own !== undefined && own !== "") {
    project.provide("postgresUrl", own);
    return undefined;
  }
  // Autovacuum would come to databases in the very moment when tests drop them.
  const settings = ["max_connections=300", "max_prepared_transactions=10", "autovacuum=off"];
  const server = await startPostgres(settings);
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
