import { setTimeout as pause } from "node:timers/promises";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";

/** Of the PostgreSQL that the test gives. */
export const ordersUrl: string = process.env["PROGRAM_POSTGRES_URL"] ?? "";
/** By which the server tells this process's connections from others. */
export const applicationName: string = `exit-check-${process.pid}`;

/** Databases with every timer of the pool in use. */
export function openDatabases() {
  const pool = {
    min: 2,
    max: 4,
    leakDetectionMs: 60_000,
    holdLimitMs: 120_000,
    keepaliveMs: 1_000,
    idleTimeoutMs: 5_000,
  };
  return new DatabaseManager({
    orders: postgres({ connectionString: ordersUrl, applicationName, pool }),
    audit: sqlite({ filename: process.env["PROGRAM_SQLITE_FILE"] ?? "", pool }),
    memory: sqlite({ filename: ":memory:" }),
    // Nobody listens on the discard port: connecting fails, and the pool goes on with its pauses.
    down: postgres({ host: "127.0.0.1", port: 9, user: "nobody", password: "none", database: "none" }),
  });
}

/** Uses whatever could leave something behind: a socket, a timer, a listener, a file. */
export async function useEveryFeature(databases: ReturnType<typeof openDatabases>): Promise<void> {
  for (const label of ["orders", "audit", "memory"] as const) await useDatabase(databases.database(label));
  await databases.database("down").query("select 1").catch(ignore);
  await databases.health({ timeoutMs: 2_000 });

  const registered = databases.register("late", sqlite({ filename: ":memory:" }));
  await registered.database("late").queryScalar("select 1");
  await registered.unregister("late");

  const orders = databases.database("orders");
  await orders.execute("select pg_sleep(30)", [], { timeoutMs: 50 }).catch(ignore);
  await orders.execute("select pg_sleep(30)", [], { signal: AbortSignal.timeout(50) }).catch(ignore);
  await orders
    .transaction((tx) => tx.execute("select pg_terminate_backend(pg_backend_pid())"), { timeoutMs: 20_000 })
    .catch(ignore);
}

async function useDatabase(database: Database): Promise<void> {
  const name = `exit_check_${process.pid}`;
  const table = sql.identifier(name);
  await database.execute(sql`create table ${table} (id integer primary key, name varchar(50))`);
  await database.bulkInsert(name, ["id", "name"], [[1, "one"]]);
  await database.executeMany(`insert into ${name} (id, name) values (:id, :name)`, [
    { id: 2, name: "two" },
    { id: 3, name: "three" },
  ]);
  for await (const row of database.stream(sql`select * from ${table}`)) if (row !== undefined) break;
  await Promise.all([
    database.query(sql`select * from ${table}`),
    database.queryScalar(sql`select count(*) from ${table}`),
  ]);

  await database.transaction(
    async (tx) => {
      tx.onCommit(() => pause(1));
      await tx.savepoint((inner) => inner.execute(sql`insert into ${table} (id) values (${1})`)).catch(ignore);
      await tx.execute(sql`insert into ${table} (id) values (${4})`);
    },
    { timeoutMs: 10_000, retry: { attempts: 2 }, signal: new AbortController().signal },
  );
  await database.withSession(async (session) => {
    await session.execute(sql`delete from ${table} where id = ${4}`);
  });
  const session = await database.getSession();
  await session.query(sql`select * from ${table}`);
  await session.close();
  await database.withConnection((connection) => connection.queryScalar("select 1"));
  await database.execute(sql`drop table ${table}`);
}

function ignore(): void {}
