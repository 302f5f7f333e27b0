import assert from "node:assert/strict";
import {
  HookError,
  MdbError,
  TransactionAbortedError,
  UnexpectedRollbackError,
  UniqueViolationError,
} from "@nsj/mdb-core";
import { fakeDriver } from "../fake/fake-driver.ts";
import type { Area } from "./area.ts";
import { ledger, rejection } from "./core-ledger.ts";
import { intercepted } from "./intercept.ts";
import { capability, connections, supplied } from "./need.ts";
import { turns } from "./wait.ts";

/** What core promises of a transaction's outcome, kept on this driver. */
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
  ],
};
