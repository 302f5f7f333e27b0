import assert from "node:assert/strict";
import type { DriverConnection } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, type Need, snippet } from "./need.ts";
import { soon } from "./wait.ts";

const notices: readonly Need[] = [capability("noticesSessionChanges"), snippet("session")];

/** What a connection says of its session, by itself. */
export const sessionChanges: Area = {
  name: "session changes",
  cases: [
    {
      name: "are none on a fresh connection, nor after ordinary work",
      needs: [capability("noticesSessionChanges")],
      async run(bench) {
        const connection = await bench.connect();
        isClean(connection, "a fresh connection");
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        isClean(connection, "a new table");
        for (const text of ordinaryWork(bench, table)) {
          for (let round = 0; round < 2; round++) {
            await bench.run(connection, text);
            isClean(connection, text);
          }
        }
        await bench.run(connection, `insert into ${table} (id) values (?)`, 1);
        await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (?)`, 1));
        await bench.failing(() => bench.run(connection, "selec nothing"));
        isClean(connection, "statements that failed");
        await connection.ping?.(soon());
        isClean(connection, "a ping");
      },
    },
    {
      name: "are none after what the driver does itself: transactions, savepoints, streams, bulk loads",
      needs: [capability("noticesSessionChanges")],
      async run(bench) {
        const { capabilities } = bench;
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const insert = `insert into ${table} (id) values (1)`;
        const begins = [
          {},
          ...capabilities.isolation.map((isolation) => ({ isolation })),
          ...(capabilities.readOnlyTransactions ? [{ readOnly: true }] : []),
          ...(capabilities.deferrableTransactions ? [{ deferrable: true }] : []),
        ];
        for (const options of begins) {
          for (const end of ["commit", "rollback"] as const) {
            await connection.begin(options);
            await bench.run(connection, `select id from ${table}`);
            await connection[end]();
            isClean(connection, `${end} of ${JSON.stringify(options)}`);
          }
        }
        await connection.begin({});
        await bench.run(connection, insert);
        await connection.savepoint?.("one");
        await bench.run(connection, insert);
        await connection.rollbackTo?.("one");
        await connection.releaseSavepoint?.("one");
        const many = bench.statement(`insert into ${table} (id) values (?)`, 0);
        await connection.executeMany?.(many.text, [[2], [3]], soon());
        await connection.bulkLoad?.({ table: [bench.stored(table)], columns: [bench.stored("id")] }, rows(), soon());
        await connection.commit();
        isClean(connection, "savepoints, executeMany and bulkLoad");
        const series = bench.statement(bench.subject.sql.series(20));
        const stream = connection.stream?.(series, { ...soon(), fetchSize: 5 });
        await stream?.read();
        await stream?.close();
        isClean(connection, "a stream");
        await connection.reset?.({ scope: "session" }, soon());
        await bench.works(connection);
        isClean(connection, "a reset");
      },
    },
    {
      name: "are told when the statement settles, each time it is run",
      needs: notices,
      async run(bench) {
        const connection = await bench.connect();
        for (const { what, leave, ask } of bench.subject.sql.session?.leftovers ?? []) {
          for (let round = 0; round < 3; round++) {
            await bench.run(connection, ask);
            isClean(connection, `the question after ${what}`);
            const told = await dirtyWhenSettled(connection, bench, leave);
            assert.equal(told, true, `${what} is told, the ${round + 1}. time: ${leave}`);
            await connection.reset?.({ scope: "session" }, soon());
            connection.dirty = false;
          }
        }
      },
    },
    {
      name: "are told of a statement behind comments, in capital letters, or in one text with others",
      needs: notices,
      async run(bench) {
        const connection = await bench.connect();
        for (const { what, leave } of bench.subject.sql.session?.leftovers ?? []) {
          for (const text of spellings(bench, leave)) {
            const told = await dirtyWhenSettled(connection, bench, text);
            assert.equal(told, true, `${what} is told: ${text}`);
            await connection.reset?.({ scope: "session" }, soon());
            connection.dirty = false;
          }
        }
      },
    },
  ],
};

/** Statements that everybody runs, and some whose words look like more. */
function ordinaryWork(bench: Bench, table: string): readonly string[] {
  return [
    bench.select("1"),
    bench.select("'set role x; create temp table t; pragma x = 1; alter session set y = 2'"),
    `/* set session */ ${bench.select("1")} -- listen, attach`,
    `insert into ${table} (id) select n from (${bench.subject.sql.series(3)}) series where n > 3`,
    `update ${table} set id = 7`,
    `delete from ${table}`,
    bench.subject.sql.series(3),
    ...(bench.subject.sql.session?.harmless ?? []),
  ];
}

/** The same statement, written in other ways. */
export function spellings(bench: Bench, text: string): readonly string[] {
  const shouted = text.replace(/^[a-z]+/, (word) => word.toUpperCase());
  return [
    `/* behind\n a comment */ ${text}`,
    `-- behind another\n${shouted}`,
    ...(bench.capabilities.multipleResultSets ? [`${bench.select("1")}; ${text}`] : []),
  ];
}

async function* rows() {
  yield [[4], [5]];
}

function isClean(connection: DriverConnection, after: string): void {
  assert.equal(connection.dirty, false, `nothing of the session has changed: ${after}`);
}

/** What the connection says in the very callback of the promise. */
async function dirtyWhenSettled(
  connection: DriverConnection,
  bench: Bench,
  text: string,
): Promise<boolean | undefined> {
  const pending = connection.query(bench.statement(text), soon());
  if (!(pending instanceof Promise)) return connection.dirty;
  return pending.then(() => connection.dirty);
}
