import assert from "node:assert/strict";
import type { Database } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { rejection } from "./core-ledger.ts";
import type { Leftover } from "./engine-sql.ts";
import { capability, type Need, snippet } from "./need.ts";
import { spellings } from "./session-changes.ts";

/** Whatever runs statements: a database, a transaction, a session, a connection. */
type Runner = Pick<Database, "execute" | "queryScalar">;

const notices: readonly Need[] = [capability("noticesSessionChanges"), snippet("session")];

/** Nothing of one borrower is seen by the next: each case leaves what can be left, and asks as somebody else. */
export const coreSessionChanges: Area = {
  name: "sessions between borrowers",
  cases: [
    {
      name: "show nothing of what a statement left, however it was written",
      needs: notices,
      run: (bench) =>
        forEach(bench, async (database, { leave }, isClean) => {
          for (const text of [leave, ...spellings(bench, leave)]) {
            await database.execute(text);
            await isClean(text);
          }
        }),
    },
    {
      name: "show nothing of a text that left something before it failed",
      needs: [...notices, capability("multipleResultSets")],
      run: (bench) =>
        forEach(bench, async (database, { leave }, isClean) => {
          await rejection(database.query(`${leave}; select * from mdb_no_such_table`));
          await isClean("a text whose last statement failed");
        }),
    },
    {
      name: "show nothing of a transaction, committed or rolled back",
      needs: notices,
      run: (bench) =>
        forEach(bench, async (database, leftover, isClean) => {
          if (leftover.inTransaction === "never") return;
          const leave = leaver(database, leftover);
          await database.transaction(leave);
          await isClean("a transaction that was committed");
          await rejection(
            database.transaction(async (tx) => {
              await leave(tx);
              throw new Error("no more");
            }),
          );
          await isClean("a transaction that was rolled back");
          await rejection(
            database.transaction(async (tx) => {
              await leave(tx);
              await tx.query("selec nothing");
            }),
          );
          await isClean("a transaction that failed");
        }),
    },
    {
      name: "show nothing of a savepoint that was rolled back",
      needs: [...notices, capability("savepoints")],
      run: (bench) =>
        forEach(bench, async (database, leftover, isClean) => {
          if (leftover.inTransaction === "never") return;
          await database.transaction(async (tx) => {
            const undone = tx.savepoint(async (inner) => {
              await inner.execute(leftover.leave);
              throw new Error("no more");
            });
            await rejection(undone);
          });
          await isClean("a savepoint that was rolled back");
        }),
    },
    {
      name: "show nothing of a session, committed or closed without",
      needs: notices,
      run: (bench) =>
        forEach(bench, async (database, leftover, isClean) => {
          if (leftover.inTransaction === "never") return;
          const leave = leaver(database, leftover);
          const session = await database.getSession();
          await leave(session);
          await session.commit();
          await session.close();
          await isClean("a session that was committed");
          await database.withSession(leave);
          await isClean("a session that was closed without commit");
        }),
    },
    {
      name: "show nothing of a stream, read to its end or left early",
      needs: [
        ...notices,
        ({ subject }) => (queries(subject.sql.session?.leftovers) ? undefined : "leftovers: no query"),
      ],
      run: (bench) =>
        forEach(bench, async (database, { query }, isClean) => {
          if (query === undefined) return;
          for await (const _ of database.stream(query));
          await isClean("a stream that was read to its end");
          for await (const _ of database.stream(query)) break;
          await isClean("a stream that was left after its first row");
        }),
    },
    {
      name: "show nothing of a connection that somebody had for himself",
      needs: [snippet("session"), capability("reset")],
      run: (bench) =>
        forEach(bench, async (database, leftover, isClean) => {
          const leave = leaver(database, leftover);
          await database.withConnection(leave);
          await isClean("withConnection");
          if (leftover.inTransaction === "never") return;
          await database.withConnection((connection) => connection.transaction(leave));
          await isClean("a transaction of withConnection");
        }),
    },
    {
      name: "are as onConnect has made them, without a reset, and again after one",
      needs: notices,
      async run(bench) {
        for (const leftover of bench.subject.sql.session?.leftovers ?? []) {
          const made: string[] = [];
          const onConnect = async (connection: Runner) => {
            await connection.execute(leftover.leave);
            made.push(await answerOf(connection, leftover));
          };
          const database = bench.database({ pool: { max: 1 }, onConnect });
          for (let round = 0; round < 3; round++) {
            assert.equal(await answerOf(database, leftover), made[0], `${leftover.what} of onConnect`);
          }
          assert.equal(database.stats().resets, 0, `${leftover.what} of onConnect costs no reset`);
          await database.withConnection((connection) => connection.query(bench.select("1")));
          assert.equal(await answerOf(database, leftover), made[0], `${leftover.what} of onConnect after a reset`);
          assert.equal(made.length, 2);
          await database.close();
        }
      },
    },
    {
      name: "cost no reset for what ends with its transaction",
      needs: [
        ...notices,
        ({ subject }) => (subject.sql.session?.local === undefined ? "sql.session.local: absent" : undefined),
      ],
      async run(bench) {
        const database = bench.database({ pool: { max: 1 } });
        for (const text of bench.subject.sql.session?.local ?? []) {
          await database.transaction((tx) => tx.execute(text));
          await rejection(
            database.transaction(async (tx) => {
              await tx.execute(text);
              throw new Error("no more");
            }),
          );
          const session = await database.getSession();
          await session.execute(text);
          await session.commit();
          await session.close();
          assert.equal(database.stats().resets, 0, `no reset for ${text}`);
        }
        assert.equal(database.stats().created, 1);
      },
    },
    {
      name: "cost no reset for ordinary work",
      needs: notices,
      async run(bench) {
        const database = bench.database({ pool: { max: 1 } });
        const table = await bench.tableIn(database, `id ${bench.subject.types.integer}`);
        const insert = `insert into ${table} (id) values (:id)`;
        await database.execute(insert, { id: 1 });
        await database.executeMany(insert, [{ id: 2 }, { id: 3 }]);
        await database.bulkInsert(table, ["id"], [[4], [5]]);
        for (const text of bench.subject.sql.session?.harmless ?? []) await database.execute(text);
        for (const isolation of bench.capabilities.isolation) {
          await database.transaction((tx) => tx.execute(insert, { id: 6 }), { isolation });
        }
        await rejection(database.query(`select no_such_column from ${table}`));
        for await (const _ of database.stream(bench.subject.sql.series(10), [], { fetchSize: 3 })) break;
        assert.equal(database.stats().resets, 0);
      },
    },
  ],
};

function queries(leftovers: readonly Leftover[] = []): boolean {
  return leftovers.some((it) => it.query !== undefined);
}

/**
 * Leaves everything that can be left, one way after the other, in a pool of one connection. `isClean` asks as the next borrower: the
 * connection was cleaned, and not replaced.
 */
async function forEach(
  bench: Bench,
  work: (database: Database, leftover: Leftover, isClean: (after: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const database = bench.database({ pool: { max: 1 } });
  for (const leftover of bench.subject.sql.session?.leftovers ?? []) {
    const clean = await answerOf(database, leftover);
    await work(database, leftover, async (after) => {
      assert.equal(await answerOf(database, leftover), clean, `${leftover.what} is gone after ${after}`);
      if (bench.capabilities.reset !== "none") assert.equal(database.stats().created, 1, "it is the same connection");
    });
  }
}

/** Leaves it, and sees that it is there as long as the borrower has the connection. */
function leaver(database: Database, leftover: Leftover): (executor: Runner) => Promise<void> {
  return async (executor) => {
    const { resets } = database.stats();
    const clean = await answerOf(executor, leftover);
    await executor.execute(leftover.leave);
    const left = await answerOf(executor, leftover);
    if (leftover.inTransaction !== "at-commit") assert.notEqual(left, clean, `${leftover.what} was left`);
    assert.equal(database.stats().resets, resets, "nobody resets a session that is in use");
  };
}

async function answerOf(executor: Runner, { ask }: Leftover): Promise<string> {
  return String(await executor.queryScalar(ask));
}
