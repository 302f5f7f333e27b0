import type { Subject } from "@nsj/mdb-testkit";
import native from "mssql";
import { type MssqlOptions, mssqlDriver } from "../../src/index.ts";
import { failures } from "./failures.ts";
import type { TestServer } from "./server.ts";
import { sessionSql } from "./session-sql.ts";

/** SQL Server, as the conformance suite wants it described. */
export function mssqlSubject(server: TestServer): Subject<MssqlOptions> {
  return {
    driver: mssqlDriver,
    options: () => server.options(),
    url: () => server.url(),
    secret: () => server.password,
    network: {
      address: () => ({ host: server.host, port: server.port }),
      optionsAt: ({ host, port }) => server.options({ server: host, port }),
    },
    wrong: {
      password: () => server.options({ password: "not the password" }),
      database: () => server.options({ database: "no_such_database" }),
    },
    types: {
      integer: "int",
      bigint: "bigint",
      decimal: "decimal(38, 10)",
      float: "float",
      boolean: "bit",
      text: "nvarchar(2000)",
      fixedText: "char(8)",
      foldedText: "nvarchar(200)",
      longText: "nvarchar(max)",
      bytes: "varbinary(max)",
      shortFloat: "real",
      shortBytes: "varbinary(16)",
      date: "date",
      time: "time(7)",
      timestamp: "datetime2(7)",
      timestamptz: "datetimeoffset(7)",
      uuid: "uniqueidentifier",
    },
    sql: {
      series,
      identityKey: "int identity(1, 1) primary key",
      trigger: (table, log) => [
        `create trigger ${table}_log on ${table} after insert, update as begin
         set nocount on; insert into ${log} (id) select inserted.id from inserted; end`,
      ],
      version: "select @@version",
      now: "sysdatetimeoffset()",
      sleep: (milliseconds) => `waitfor delay '${clock(milliseconds)}'; select 1 as one`,
      failMidway: (count, at) => `select 1 / (n - ${at}) as n from (${series(count)}) as s`,
      literal: (_type, text) => `N'${text.replaceAll("'", "''")}'`,
      openTransaction: (table) => ["begin transaction", `insert into ${table} (id) values (1)`],
      // A text that is no number ends the batch and the transaction.
      endTransaction: (table) => [`insert into ${table} (id) values ('none')`],
      context: {
        samples: [
          {
            what: "a setting",
            one: { settings: { "app.tenant": "acme", "app.plan": "large" } },
            other: { settings: { "app.tenant": "o'brien" } },
            ask: "select coalesce(cast(session_context(N'app.tenant') as nvarchar(100)), N'nobody')",
          },
          {
            what: "a setting beside another",
            one: { settings: { "app.tenant": "acme", "app.plan": "large" } },
            other: { settings: { "app.tenant": "acme", "app.plan": "" } },
            ask: "select coalesce(cast(session_context(N'app.plan') as nvarchar(100)), N'nothing')",
          },
        ],
        refused: { settings: { "app.tenant": "x".repeat(5_000) } },
      },
      currentIsolation: "select transaction_isolation_level from sys.dm_exec_sessions where session_id = @@spid",
      lockTimeout: (milliseconds) => `set lock_timeout ${milliseconds}`,
      failures: failures(server),
      session: sessionSql,
      procedure: {
        create: (name, table) => [
          `create procedure ${name} @a int, @b int output, @total int output as
           begin
             insert into ${table} (id) values (@a);
             set @total = @a + @b;
             set @b = @b * 2;
           end`,
        ],
        drop: (name) => [`drop procedure if exists ${name}`],
      },
    },
    tls: {
      trusted: () =>
        server.options({
          encrypt: true,
          ...(server.wire && { options: { cryptoCredentialsDetails: { ca: server.wire.certificate } } }),
          ...(server.wire === undefined && { trustServerCertificate: true }),
        }),
      untrusted: () => server.options({ encrypt: true, trustServerCertificate: false, options: {} }),
    },
    traits: { timestampDigits: 7 },
    // Our own server runs in the same process, on a database of its own.
    timeoutMs: 180_000,
    admin: async () => {
      const {
        server: host = "",
        port,
        user,
        password,
        database,
        encrypt,
        trustServerCertificate,
      } = adminOptions(server);
      const pool = new native.ConnectionPool({
        server: host,
        ...(port !== undefined && { port }),
        ...(user !== undefined && { user }),
        password: String(password),
        ...(database !== undefined && { database }),
        options: { encrypt: encrypt !== false, trustServerCertificate: trustServerCertificate === true },
      });
      await pool.connect();
      return {
        async identify(connection) {
          const { rows } = await connection.query(
            { text: "select @@spid", values: [] },
            { deadline: Number.POSITIVE_INFINITY },
          );
          return String(rows[0]?.[0]);
        },
        async kill(identity) {
          await pool.request().batch(`kill ${Number(identity)}`);
        },
        close: () => pool.close(),
      };
    },
  };
}

function adminOptions(server: TestServer): MssqlOptions {
  const options = server.options();
  const { connectionString } = options;
  return {
    ...(connectionString === undefined ? options : mssqlDriver.parseUrl(connectionString)),
    trustServerCertificate: true,
  };
}

const digits = "(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";

/** The integers from 1 to `count`: as many cross joins of the digits as they need. */
function series(count: number): string {
  const places = Array.from(
    { length: Math.max(1, Math.ceil(Math.log10(count + 1))) },
    (_, index) => `${digits} as d${index}(d)`,
  );
  return `select top (${count}) row_number() over (order by (select null)) as n from ${places.join(" cross join ")} order by n`;
}

function clock(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 23);
}
