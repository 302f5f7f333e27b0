import type { DriverConnection } from "@nsj/mdb-core";
import type { EngineSql, FailureBench, Subject } from "@nsj/mdb-testkit";
import type { RunningMysql } from "@nsj/mdb-wire-servers";
import type { MysqlOptions } from "../../src/index.ts";
import { adminClient, asAdmin, driverOf, openStatements, series, serverHas, serverUrl, sleeping } from "./server.ts";
import { sessionSql } from "./session-sql.ts";

/** The server of a run of the suite. */
export interface SuiteServer {
  /** Where it is, once it runs. */
  url(): string;
  /** The suite's own, which may be crashed. */
  own?(): RunningMysql | undefined;
  /** Put into each set of options. */
  readonly options?: MysqlOptions;
}

const shared: SuiteServer = { url: () => serverUrl ?? "" };

/** MariaDB or MySQL, as the suites want it described. By default it is the server of the whole test run. */
export function mysqlSubject({ url, own, options: base = {} }: SuiteServer = shared): Subject<MysqlOptions> {
  const driver = driverOf(serverUrl ?? "mariadb:");
  const isMariadb = driver.name === "mariadb";
  const options = (more: MysqlOptions = {}): MysqlOptions => ({ ...driver.parseUrl(url()), ...base, ...more });
  return {
    driver,
    options: () => options(),
    url,
    secret: () => String(options().password),
    network: {
      address: () => ({ host: String(options().host), port: Number(options().port ?? 3306) }),
      // Without TLS, because the faults count the bytes of an answer.
      optionsAt: ({ host, port }) => options({ host, port, sslMode: "disabled" }),
    },
    wrong: {
      password: () => options({ password: "not the password" }),
      database: () => options({ database: "no_such_database" }),
    },
    ...(own && {
      tls: {
        trusted: () => options({ ssl: { ca: own()?.certificate } }),
        untrusted: () => options({ sslMode: "verify_identity" }),
      },
    }),
    types: {
      integer: "int",
      bigint: "bigint",
      decimal: "decimal(38, 10)",
      float: "double",
      boolean: "boolean",
      text: "varchar(1000)",
      longText: "longtext",
      fixedText: "char(8)",
      foldedText: "varchar(100) collate utf8mb4_general_ci",
      bytes: "longblob",
      shortFloat: "float",
      shortBytes: "varbinary(16)",
      date: "date",
      time: "time(6)",
      timestamp: "datetime(6)",
      timestamptz: "timestamp(6) null",
      json: "json",
      ...(serverHas.uuid && { uuid: "uuid" }),
    },
    // Seconds in 32 bits.
    traits: { instants: { from: new Date("1970-01-01T00:00:01Z"), to: new Date("2038-01-19T03:14:07Z") } },
    sql: engineSql(isMariadb, own !== undefined),
    canRestart: own !== undefined,
    admin: async () => {
      const client = await adminClient(url());
      return {
        async identify(connection) {
          const { rows } = await connection.query({ text: "select connection_id()", values: [] }, forEver);
          return String(rows[0]?.[0]);
        },
        async kill(identity) {
          await asAdmin(`kill connection ${Number(identity)}`, url());
        },
        async restart() {
          await own?.()?.restart();
        },
        async close() {
          client.destroy();
        },
      };
    },
  };
}

/** The same for the DAO suite, whose texts are unique: MySQL has no room for longer ones in a key. */
export function daoSubject(server?: SuiteServer): Subject<MysqlOptions> {
  const subject = mysqlSubject(server);
  return { ...subject, types: { ...subject.types, text: "varchar(750)" } };
}

const forEver = { deadline: Number.POSITIVE_INFINITY };

function engineSql(isMariadb: boolean, tellsTransactions: boolean): EngineSql {
  return {
    series: (count) => `select seq as n from ${series(count)} numbers`,
    identityKey: "int auto_increment primary key",
    trigger: (table, log) =>
      ["insert", "update"].map(
        (verb) =>
          `create trigger ${table}_${verb} after ${verb} on ${table} for each row insert into ${log} (id) values (new.id)`,
      ),
    version: "select version()",
    now: "current_timestamp(6)",
    openStatements,
    hangUp: "kill connection_id()",
    sleep: (milliseconds) => sleeping(milliseconds / 1_000),
    failMidway: (count, at) =>
      `select n, 9223372036854775800 + case when n >= ${at} then 100 else 0 end as m from (select seq as n from ${series(count)} numbers) series`,
    cast: (expression) => `cast(${expression} as signed)`,
    literal: (type, text) =>
      ["boolean", "integer", "float"].includes(type)
        ? text
        : `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`,
    openTransaction: (table) => ["start transaction", `insert into ${table} (id) values (1)`],
    endTransaction: () =>
      isMariadb ? ["begin not atomic rollback; signal sqlstate '45000'; end"] : ["rollback", "signal sqlstate '45000'"],
    // Only where the server was told to take note of transactions; no variable tells the level of the current one.
    ...(tellsTransactions && {
      currentIsolation:
        "select isolation_level from performance_schema.events_transactions_current where state = 'ACTIVE' and thread_id = (select thread_id from performance_schema.threads where processlist_id = connection_id())",
    }),
    lockingQuery: (table) => `select id from ${table} where id = 1 for update`,
    ...(isMariadb && {
      foreignBranch: (table: string, name: string) => ({
        prepare: [
          `xa start '${name}'`,
          `insert into ${table} (id) values (9)`,
          `xa end '${name}'`,
          `xa prepare '${name}'`,
        ],
        undo: `xa rollback '${name}'`,
      }),
    }),
    lockTimeout: (milliseconds) => `set innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(milliseconds / 1_000))}`,
    statementTimeout: (milliseconds) =>
      isMariadb ? `set max_statement_time = ${milliseconds / 1_000}` : `set max_execution_time = ${milliseconds}`,
    session: sessionSql(isMariadb),
    procedure: {
      create: (name, table) => [
        `create procedure ${name}(in a int, inout b int, out total int)
         begin
           insert into ${table} (id) values (a);
           set total = a + b;
           set b = b * 2;
         end`,
      ],
      drop: (name) => [`drop procedure if exists ${name}`],
    },
    failures: {
      value: ["create temporary table mdb_value (a int)", "insert into mdb_value values (99999999999)"],
      unsupported: ["select 1 in (select 1 limit 1)"],
      parameter: async (bench) => run(await bench.connect(), "select ?, ?", [1]),
      other: ["signal sqlstate '45000' set message_text = 'no'"],
      resource: [
        "set max_heap_table_size = 16384",
        "create temporary table mdb_heap (a char(250)) engine = memory",
        `insert into mdb_heap select 'x' from ${series(100_000)} numbers`,
      ],
      permission: async (bench) => {
        await withUser(bench, "", async (options) => {
          const poor = await bench.connect(bench.newConnector(options));
          await run(poor, "delete from mysql.user");
        });
      },
      "too-many-connections": async (bench) => {
        await withUser(bench, "with max_user_connections 1", async (options) => {
          const connector = bench.newConnector(options);
          await bench.connect(connector);
          await bench.connect(connector);
        });
      },
      "lock-timeout": (bench) =>
        contradiction(bench, ([one, two], table) => [
          () => run(one, `update ${table} set id = 3 where id = 1`),
          () => run(two, "set innodb_lock_wait_timeout = 1"),
          () => run(two, `update ${table} set id = 4 where id = 1`),
        ]),
      // Others lose the update, or let one of the two wait.
      ...(serverHas.snapshotIsolation && { serialization: changedMeanwhile }),
      deadlock: (bench) =>
        contradiction(bench, ([one, two], table) => [
          () => run(one, `update ${table} set id = 3 where id = 1`),
          () => run(two, `update ${table} set id = 4 where id = 2`),
          () =>
            Promise.all([
              run(one, `update ${table} set id = 5 where id = 2`),
              run(two, `update ${table} set id = 6 where id = 1`),
            ]),
        ]),
    },
  };
}

function run(connection: DriverConnection, text: string, values: readonly number[] = []): Promise<unknown> {
  return Promise.resolve(connection.query({ text, values }, forEver));
}

/** Two transactions over a table with the rows 1 and 2, and the steps they take. */
async function contradiction(
  bench: FailureBench,
  steps: (both: readonly [DriverConnection, DriverConnection], table: string) => readonly (() => Promise<unknown>)[],
): Promise<void> {
  const both = [await bench.connect(), await bench.connect()] as const;
  const table = await bench.table(both[0], "id int primary key");
  await run(both[0], `insert into ${table} values (1), (2)`);
  for (const connection of both) await connection.begin({});
  for (const step of steps(both, table)) await step();
}

/** One would overwrite what it has not seen. */
function changedMeanwhile(bench: FailureBench): Promise<void> {
  return contradiction(bench, ([one, two], table) => [
    () => run(one, "set innodb_snapshot_isolation = on"),
    () => run(one, `select * from ${table}`),
    () => run(two, `update ${table} set id = 3 where id = 1`),
    async () => two.commit(),
    () => run(one, `update ${table} set id = 4 where id = 3`),
  ]);
}

/** Works as a user that is there for a moment. */
async function withUser(
  bench: FailureBench,
  how: string,
  work: (options: MysqlOptions) => Promise<void>,
): Promise<void> {
  const admin = await bench.connect();
  const user = `mdb_${Math.random().toString(36).slice(2, 10)}`;
  await run(admin, `create user ${user}@'%' identified by 'x' ${how}`);
  await run(admin, `grant select on mdb.* to ${user}@'%'`);
  try {
    await work({ ...(bench.options() as MysqlOptions), user, password: "x" });
  } finally {
    await run(admin, `drop user ${user}@'%'`);
  }
}
