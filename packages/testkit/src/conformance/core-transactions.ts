import assert from "node:assert/strict";
import {
  type Database,
  HookError,
  isolationLevels,
  MdbError,
  PoolDeadlockError,
  SessionClosedError,
  type Transaction,
  TransactionAbortedError,
  TransactionClosedError,
  UnexpectedRollbackError,
  UniqueViolationError,
} from "@nsj/mdb-core";
import { fakeDriver } from "../fake/fake-driver.ts";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { intercepted } from "./intercept.ts";
import { capability, connections, supplied } from "./need.ts";
import { turns } from "./wait.ts";

/** The promises of core's sessions and transactions, kept on this driver. */
export const coreTransactions: Area = {
  name: "transactions through core",
  cases: [
    {
      name: "commits when the callback resolves, and gives its value",
      async run(bench) {
        const { database, table, ids } = await ledger(bench);
        const value = await database.transaction(async (tx) => {
          await tx.execute(`insert into ${table} (id) values (:id)`, { id: 1 });
          await database.execute(`insert into ${table} (id) values (:id)`, { id: 2 });
          return "done";
        });
        assert.equal(value, "done");
        assert.deepEqual(await ids(), ["1", "2"], "both statements were in it, the ambient one too");
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "rejects when the callback swallows a failed statement, and leaves no row",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        const error = await rejection(
          database.transaction(async (tx) => {
            await insert(tx, 1);
            await insert(tx, 1).catch(() => undefined);
            return "fine";
          }),
        );
        assert.ok(error instanceof TransactionAbortedError || error instanceof UnexpectedRollbackError, String(error));
        assert.ok(
          error.cause instanceof UniqueViolationError,
          `the cause is the first failure: ${String(error.cause)}`,
        );
        assert.deepEqual(await ids(), []);
      },
    },
    {
      name: "gives the callback's own error, whatever else goes wrong",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        const own = new Error("mine");
        const error = await rejection(
          database.transaction(async (tx) => {
            await insert(tx, 1);
            await insert(tx, 1).catch(() => undefined);
            throw own;
          }),
        );
        assert.equal(error, own);
        assert.deepEqual(await ids(), []);
      },
    },
    {
      name: "gives the caller's own error when the session is killed within, and the process lives on",
      needs: [supplied("admin")],
      async run(bench) {
        const identities: string[] = [];
        const admin = await bench.admin();
        const driver = intercepted(bench.driver, (connection) => ({
          begin: async (options: Parameters<typeof connection.begin>[0]) => {
            identities.push(await admin.identify(connection));
            await connection.begin(options);
          },
        }));
        const { insert, table } = await ledger(bench);
        const database = bench.database({ pool: { max: 2 } }, { driver });
        const own = new Error("mine");
        const error = await rejection(
          database.transaction(async (tx) => {
            await tx.execute(`insert into ${table} (id) values (:id)`, { id: 1 });
            await admin.kill(identities.at(-1) ?? "");
            await turns(20);
            throw own;
          }),
        );
        assert.equal(error, own);
        await insert(database, 2);
        assert.deepEqual(await database.query(`select id from ${table}`), [{ id: 2 }]);
      },
    },
    {
      name: "keeps the row of one nested transaction when its sibling fails",
      needs: [capability("savepoints")],
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        await database.transaction(async (tx) => {
          const outcomes = await Promise.allSettled([
            tx.transaction(async (inner) => {
              await insert(inner, 1);
              await turns();
              throw new Error("this one fails");
            }),
            tx.transaction(async (inner) => {
              await insert(inner, 2);
              await turns();
              await insert(inner, 3);
            }),
          ]);
          assert.deepEqual(
            outcomes.map((it) => it.status),
            ["rejected", "fulfilled"],
          );
        });
        assert.deepEqual(await ids(), ["2", "3"]);
      },
    },
    {
      name: "goes on after a savepoint in which a statement failed",
      needs: [capability("savepoints")],
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        await database.transaction(async (tx) => {
          await insert(tx, 1);
          const error = await rejection(tx.savepoint((inner) => insert(inner, 1)));
          assert.ok(error instanceof UniqueViolationError);
          await insert(tx, 2);
        });
        assert.deepEqual(await ids(), ["1", "2"]);
      },
    },
    {
      name: "leaves a pool of two usable after BEGIN failed twice",
      needs: [connections(2)],
      async run(bench) {
        let failures = 2;
        const driver = intercepted(bench.driver, (connection) => ({
          begin(options: Parameters<typeof connection.begin>[0]) {
            if (failures === 0) return connection.begin(options);
            failures -= 1;
            throw new Error("no transaction today");
          },
        }));
        const { table } = await ledger(bench);
        const database = bench.database({ pool: { max: 2 } }, { driver });
        const work = (id: number) =>
          database.transaction((tx) => tx.execute(`insert into ${table} (id) values (:id)`, { id }));
        for (const id of [1, 2]) assert.ok((await rejection(work(id))) instanceof MdbError);
        for (const id of [3, 4, 5]) await work(id);
        assert.deepEqual(
          (await database.query<{ id: number }>(`select id from ${table} order by id`)).map((row) => row.id),
          [3, 4, 5],
        );
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "refuses a finished handle, also while another transaction holds its connection",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench, { max: 1 });
        let kept: Transaction | undefined;
        await database.transaction(async (tx) => {
          kept = tx;
          await insert(tx, 1);
        });
        const old = kept;
        assert.ok(old !== undefined);
        await database.transaction(async (tx) => {
          await insert(tx, 2);
          assert.ok((await rejection(insert(old, 3))) instanceof TransactionClosedError);
        });
        assert.ok((await rejection(insert(old, 4))) instanceof TransactionClosedError);
        assert.deepEqual(await ids(), ["1", "2"]);
      },
    },
    {
      name: "rolls back a write to one database inside a transaction of another, inside one of the first",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        const fake = fakeDriver();
        try {
          const other = bench.database({}, { driver: fake.driver as never, options: {} });
          const own = new Error("mine");
          const error = await rejection(
            database.transaction(async () => {
              await other.transaction(async () => {
                await other.query("select 1 as n");
                await insert(database, 1);
              });
              throw own;
            }),
          );
          assert.equal(error, own);
          assert.deepEqual(await ids(), []);
          await other.close();
        } finally {
          fake.close();
        }
      },
    },
    {
      name: "stays committed and resolved when a hook throws",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        const reported: HookError[] = [];
        const ran: string[] = [];
        const value = await database.transaction(
          async (tx) => {
            await insert(tx, 1);
            tx.onCommit(() => {
              throw new Error("the mail server is down");
            });
            tx.onCommit(() => {
              ran.push("second");
            });
            return "done";
          },
          { onHookError: (error) => reported.push(error) },
        );
        assert.equal(value, "done");
        assert.deepEqual(ran, ["second"], "the other hooks run");
        assert.equal(reported.length, 1);
        assert.ok(reported[0] instanceof HookError);
        assert.deepEqual(await ids(), ["1"]);
      },
    },
    {
      name: "refuses a statement that outlives its transaction",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        let late: Promise<unknown> | undefined;
        await database.transaction(async (tx) => {
          await insert(tx, 1);
          late = (async () => {
            await turns(50);
            await insert(database, 2);
          })();
          late.catch(() => undefined);
        });
        assert.ok((await rejection(late ?? Promise.resolve())) instanceof TransactionClosedError);
        assert.deepEqual(await ids(), ["1"]);
      },
    },
    {
      name: "refuses an isolation level that the engine does not declare, before anything is sent",
      async run(bench) {
        const missing = isolationLevels.find((level) => !bench.capabilities.isolation.includes(level));
        const { database, insert, ids } = await ledger(bench);
        for (const isolation of missing === undefined ? [] : [missing]) {
          const error = await rejection(database.transaction((tx) => insert(tx, 1), { isolation }));
          assert.ok(error instanceof MdbError, String(error));
          assert.equal(error.code, "MDB_UNSUPPORTED");
        }
        for (const isolation of bench.capabilities.isolation) {
          const id = bench.capabilities.isolation.indexOf(isolation);
          await database.transaction((tx) => insert(tx, id), { isolation });
        }
        assert.deepEqual(
          await ids(),
          bench.capabilities.isolation.map((_, index) => String(index)),
        );
      },
    },
    {
      name: "ends the deadlock of two transactions that starve a pool of two at once",
      needs: [connections(2)],
      async run(bench) {
        const database = bench.database({ pool: { max: 2, acquireTimeoutMs: 60_000 } });
        const own = (tx: Transaction) => tx.query(bench.select("1 as n"));
        const nested = () =>
          database.transaction(
            async (tx) => {
              await own(tx);
              await turns();
              return database.transaction(own, { propagation: "requires_new" });
            },
            bench.capabilities.readOnlyTransactions ? { readOnly: true } : {},
          );
        const outcomes = await bench.within(Promise.allSettled([nested(), nested()]), "two transactions that starve");
        const failed = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
        assert.equal(failed.length, 1, "one of them gives way");
        assert.ok(failed[0] instanceof PoolDeadlockError, String(failed[0]));
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "rolls back a session that is closed without commit, and begins anew after each commit",
      async run(bench) {
        const { database, insert, ids } = await ledger(bench);
        const session = await database.getSession();
        await insert(session, 1);
        await session.commit();
        await insert(session, 2);
        await session.rollback();
        await insert(session, 3);
        await session.commit();
        await insert(session, 4);
        await session.close();
        assert.ok((await rejection(insert(session, 5))) instanceof SessionClosedError);
        assert.deepEqual(await ids(), ["1", "3"]);
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "runs statements that are issued at once on one session one after another",
      async run(bench) {
        const { database, table, ids } = await ledger(bench);
        await database.transaction(async (tx) => {
          await Promise.all(
            Array.from({ length: 30 }, (_, id) => tx.execute(`insert into ${table} (id) values (:id)`, { id })),
          );
        });
        assert.equal((await ids()).length, 30);
      },
    },
    {
      name: "streams in and out of transactions, and gives the connection back after an early exit",
      needs: [capability("stream")],
      async run(bench) {
        const { database } = await ledger(bench, { max: 1 });
        const text = bench.subject.sql.series(1_000);
        for (let round = 0; round < 3; round++) {
          let seen = 0;
          for await (const _ of database.stream(text, [], { fetchSize: 50 })) {
            seen += 1;
            if (seen === 70 * round + 1) break;
          }
          assert.equal(seen, 70 * round + 1);
          assert.equal(database.stats().busy, 0);
        }
        await database.transaction(async (tx) => {
          let seen = 0;
          for await (const _ of tx.stream(text, [], { fetchSize: 300 })) seen += 1;
          assert.equal(seen, 1_000);
        });
      },
    },
  ],
};

/** A database with a table of unique ids. */
async function ledger(
  bench: Bench,
  pool: { readonly max?: number } = {},
): Promise<{
  readonly database: Database;
  readonly table: string;
  readonly insert: (executor: Pick<Database, "execute">, id: number) => Promise<unknown>;
  readonly ids: () => Promise<string[]>;
}> {
  const { maxConnections } = bench.capabilities;
  const database = bench.database(maxConnections === undefined ? { pool } : {});
  const table = await bench.tableIn(database, `id ${bench.subject.types.integer} primary key`);
  return {
    database,
    table,
    insert: (executor, id) => executor.execute(`insert into ${table} (id) values (:id)`, { id }),
    ids: async () => (await database.query(`select id from ${table} order by id`)).map((row) => String(row["id"])),
  };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it had to reject");
}
