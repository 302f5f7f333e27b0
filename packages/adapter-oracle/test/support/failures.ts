import { type DriverConnection, type ErrorKind, type Isolation, unlimited } from "@nsj/mdb-core";
import type { FailureBench, Subject } from "@nsj/mdb-testkit";
import type { TestServer } from "./server.ts";

type Failures = NonNullable<Subject["sql"]["failures"]>;

/** How to fail in ways that the conformance suite cannot bring about by itself. */
export function failures(server: TestServer): Failures {
  return {
    serialization: (bench) =>
      contradiction(bench, "snapshot", ([one, two], table) => [
        () => run(one, `update ${table} set id = 3 where id = 1`),
        async () => one.commit(),
        () => run(two, `update ${table} set id = 4 where id = 1`),
      ]),
    "lock-timeout": (bench) =>
      contradiction(bench, "read committed", ([one, two], table) => [
        () => run(one, `select id from ${table} where id = 1 for update`),
        () => run(two, `select id from ${table} where id = 1 for update nowait`),
      ]),
    value: ["select to_number('x') from dual"],
    permission: ['create user mdb_nobody identified by "nothing-1"'],
    unsupported: async (bench) => (await bench.connect()).begin({ isolation: "serializable" }),
    parameter: ["select :1 from dual"],
    other: ["begin raise_application_error(-20001, 'no'); end;"],
    ...(server.isOwn && scripted(server)),
  };
}

/** What a real server cannot be brought to. */
function scripted(server: TestServer): Partial<Record<ErrorKind, (bench: FailureBench) => Promise<unknown>>> {
  const fail = (text: string, number: number, words: string) =>
    server.own.script.once(text, { kind: "error", number, words });
  return {
    "too-many-connections": async (bench) => {
      fail("LOGIN", 18, "maximum number of sessions exceeded");
      await bench.connect();
    },
    resource: async (bench) => {
      const connection = await bench.connect();
      const text = `insert into ${await bench.table(connection, "id integer")} (id) values (1)`;
      fail(text, 1653, "unable to extend table SCOTT.T by 8 in tablespace USERS");
      await run(connection, text);
    },
  };
}

function run(connection: DriverConnection, text: string): Promise<unknown> {
  return Promise.resolve(connection.query({ text, values: [] }, unlimited));
}

/** Two transactions over a table with the rows 1 and 2, and the steps they take. */
async function contradiction(
  bench: FailureBench,
  isolation: Isolation,
  steps: (both: readonly [DriverConnection, DriverConnection], table: string) => readonly (() => Promise<unknown>)[],
): Promise<void> {
  const both = [await bench.connect(), await bench.connect()] as const;
  const table = await bench.table(both[0], "id integer");
  for (const id of [1, 2]) await run(both[0], `insert into ${table} values (${id})`);
  for (const connection of both) {
    await connection.begin({ isolation });
    await run(connection, `select id from ${table}`);
  }
  for (const step of steps(both, table)) await step();
}
