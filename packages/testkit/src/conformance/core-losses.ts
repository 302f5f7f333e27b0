import assert from "node:assert/strict";
import {
  CommitOutcomeUnknownError,
  ConnectionLostError,
  type Database,
  type MdbError,
  StatementTimeoutError,
} from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { rejection } from "./core-ledger.ts";
import { connections, snippet, supplied } from "./need.ts";
import { turns } from "./wait.ts";

/** What core says, over this driver, of connections that are lost. */
export const coreLosses: Area = {
  name: "losses",
  cases: [
    {
      name: "says that a connection was lost in a statement, and goes on with another one",
      needs: [supplied("network"), snippet("sleep")],
      async run(bench) {
        const { proxy, options } = await bench.proxied();
        const database = bench.database({ pool: { max: 2 } }, { options });
        await answers(bench, database);
        const sleeping = database.query(bench.subject.sql.sleep?.(20_000) ?? "");
        sleeping.catch(() => undefined);
        await turns(50);
        proxy.endAll("reset");
        await fails(ConnectionLostError, () => sleeping);
        await answers(bench, database);
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "says that a loss is safe to repeat in a transaction before COMMIT, and not of a statement on its own",
      needs: [supplied("network"), connections(2)],
      async run(bench) {
        const { fixture, table, proxy, database } = await tableBehindProxy(bench);
        const insert = (executor: Pick<Database, "execute">, id: number) =>
          executor.execute(`insert into ${table} (id) values (:id)`, { id });
        /** Lets a statement get to the server, and nothing back. */
        const lose = async (work: () => Promise<unknown>): Promise<MdbError> => {
          await proxy.set({ kind: "hold", direction: "to-client" });
          const before = proxy.bytes("to-server");
          const pending = work();
          pending.catch(() => undefined);
          await bench.eventually(() => proxy.bytes("to-server") > before, "the statement is on its way");
          proxy.endAll("reset");
          const error = await fails(ConnectionLostError, () => pending);
          await proxy.set({ kind: "pass" });
          return error;
        };
        await answers(bench, database);
        assert.equal((await lose(() => insert(database, 1))).retryable, false, "it may have run");
        await database.withConnection(async (pinned) => {
          await pinned.query(bench.select("1 as n"));
          assert.equal((await lose(() => insert(pinned, 2))).retryable, false, "it may have run");
        });
        let runs = 0;
        await database.transaction(
          async (tx) => {
            runs += 1;
            await insert(tx, 3);
            if (runs > 1) return;
            const error = await lose(() => insert(tx, 4));
            assert.equal(error.retryable, true, "it is undone with its transaction");
            throw error;
          },
          { retry: { attempts: 2, backoffMs: 1 } },
        );
        assert.equal(runs, 2);
        const kept = await fixture.query<{ id: number }>(`select id from ${table} where id > 2`);
        assert.deepEqual(
          kept.map((row) => Number(row.id)),
          [3],
        );
      },
    },
    {
      name: "says of a statement that is stopped without the server's word that it may have run, and not in a transaction",
      needs: [supplied("network"), connections(2)],
      async run(bench) {
        const { fixture, table, proxy, database } = await tableBehindProxy(bench);
        /** Lets a statement get to the server, and nothing back until its time is up. */
        const stop = async (executor: Pick<Database, "execute">, id: number): Promise<StatementTimeoutError> => {
          await proxy.set({ kind: "hold", direction: "to-client" });
          const text = `insert into ${table} (id) values (:id)`;
          const error = await fails(StatementTimeoutError, () => executor.execute(text, { id }, { timeoutMs: 300 }));
          await proxy.set({ kind: "pass" });
          return error;
        };
        await answers(bench, database);
        assert.equal((await stop(database, 1)).mayHaveRun, true, "it commits by itself");
        await answers(bench, database);
        const inside = database.transaction(async (tx) => {
          await tx.execute(`insert into ${table} (id) values (:id)`, { id: 2 });
          const error = await stop(tx, 3);
          assert.equal(error.mayHaveRun, false, "it is undone with its transaction");
          throw error;
        });
        await fails(StatementTimeoutError, () => inside);
        assert.deepEqual(await fixture.query(`select id from ${table} where id > 1`), []);
        await answers(bench, database);
      },
    },
    {
      name: "does not claim to know the outcome of a commit that was cut, and does not repeat it",
      needs: [supplied("network"), connections(2)],
      async run(bench) {
        const { table, proxy, database } = await tableBehindProxy(bench);
        let before = 0;
        let runs = 0;
        const committing = database.transaction(
          async (tx) => {
            runs += 1;
            await tx.execute(`insert into ${table} (id) values (:id)`, { id: 1 });
            await proxy.set({ kind: "hold", direction: "to-client" });
            before = proxy.bytes("to-server");
          },
          { retry: { attempts: 3 } },
        );
        committing.catch(() => undefined);
        await bench.eventually(() => before > 0 && proxy.bytes("to-server") > before, "COMMIT is on its way");
        proxy.endAll("reset");
        await fails(CommitOutcomeUnknownError, () => committing);
        assert.equal(runs, 1, "an unknown outcome is not repeated");
        await proxy.set({ kind: "pass" });
        await answers(bench, database);
      },
    },
  ],
};

async function answers(bench: Bench, database: Database): Promise<void> {
  const answer = await bench.within(database.queryScalar(bench.select("41 + 1 as n")), "a simple statement");
  assert.equal(Number(answer), 42);
}

async function fails<E extends MdbError>(
  expected: new (message: string) => E,
  work: () => Promise<unknown>,
): Promise<E> {
  const error = await rejection(work());
  assert.ok(error instanceof expected, `${expected.name}, not ${String(error)}`);
  return error;
}

/** A table, and a database of one connection that reaches it over a network that can be cut; `fixture` reaches it without. */
async function tableBehindProxy(bench: Bench) {
  const fixture = bench.database();
  const table = await bench.tableIn(fixture, `id ${bench.subject.types.integer}`);
  const { proxy, options } = await bench.proxied();
  return { fixture, table, proxy, database: bench.database({ pool: { max: 1 } }, { options }) };
}
