import assert from "node:assert/strict";
import {
  isolationLevels,
  MdbError,
  PoolDeadlockError,
  SessionClosedError,
  type Transaction,
  TransactionClosedError,
} from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { ledger, rejection } from "./core-ledger.ts";
import { capability, connections, snippet } from "./need.ts";
import { turns } from "./wait.ts";

/** What core promises of sessions and handles, kept on this driver. */
export const coreSessions: Area = {
  name: "sessions through core",
  cases: [
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
      name: "says that a statement on its own has opened a transaction, which ends with its connection's loan",
      needs: [snippet("openTransaction")],
      async run(bench) {
        const { database, insert, ids, table } = await ledger(bench, { max: 1 });
        const [begin = ""] = bench.subject.sql.openTransaction?.(table) ?? [];
        const error = await rejection(database.execute(begin));
        assert.ok(error instanceof MdbError, String(error));
        assert.equal(error.code, "MDB_TRANSACTION_STATE");
        assert.equal(error.statement, begin);
        await insert(database, 1);
        assert.deepEqual(await ids(), ["1"]);
        await database.withConnection(async (connection) => {
          await connection.execute(begin);
          await insert(connection, 2);
        });
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
