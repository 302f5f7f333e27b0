import { mariadb, mariadbDriver, mysql, mysqlDriver } from "@nsj/mdb-adapter-mysql";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock, faultProxy } from "@nsj/mdb-testkit";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import mysql2, { type Connection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, inject, it, onTestFinished } from "vitest";

const url = inject("mysqlUrl");
const isMariadb = url.startsWith("mariadb:");
const [driver, describeDatabase] = isMariadb ? [mariadbDriver, mariadb] : [mysqlDriver, mysql];
const database = `model_${process.pid}`;
const variable = "select @mdb_tenant := 'changed'";

if (url === "") it("needs a server", ({ skip }) => skip(mysqlNeeded));
else underRandomUse();

function underRandomUse(): void {
  const server = new URL(url.replace(/^mariadb:/, "mysql:"));
  let admin: Connection;

  beforeAll(async () => {
    admin = await mysql2.createConnection(server.href);
    await admin.query(`create database ${database}`);
    await admin.query(`create table ${database}.model (id integer primary key)`);
  });

  afterAll(async () => {
    await admin.query(`drop database ${database}`);
    await admin.end();
  });

  const sessions = async (state: string): Promise<readonly number[]> => {
    const text = `select id from information_schema.processlist where db = ? and command ${state}`;
    const [rows] = await admin.query<RowDataPacket[]>(text, [database]);
    return rows.map((row) => Number(row["id"]));
  };

  sessionsUnderRandomUse(isMariadb ? "MariaDB" : "MySQL", async () => {
    const proxy = await faultProxy({ host: server.hostname, port: Number(server.port || "3306") });
    onTestFinished(() => proxy.close());
    let killings = 0;
    return {
      clock: new FakeClock(),
      definition: (pool) =>
        describeDatabase({
          ...driver.parseUrl(url),
          ...proxy.address,
          database,
          sslMode: "disabled",
          // A moment of the server is many of the fake clock's.
          pool: { ...pool, acquireTimeoutMs: 1_000_000, connectTimeoutMs: 1_000_000 },
        }),
      manyWriters: true,
      remote: true,
      server: {
        slowInsert: "insert into model (id) select :id from (select sleep(0.02)) as a_while",
        isWorking: async () => (await sessions("= 'Query'")).length !== 0,
        has: async (id) => {
          const [rows] = await admin.query<RowDataPacket[]>(`select id from ${database}.model where id = ?`, [id]);
          return rows.length !== 0;
        },
      },
      // By the network and by the server, in turn.
      kill: async () => {
        if (killings++ % 2 === 0) return proxy.endAll("reset");
        for (const id of await sessions("<> 'Killed'"))
          await admin.query(`kill connection ${id}`).catch(() => undefined);
        while ((await sessions("= 'Killed'")).length !== 0);
      },
      leftovers: [
        { what: "a setting", leave: "set sql_select_limit = 7777", ask: "select @@sql_select_limit" },
        {
          what: "a variable",
          leave: variable,
          query: variable,
          ask: "select cast(ifnull(@mdb_tenant, 'none') as char)",
        },
        {
          what: "a lock",
          leave: "select get_lock('mdb_model', 0)",
          ask: "select is_used_lock('mdb_model') <=> connection_id()",
        },
      ],
      endsTransaction: "commit",
    };
  });
}
