import type { Driver } from "@nsj/mdb-core";
import type { Admin } from "../conformance/admin.ts";
import type { EngineSql } from "../conformance/engine-sql.ts";
import type { Subject } from "../conformance/subject.ts";
import type { TypeNames } from "../conformance/type-names.ts";
import { type ReferenceOptions, referenceDriver } from "./reference-driver.ts";
import type { ReferenceServer } from "./reference-server.ts";

/** The names of the types of the contract on the small engine. */
export const referenceTypes: TypeNames = {
  integer: "integer",
  bigint: "bigint",
  decimal: "decimal_text",
  float: "real",
  boolean: "boolean_int",
  text: "text",
  longText: "text",
  bytes: "bytes_blob",
  date: "date_text",
  time: "time_text",
  timestamp: "timestamp_text",
  timestamptz: "timestamptz_text",
  json: "json_text",
  uuid: "uuid_text",
};

/** The SQL of the small engine that the suite cannot know. */
export const referenceSql: EngineSql = {
  series: (count) =>
    `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${count}) select n from s`,
  identityKey: "integer primary key",
  version: "select sqlite_version()",
  now: "current_timestamp",
  openStatements: "select 0 as open_statements",
  hangUp: "select hang_up()",
  sleep: (milliseconds) => `select sleep(${milliseconds})`,
  failMidway: (count, at) =>
    `with recursive s(n) as (select 1 union all select n + 1 from s where n < ${count})
     select n, abs(case when n = ${at} then -9223372036854775808 else n end) as m from s`,
  openTransaction: (table) => ["begin", `insert into ${table} (id) values (1)`],
  currentIsolation: "select current_isolation()",
  lockTimeout: (milliseconds) => `select set_setting('lock_timeout', '${milliseconds}')`,
  statementTimeout: (milliseconds) => `select set_setting('statement_timeout', '${milliseconds}')`,
  durability: {
    relax: "select set_setting('durability', 'off')",
    ask: "select setting('durability')",
    durable: ["on"],
  },
  unpreparable: { "a temporary table": ["create temp table not_here (id integer)"] },
  failures: {
    value: ["select abs(-9223372036854775808)"],
    other: ["select randomblob(1, 2)"],
  },
  context: {
    samples: [
      {
        what: "a setting",
        one: { settings: { "app.tenant": "acme" } },
        other: { settings: { "app.tenant": "o'brien" } },
        ask: "select setting('app.tenant')",
      },
      { what: "a role", one: { role: "acme" }, other: { role: "o'brien" }, ask: "select setting('role')" },
    ],
    refused: { role: "nobody" },
  },
  session: {
    leftovers: [
      {
        what: "a setting",
        leave: "select set_setting('application', 'changed')",
        query: "select set_setting('application', 'changed')",
        ask: "select setting('application')",
      },
      {
        what: "a role",
        leave: "select set_setting('role', 'reader')",
        ask: "select setting('role')",
      },
      {
        what: "a variable",
        leave: "select set_setting('my.variable', 'changed')",
        ask: "select setting('my.variable')",
      },
      {
        what: "a temporary table",
        leave: "create temp table left_behind (id integer)",
        ask: "select count(*) from sqlite_temp_schema",
      },
      {
        what: "a temporary view",
        leave: "create temporary view left_behind as select 1",
        ask: "select count(*) from sqlite_temp_schema",
      },
      {
        what: "a lock",
        leave: "select take_lock('suite')",
        query: "select take_lock('suite')",
        ask: "select holds_lock('suite')",
      },
      { what: "a listener", leave: "select listen('suite')", ask: "select listening('suite')" },
      {
        what: "an attached database",
        leave: "attach ':memory:' as left_behind",
        ask: "select count(*) from pragma_database_list where name = 'left_behind'",
      },
      { what: "a pragma", leave: "pragma recursive_triggers = on", ask: "pragma recursive_triggers" },
    ],
    local: ["select set_local('application', 'changed')"],
    harmless: ["select setting('application')", "pragma table_info('sqlite_schema')"],
  },
  procedure: {
    create: (name, table) => [`create procedure ${name} on ${table}`],
    drop: (name) => [`drop procedure ${name}`],
  },
};

/** What the suite needs to know to test a driver of `referenceServer`: the reference driver itself, or a mutant of it. */
export function referenceSubject(
  server: () => ReferenceServer,
  driver: Driver<ReferenceOptions> = referenceDriver,
): Subject<ReferenceOptions> {
  const options = (): ReferenceOptions => {
    const { host, port, user, password, database } = server();
    return { host, port, user, password, database };
  };
  return {
    driver,
    options,
    types: referenceTypes,
    sql: referenceSql,
    admin: async () => adminOf(server()),
    network: {
      address: () => ({ host: server().host, port: server().port }),
      optionsAt: (address) => ({ ...options(), ...address }),
    },
    url: () => {
      const { host, port, user, password, database } = options();
      return `reference://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
    },
    secret: () => server().password,
    wrong: {
      password: () => ({ ...options(), password: "not the password" }),
      database: () => ({ ...options(), database: "missing" }),
    },
    canRestart: true,
    traits: { concurrentWrites: false, strictTypes: false, timestampDigits: 3 },
  };
}

function adminOf(server: ReferenceServer): Admin {
  return {
    async identify(connection) {
      const result = await connection.query(
        { text: "select session_id()", values: [] },
        { deadline: Number.POSITIVE_INFINITY },
      );
      return String(result.rows[0]?.[0]);
    },
    async kill(identity) {
      server.kill(identity);
    },
    restart: () => server.restart(),
    async close() {},
  };
}
