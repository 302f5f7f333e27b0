import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sessionsUnderRandomUse } from "@nsj/mdb-session-model";
import { FakeClock, faultProxy } from "@nsj/mdb-testkit";
import pg from "pg";
import { afterAll, beforeAll, inject, onTestFinished } from "vitest";

const server = new URL(inject("postgresUrl"));
const database = `model_${process.pid}`;
const admin = new pg.Client({ connectionString: server.href });
/** Sees the rows at once, and is not killed with the others. */
const observer = new pg.Client({ connectionString: new URL(`/${database}`, server).href });

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create database ${database}`);
  await observer.connect();
  await observer.query("create table model (id integer primary key)");
});

afterAll(async () => {
  await observer.end();
  await admin.query(`drop database ${database} with (force)`);
  await admin.end();
});

const variable = "select set_config('mdb.tenant', 'changed', false)";

sessionsUnderRandomUse("PostgreSQL", async () => {
  const proxy = await faultProxy({ host: server.hostname, port: Number(server.port || "5432") });
  onTestFinished(() => proxy.close());
  let killings = 0;
  return {
    clock: new FakeClock(),
    definition: (pool) =>
      postgres({
        ...postgresDriver.parseUrl(server.href),
        ...proxy.address,
        database,
        sslmode: "disable",
        // A moment of the server is many of the fake clock's.
        pool: { ...pool, acquireTimeoutMs: 1_000_000, connectTimeoutMs: 1_000_000 },
      }),
    manyWriters: true,
    remote: true,
    server: {
      slowInsert: "insert into model (id) select :id::integer from pg_sleep(0.02)",
      isWorking: async () => {
        const text = "select 1 from pg_stat_activity where datname = $1 and state = 'active'";
        return (await admin.query(text, [database])).rowCount !== 0;
      },
      has: async (id) => (await observer.query("select from model where id = $1", [id])).rowCount !== 0,
    },
    // By the network and by the server, in turn.
    kill: async () => {
      if (killings++ % 2 === 0) return proxy.endAll("reset");
      const others = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid <> $2";
      const [self] = (await observer.query("select pg_backend_pid() as pid")).rows;
      await admin.query(others, [database, self.pid]);
    },
    leftovers: [
      { what: "a setting", leave: "set work_mem = '5MB'", ask: "show work_mem" },
      {
        what: "a variable",
        leave: variable,
        query: variable,
        ask: "select coalesce(nullif(current_setting('mdb.tenant', true), ''), 'none')",
      },
      {
        what: "a temporary table",
        leave: "create temp table if not exists left_behind (id integer)",
        ask: "select to_regclass('pg_temp.left_behind') is not null",
      },
      { what: "a listener", leave: "listen left_behind", ask: "select count(*) from pg_listening_channels()" },
    ],
    endsTransaction: "select 1; /* by the server's word alone */ commit",
  };
});
