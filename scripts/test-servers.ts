import { mysqlNeeded, startMysql, startPostgres } from "@nsj/mdb-wire-servers";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The PostgreSQL of this test run, as a superuser. */
    postgresUrl: string;
    /** The MariaDB or MySQL of this test run, as a superuser; empty without one. */
    mysqlUrl: string;
  }
}

type Stop = () => Promise<void>;

/** Starts what the tests share, once for the run. `MDB_POSTGRES_URL` and `MDB_MYSQL_URL` name servers that take the place of these. */
export default async function setup(project: TestProject): Promise<Stop> {
  const starts = await Promise.allSettled([postgres(project), mysql(project)]);
  const stop = async (): Promise<void> => {
    for (const start of starts) if (start.status === "fulfilled") await start.value?.();
  };
  const failed = starts.find((it) => it.status === "rejected");
  if (failed === undefined) return stop;
  // The run ends here, and not before what did start has stopped.
  await stop();
  throw failed.reason;
}

async function postgres(project: TestProject): Promise<Stop | undefined> {
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

/** Not every machine has one: what needs it is skipped then, and says so. */
async function mysql(project: TestProject): Promise<Stop | undefined> {
  const own = process.env["MDB_MYSQL_URL"];
  const server = own === undefined || own === "" ? await startMysql() : undefined;
  if (server === undefined && !own) console.log(`skipped: ${mysqlNeeded}`);
  project.provide("mysqlUrl", server?.url ?? own ?? "");
  return server && (() => server.stop());
}
