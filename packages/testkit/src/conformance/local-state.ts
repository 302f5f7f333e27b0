import assert from "node:assert/strict";
import type { DriverConnection } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { asleep } from "./asleep.ts";
import type { Bench } from "./bench.ts";
import { connections, snippet, supplied } from "./need.ts";
import { turns } from "./wait.ts";

export const localState: Area = {
  name: "local state",
  cases: [
    {
      name: "is idle after every statement outside a transaction, whether it succeeds or fails",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        for (const text of [
          bench.select("1"),
          `insert into ${table} (id) values (1)`,
          `update ${table} set id = 2`,
          `delete from ${table}`,
        ]) {
          await bench.run(connection, text);
          assert.deepEqual([connection.usable, connection.txStatus], [true, "idle"], text);
        }
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        for (const text of [
          `insert into ${table} (id) values (1)`,
          "selec nothing",
          `select no_such_column from ${table}`,
        ]) {
          await bench.failing(() => bench.run(connection, text), text);
          assert.deepEqual([connection.usable, connection.txStatus], [true, "idle"], text);
        }
        await bench.works(connection);
      },
    },
    {
      name: "is active from begin to commit or rollback",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (const end of ["commit", "rollback"] as const) {
          await connection.begin({});
          assert.equal(connection.txStatus, "active", "after begin");
          await bench.run(connection, bench.select("1"));
          assert.equal(connection.txStatus, "active", "after a query");
          await bench.run(connection, `insert into ${table} (id) values (1)`);
          assert.equal(connection.txStatus, "active", "after an insert");
          await connection[end]();
          assert.equal(connection.txStatus, "idle", `after ${end}`);
        }
        assert.deepEqual(await bench.texts(connection, `select id from ${table}`), ["1"]);
      },
    },
    {
      name: "is idle after a transaction in which nothing was done",
      async run(bench) {
        const connection = await bench.connect();
        for (const end of ["commit", "rollback"] as const) {
          await connection.begin({});
          await connection[end]();
          await bench.works(connection);
        }
      },
    },
    {
      name: "tells the truth after a statement failed in a transaction",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (1)`));
        const status = connection.txStatus;
        if (status === "failed") {
          await bench.failingWith("transaction-aborted", () =>
            bench.run(connection, `insert into ${table} (id) values (2)`),
          );
          await connection.rollback();
          assert.deepEqual(await bench.texts(connection, `select id from ${table}`), []);
        } else {
          assert.equal(status, "active");
          await bench.run(connection, `insert into ${table} (id) values (2)`);
          await connection.commit();
          assert.deepEqual(await bench.texts(connection, `select id from ${table} order by id`), ["1", "2"]);
        }
        assert.equal(connection.txStatus, "idle");
      },
    },
    {
      name: "knows its state at the moment when a promise rejects, and not only later",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        for (let round = 0; round < 20; round++) {
          await connection.begin({});
          const early = await stateAtRejection(connection, bench, `insert into ${table} (id) values (1)`);
          await turns();
          assert.deepEqual([connection.usable, connection.txStatus], early, "the state right after the rejection");
          await connection.rollback();
          const outside = await stateAtRejection(connection, bench, `insert into ${table} (id) values (1)`);
          assert.deepEqual(outside, [true, "idle"]);
        }
      },
    },
    {
      name: "notices a transaction that SQL text opened, and rolls it back",
      needs: [snippet("openTransaction")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (const text of bench.subject.sql.openTransaction?.(table) ?? []) await bench.run(connection, text);
        assert.notEqual(connection.txStatus, "idle", "a transaction is open");
        await connection.rollback();
        assert.equal(connection.txStatus, "idle");
        assert.deepEqual(await bench.texts(connection, `select id from ${table}`), []);
      },
    },
    {
      name: "does nothing on rollback when it is idle",
      async run(bench) {
        const connection = await bench.connect();
        await connection.rollback();
        await connection.rollback();
        await bench.works(connection);
      },
    },
    {
      name: "pings without a trace",
      async run(bench) {
        const connection = await bench.connect();
        await connection.ping?.({ deadline: Number.POSITIVE_INFINITY });
        await bench.works(connection);
        await connection.begin({});
        await connection.ping?.({ deadline: Number.POSITIVE_INFINITY });
        assert.equal(connection.txStatus, "active");
        await connection.rollback();
      },
    },
    {
      name: "answers ref and unref as often as they are called",
      async run(bench) {
        const connection = await bench.connect();
        connection.unref?.();
        connection.unref?.();
        connection.ref?.();
        connection.ref?.();
        await bench.works(connection);
      },
    },
    {
      name: "calls onFatal once when it dies idle, and is unusable by then",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        let usableInside: boolean | undefined;
        const calls: unknown[] = [];
        connection.onFatal = (error) => {
          usableInside = connection.usable;
          calls.push(error);
        };
        await admin.kill(await admin.identify(connection));
        await bench.eventually(() => calls.length > 0, "onFatal of a connection that was killed idle");
        assert.equal(usableInside, false, "unusable when onFatal is called");
        assert.equal(bench.driver.classify(calls[0]).connection, "dead", "onFatal gets an error that means death");
        await turns(20);
        connection.destroy();
        await turns(20);
        assert.equal(calls.length, 1, "onFatal was called once");
      },
    },
    {
      name: "dies idle without onFatal and without harm to the process",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        const identity = await admin.identify(connection);
        connection.onFatal = null;
        await admin.kill(identity);
        await bench.eventually(() => !connection.usable, "a killed connection is unusable");
        const { info } = await bench.failing(() => bench.run(connection, bench.select("1")));
        assert.equal(info.connection, "dead");
      },
    },
    {
      name: "tells a death during a call by that call alone",
      needs: [supplied("admin"), snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        const identity = await admin.identify(connection);
        const { sleeping } = await asleep(bench, connection, 30_000);
        await admin.kill(identity);
        const { info } = await bench.failing(() => sleeping, "a statement whose session was killed");
        assert.equal(connection.usable, false);
        assert.equal(info.connection, "dead");
        assert.notEqual(info.executed, "no", "it had started");
        await turns(20);
        assert.deepEqual(bench.fatal(connection), [], "onFatal is for deaths that no call reports");
      },
    },
    {
      name: "does not call onFatal when it is closed or destroyed",
      needs: [connections(2)],
      async run(bench) {
        const closed = await bench.connect();
        const destroyed = await bench.connect();
        await closed.close({ deadline: Number.POSITIVE_INFINITY });
        destroyed.destroy(new Error("no longer needed"));
        await turns(20);
        assert.deepEqual(bench.fatal(closed), []);
        assert.deepEqual(bench.fatal(destroyed), []);
      },
    },
  ],
};

/** Fails a statement, and looks at the connection in the very callback of the rejection. */
async function stateAtRejection(
  connection: DriverConnection,
  bench: Bench,
  text: string,
): Promise<readonly [boolean, string]> {
  let state: readonly [boolean, string] | undefined;
  const look = () => {
    state = [connection.usable, connection.txStatus];
  };
  try {
    const pending = connection.query(bench.statement(text), { deadline: Number.POSITIVE_INFINITY });
    if (pending instanceof Promise) await pending.catch(look);
  } catch {
    look();
  }
  assert.ok(state !== undefined, "the statement failed");
  return state;
}
