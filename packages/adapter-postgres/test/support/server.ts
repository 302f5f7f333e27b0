import pg from "pg";
import { inject } from "vitest";
import type { PostgresOptions } from "../../src/index.ts";

/** The server's URL of this test run, in parts. */
export const server = (() => {
  const url = new URL(inject("postgresUrl"));
  return {
    url: url.href,
    host: url.hostname,
    port: Number(url.port || "5432"),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
})();

/** Options that connect to it. */
export function serverOptions(more: PostgresOptions = {}): PostgresOptions {
  const { host, port, user, password, database } = server;
  return { host, port, user, password, database, ...more };
}

/** Runs a statement through pg itself. */
export async function asAdmin(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

/** Waits until the server works on a statement of this backend that matches. */
export async function untilActive(pid: unknown, pattern: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const text = "select 1 from pg_stat_activity where pid = $1 and state = 'active' and query ~* $2";
    while ((await client.query(text, [pid, pattern])).rowCount === 0);
  } finally {
    await client.end();
  }
}
