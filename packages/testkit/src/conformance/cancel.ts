import assert from "node:assert/strict";
import type { Area } from "./area.ts";
import { asleep } from "./asleep.ts";
import { capability, concurrentWrites, connections, type Need, snippet, supplied, waitsForLocks } from "./need.ts";
import { soon, turns } from "./wait.ts";

const cancelling: Need = capability("cancel");

export const cancel: Area = {
  name: "cancel",
  cases: [
    {
      name: "stops the statement on the server, and the connection goes on",
      needs: [cancelling, snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        // Three times as long as anything here waits: only a server that stops can answer the next statement in time.
        const { sleeping } = await asleep(bench, connection, 45_000);
        await bench.within(connection.cancel?.(soon()), "cancel()");
        const { info } = await bench.failingWith("cancelled", () => sleeping);
        assert.notEqual(info.executed, "no", "it had started");
        await bench.within(bench.worksOrSaysSo(connection), "the next statement");
      },
    },
    {
      name: "never hits a later statement, however close the race",
      needs: [cancelling],
      async run(bench) {
        let connection = await bench.connect();
        for (let round = 0; round < 40; round++) {
          if (!connection.usable) connection = await bench.connect();
          const quick = bench.run(connection, bench.select("1"));
          const outcome = Promise.allSettled([quick]);
          await turns(round % 4);
          await bench.within(connection.cancel?.(soon()), "cancel()");
          await bench.within(outcome, "the statement that was cancelled, or not");
          if (!connection.usable) continue;
          // Long enough that an order which is still on its way meets it.
          const long = bench.subject.sql.sleep?.(5 + (round % 3) * 10);
          if (long !== undefined) await bench.within(bench.run(connection, long), `round ${round}, a later statement`);
          for (let after = 0; after < 3; after++) {
            const what = `round ${round}, statement ${after}`;
            assert.deepEqual(await bench.within(bench.texts(connection, bench.select("2")), what), ["2"], what);
          }
        }
      },
    },
    {
      name: "does no harm when nothing runs",
      needs: [cancelling],
      async run(bench) {
        const connection = await bench.connect();
        for (let round = 0; round < 5; round++) {
          await bench.within(connection.cancel?.(soon()), "cancel() of nothing");
          await bench.worksOrSaysSo(connection);
          assert.equal(connection.usable, true);
        }
      },
    },
    {
      name: "leaves a transaction in a state that it tells truly",
      needs: [cancelling, snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        const { sleeping } = await asleep(bench, connection, 45_000);
        await bench.within(connection.cancel?.(soon()), "cancel()");
        await bench.failingWith("cancelled", () => sleeping);
        if (!connection.usable) return;
        if (connection.txStatus === "active") {
          await bench.run(connection, `insert into ${table} (id) values (2)`);
        } else {
          await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (2)`));
        }
        await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
      },
    },
    {
      name: "frees a statement that waits for a lock",
      needs: [cancelling, connections(2), concurrentWrites, waitsForLocks],
      async run(bench) {
        const holder = await bench.connect();
        const table = await bench.table(holder, `id ${bench.subject.types.integer}, n ${bench.subject.types.integer}`);
        await bench.run(holder, `insert into ${table} (id, n) values (1, 0)`);
        await holder.begin({});
        await bench.run(holder, `update ${table} set n = 1 where id = 1`);
        const waiter = await bench.connect();
        let settled = false;
        const waiting = bench.run(waiter, `update ${table} set n = 2 where id = 1`).finally(() => {
          settled = true;
        });
        waiting.catch(() => undefined);
        await turns(20);
        assert.equal(settled, false, "it waits for the lock");
        await bench.within(waiter.cancel?.(soon()), "cancel()");
        await bench.failingWith("cancelled", () => waiting);
        await holder.commit();
        await bench.worksOrSaysSo(waiter);
        assert.deepEqual(await bench.texts(holder, `select n from ${table}`), ["1"]);
      },
    },
    {
      name: "may be called twice at once",
      needs: [cancelling, snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const { sleeping } = await asleep(bench, connection, 45_000);
        const orders = [connection.cancel?.(soon()), connection.cancel?.(soon())];
        await bench.within(Promise.allSettled(orders), "two cancel() at once");
        await bench.failingWith("cancelled", () => sleeping);
        await bench.worksOrSaysSo(connection);
      },
    },
    {
      name: "settles by its deadline on a silent network",
      needs: [cancelling, snippet("sleep"), supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        const { sleeping } = await asleep(bench, connection, 45_000);
        await proxy.set({ kind: "blackhole" });
        await bench.within(Promise.allSettled([connection.cancel?.(soon(300))]), "cancel() on a silent network");
        connection.destroy();
        await bench.failing(() => sleeping, "the pending statement");
        await bench.eventually(() => proxy.open === 0, "no socket is left");
      },
    },
    {
      name: "stops a slow stream, and the stream can be closed",
      needs: [cancelling, capability("stream"), snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const rows = connection.stream?.(bench.statement(bench.subject.sql.sleep?.(45_000) ?? ""), {
          ...soon(),
          fetchSize: 5,
        });
        assert.ok(rows !== undefined);
        const reading = Promise.resolve(rows.read());
        reading.catch(() => undefined);
        await turns(20);
        await bench.within(connection.cancel?.(soon()), "cancel()");
        await bench.failingWith("cancelled", () => reading);
        await bench.within(rows.close(), "close() of a cancelled stream");
        await bench.worksOrSaysSo(connection);
      },
    },
  ],
};
