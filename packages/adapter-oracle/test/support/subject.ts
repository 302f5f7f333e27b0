import { type DriverConnection, unlimited } from "@nsj/mdb-core";
import type { Admin, Subject } from "@nsj/mdb-testkit";
import oracledb from "oracledb";
import { type OracleOptions, oracleDriver } from "../../src/index.ts";
import { realUrl, testServer } from "./server.ts";

/** Oracle, as the conformance suite wants it described: the server of `MDB_ORACLE_URL`, or a TNS server of our own. */
export function oracleSubject(): Subject<OracleOptions> {
  const target = realUrl === undefined ? ownServer() : realServer(realUrl);
  const options = (more: Partial<OracleOptions> = {}) => ({ ...target.options(), ...more });
  return {
    driver: oracleDriver,
    options: () => options(),
    url: () => {
      const { user, password, connectString } = options();
      return `oracle://${user}:${encodeURIComponent(String(password))}@${connectString}`;
    },
    secret: () => String(options().password),
    admin: () => admin(options()),
    network: {
      address: () => addressOf(options()),
      optionsAt: ({ host, port }) => options({ connectString: `${host}:${port}/${serviceOf(options())}` }),
    },
    wrong: {
      password: () => options({ password: "not the password" }),
      database: () => options({ connectString: options().connectString.replace(/\/[^/]*$/, "/NO_SUCH_SERVICE") }),
    },
    types: {
      integer: "number(10)",
      bigint: "number(19)",
      decimal: "number(38, 10)",
      float: "binary_double",
      text: "varchar2(4000)",
      longText: "clob",
      bytes: "blob",
      timestamp: "timestamp(6)",
      timestamptz: "timestamp(6) with time zone",
    },
    sql: {
      series: (count) => `select level as n from dual connect by level <= ${count}`,
      identityKey: "number(10) generated always as identity primary key",
      version: "select banner from v$version",
      failMidway: (count, at) =>
        `select 1 / (n - ${at}) as n from (select level as n from dual connect by level <= ${count})`,
      literal: (type, text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`;
        return type === "timestamp" ? `timestamp ${quoted}` : quoted;
      },
      openTransaction: (table) => [`insert into ${table} (id) values (1)`],
      session: {
        setting: {
          change: "alter session set nls_date_format = 'DD/MM/YYYY'",
          read: "select to_char(date '2026-01-02') from dual",
        },
      },
    },
  };
}

interface Target {
  options(): OracleOptions;
}

function ownServer(): Target {
  const server = testServer();
  return { options: () => server.options() };
}

function realServer(url: string): Target {
  return { options: () => oracleDriver.parseUrl(url) };
}

function addressOf({ connectString }: OracleOptions): { readonly host: string; readonly port: number } {
  const [, host = "", port = "1521"] = /^(?:[a-z]+:\/\/)?([^:/]+)(?::(\d+))?/.exec(connectString) ?? [];
  return { host, port: Number(port) };
}

function serviceOf({ connectString }: OracleOptions): string {
  return connectString.split("/").at(-1) ?? "";
}

/** A client of the server by oracledb itself. */
async function admin({ user, password, connectString }: OracleOptions): Promise<Admin> {
  const connection = await oracledb.getConnection({
    connectString,
    ...(user === undefined ? {} : { user }),
    ...(typeof password === "string" ? { password } : {}),
  });
  return {
    async identify(victim: DriverConnection) {
      const text = "select sid || ',' || serial# from v$session where sid = sys_context('userenv', 'sid')";
      const { rows } = await victim.query({ text, values: [] }, unlimited);
      return String(rows[0]?.[0]);
    },
    async kill(identity) {
      await connection.execute(`alter system disconnect session '${identity}' immediate`);
    },
    close: () => connection.close(),
  };
}
