import { unlimited } from "@nsj/mdb-core";
import type { Admin, Subject } from "@nsj/mdb-testkit";
import { beforeAll } from "vitest";
import { type OracleOptions, oracleDriver } from "../../src/index.ts";
import { failures } from "./failures.ts";
import { type TestServer, testServer } from "./server.ts";
import { sessionSql } from "./session-sql.ts";
import { connected, run } from "./statements.ts";

/** Oracle, as the suites of the testkit want it described: the server of `MDB_ORACLE_URL`, or a TNS server of our own. */
export function oracleSubject(): Subject<OracleOptions> {
  const server = testServer();
  const options = (more: Partial<OracleOptions> = {}) => server.options(more);
  beforeAll(async () => {
    const connection = await connected(server);
    await run(connection, sleepFunction);
    await connection.close(unlimited);
  });
  return {
    driver: oracleDriver,
    options: () => options(),
    url: () => {
      const { user, password, connectString } = options();
      return `oracle://${user}:${encodeURIComponent(String(password))}@${connectString}`;
    },
    secret: () => String(options().password),
    admin: () => admin(server),
    canRestart: server.isOwn,
    network: {
      address: () => addressOf(options()),
      optionsAt: ({ host, port }) => options({ connectString: `${host}:${port}/${serviceOf(options())}` }),
    },
    wrong: {
      password: () => options({ password: "not the password" }),
      database: () => options({ connectString: options().connectString.replace(/\/[^/]*$/, "/NO_SUCH_SERVICE") }),
    },
    ...(server.isOwn && {
      tls: {
        trusted: () => secure(server, wallet(server)),
        untrusted: () => secure(server, {}),
      },
    }),
    types: {
      integer: "number(10)",
      bigint: "number(19)",
      decimal: "number(38, 10)",
      float: "binary_double",
      shortFloat: "binary_float",
      text: "varchar2(4000)",
      fixedText: "char(8)",
      longText: "clob",
      bytes: "blob",
      timestamp: "timestamp(6)",
      timestamptz: "timestamp(6) with time zone",
      json: "json",
    },
    sql: {
      series: (count) => `select level as n from dual connect by level <= ${count}`,
      identityKey: "number(10) generated always as identity primary key",
      version: "select banner from v$version",
      now: "systimestamp",
      // With its owner, for the cases in which the schema is another one.
      sleep: (milliseconds) => `select ${options().user}.mdb_test_sleep(${milliseconds / 1000}) from dual`,
      failMidway: (count, at) =>
        `select 1 / (n - ${at}) as n from (select level as n from dual connect by level <= ${count})`,
      literal: (type, text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`;
        return type === "timestamp" ? `timestamp ${quoted}` : quoted;
      },
      context: {
        samples: [
          {
            what: "a schema",
            one: { schema: server.isOwn ? "adams" : "SYS" },
            other: { schema: server.isOwn ? "NOBODYS" : "SYSTEM", clientId: "acme" },
            ask: "select sys_context('userenv', 'current_schema') from dual",
          },
          {
            what: "a client id",
            one: { clientId: "acme" },
            other: { clientId: "O'Brien" },
            ask: "select nvl(sys_context('userenv', 'client_identifier'), 'nobody') from dual",
          },
        ],
        refused: { schema: "mdb_no_such_schema" },
      },
      endTransaction: () => ["begin rollback; raise_application_error(-20001, 'the transaction is gone'); end;"],
      session: sessionSql(server),
      procedure: {
        create: (name, table) => [
          `create procedure ${name}(a in integer, b in out integer, total out integer) as
           begin
             insert into ${table} (id) values (a);
             total := a + b;
             b := b * 2;
           end;`,
        ],
        drop: (name) => [`drop procedure ${name}`],
      },
      failures: failures(server),
    },
  };
}

const sleepFunction = `create or replace function mdb_test_sleep(seconds in number) return number as
begin
  dbms_session.sleep(seconds);
  return 1;
end;`;

function wallet({ own: { identity } }: TestServer): Partial<OracleOptions> {
  return { walletContent: `${identity.privateKey}${identity.certificate}` };
}

function secure(server: TestServer, more: Partial<OracleOptions>): OracleOptions {
  return server.options({ connectString: `tcps://${server.options().connectString}`, ...more });
}

function addressOf({ connectString }: OracleOptions): { readonly host: string; readonly port: number } {
  const [, host = "", port = "1521"] = /^(?:[a-z]+:\/\/)?([^:/]+)(?::(\d+))?/.exec(connectString) ?? [];
  return { host, port: Number(port) };
}

function serviceOf({ connectString }: OracleOptions): string {
  return connectString.split("/").at(-1) ?? "";
}

/** A client of the server by oracledb itself. */
async function admin(server: TestServer): Promise<Admin> {
  return {
    async identify(victim) {
      const text = "select sys_context('userenv', 'sid') from dual";
      const { rows } = await victim.query({ text, values: [] }, unlimited);
      const sid = String(rows[0]?.[0]);
      const [session] = await server.administer("select serial# from v$session where sid = :1", [sid]);
      return `${sid},${session?.[0]}`;
    },
    async kill(identity) {
      await server.administer(`alter system disconnect session '${identity}' immediate`);
    },
    async restart() {
      await server.own.shutDown();
      await server.own.listen();
    },
    close: async () => undefined,
  };
}
