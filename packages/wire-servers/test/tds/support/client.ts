import mssql from "mssql";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { startTdsServer, type TdsServer, type TdsServerOptions } from "../../../src/tds/server.ts";

/** A server with one client of the real driver, for the tests of one file. Everything runs on one connection. */
export function useClient(options: Partial<TdsServerOptions> = {}) {
  let running: TdsServer | undefined;
  let pool: mssql.ConnectionPool | undefined;

  const server = () => {
    if (running === undefined) throw new Error("the server is started in a hook");
    return running;
  };

  /** One more client, on connections of its own. */
  const newPool = async (more: Partial<mssql.config> = {}) => {
    const { host, port, user, password, database } = server();
    const opened = new mssql.ConnectionPool({
      server: host,
      port,
      user,
      password,
      database,
      pool: { max: 1 },
      ...more,
      options: { encrypt: false, ...more.options },
    });
    return opened.connect();
  };

  beforeAll(async () => {
    running = await startTdsServer({ postgresUrl: inject("postgresUrl"), ...options });
    pool = await newPool();
  });

  afterAll(async () => {
    await pool?.close();
    await running?.close();
    expect(running?.refusals).toEqual([]);
  });

  const client = () => {
    if (pool === undefined) throw new Error("the client is connected in a hook");
    return pool;
  };

  return {
    server,
    newPool,
    client,
    /** Runs a text as a batch. */
    batch: (text: string) => client().request().batch<Record<string, unknown>>(text),
    /** Runs a text with parameters. */
    query: (text: string, values: Readonly<Record<string, unknown>> = {}) => {
      const request = client().request();
      for (const [name, value] of Object.entries(values)) request.input(name, value);
      return request.query<Record<string, unknown>>(text);
    },
  };
}
