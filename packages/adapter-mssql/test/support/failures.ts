import type { EngineSql, FailureBench } from "@nsj/mdb-testkit";
import { realUrl, type TestServer } from "./server.ts";

type Failures = NonNullable<EngineSql["failures"]>;

/** How SQL Server fails where the suite cannot make it by itself. */
export function failures(server: TestServer): Failures {
  return {
    // Error 8134.
    value: ["select 1 / 0"],
    // Error 137.
    parameter: ["select @nowhere"],
    // Error 50000.
    other: ["raiserror(N'words of the application', 16, 1)"],
    serialization,
    "lock-timeout": lockTimeout,
    ...(realUrl === undefined && {
      // A real server has to be brought into these states from outside.
      permission: (bench) => byScript(server, bench, 229),
      resource: (bench) => byScript(server, bench, 9002),
      unsupported: (bench) => byScript(server, bench, 334),
      "too-many-connections": (bench) => whileConnecting(server, bench, 10928),
    }),
  };
}

/** Error 3960: two snapshots that change the same row. */
async function serialization(bench: FailureBench): Promise<unknown> {
  const [first, second] = [await bench.connect(), await bench.connect()];
  const table = await bench.table(first, "id int primary key, n int");
  await bench.run(first, `insert into ${table} (id, n) values (1, 0)`);
  await second.begin({ isolation: "snapshot" });
  await bench.run(second, `select n from ${table}`);
  await bench.run(first, `update ${table} set n = 1`);
  return bench.run(second, `update ${table} set n = 2`);
}

/** Error 1222: a lock that another session holds. */
async function lockTimeout(bench: FailureBench): Promise<unknown> {
  const [holder, waiter] = [await bench.connect(), await bench.connect()];
  const table = await bench.table(holder, "id int primary key");
  await bench.run(holder, `insert into ${table} (id) values (1)`);
  await bench.run(waiter, "set lock_timeout 0");
  await holder.begin({});
  await bench.run(holder, `update ${table} set id = 2`);
  return bench.run(waiter, `update ${table} set id = 3`);
}

async function byScript(server: TestServer, bench: FailureBench, number: number): Promise<unknown> {
  server.wire?.script.once(`select ${number} as scripted`, { error: { number } });
  return bench.run(await bench.connect(), `select ${number} as scripted`);
}

async function whileConnecting(server: TestServer, bench: FailureBench, number: number): Promise<unknown> {
  server.wire?.script.once("LOGIN", { error: { number, severity: 14 } });
  return bench.connect();
}
