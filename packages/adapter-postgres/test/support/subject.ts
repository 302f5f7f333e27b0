import type { Subject } from "@nsj/mdb-testkit";
import pg from "pg";
import { type PostgresOptions, postgresDriver } from "../../src/index.ts";
import { server, serverOptions } from "./server.ts";

/** PostgreSQL, as the conformance suite wants it described. */
export function postgresSubject(more: PostgresOptions = {}): Subject<PostgresOptions> {
  return {
    driver: postgresDriver,
    options: () => serverOptions(more),
    url: () => server.url,
    secret: () => server.password,
    network: {
      address: () => ({ host: server.host, port: server.port }),
      optionsAt: ({ host, port }) => serverOptions({ ...more, host, port }),
    },
    wrong: {
      password: () => serverOptions({ ...more, password: "not the password" }),
      database: () => serverOptions({ ...more, database: "no_such_database" }),
    },
    types: {
      integer: "integer",
      bigint: "bigint",
      decimal: "numeric(38, 10)",
      float: "double precision",
      boolean: "boolean",
      text: "text",
      longText: "text",
      bytes: "bytea",
      date: "date",
      time: "time",
      timestamp: "timestamp",
      timestamptz: "timestamptz",
      json: "jsonb",
      uuid: "uuid",
    },
    sql: {
      series: (count) => `select n from generate_series(1, ${count}) as n`,
      version: "select current_setting('server_version')",
      sleep: (milliseconds) => `select 1 from pg_sleep(${milliseconds / 1_000})`,
      failMidway: (count, at) => `select 1 / (n - ${at}) as n from generate_series(1, ${count}) as n`,
      literal: (type, text) => `${type === "json" ? "jsonb " : ""}'${text.replaceAll("'", "''")}'`,
      openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
      endTransaction: () => ["rollback; select 1 / 0"],
      currentIsolation: "select current_setting('transaction_isolation')",
      lockTimeout: (milliseconds) => `set lock_timeout = ${milliseconds}`,
      statementTimeout: (milliseconds) => `set statement_timeout = ${milliseconds}`,
      session: {
        setting: { change: "set application_name = 'changed'", read: "show application_name" },
        temporaryTable: (name) => ({ create: `create temp table ${name} (id integer)`, name }),
        lock: {
          take: "select pg_advisory_lock(4711)",
          probe: "select pg_try_advisory_xact_lock(4711)",
        },
      },
      procedure: {
        create: (name, table) => [
          `create procedure ${name}(a integer, inout b integer, out total integer) language plpgsql as $$
           begin
             insert into ${table} (id) values (a);
             total := a + b;
             b := b * 2;
           end $$`,
        ],
        drop: (name) => [`drop procedure if exists ${name}`],
      },
    },
    admin: async () => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      return {
        async identify(connection) {
          const { rows } = await connection.query(
            { text: "select pg_backend_pid()", values: [] },
            { deadline: Number.POSITIVE_INFINITY },
          );
          return String(rows[0]?.[0]);
        },
        async kill(identity) {
          await client.query("select pg_terminate_backend($1)", [identity]);
        },
        close: () => client.end(),
      };
    },
  };
}
