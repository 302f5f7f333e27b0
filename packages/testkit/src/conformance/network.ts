import assert from "node:assert/strict";
import type { DriverConnection } from "@nsj/mdb-core";
import type { Direction, Ending } from "../proxy/fault.ts";
import type { Area, Case } from "./area.ts";
import { asleep } from "./asleep.ts";
import type { Bench } from "./bench.ts";
import { type Need, snippet, supplied } from "./need.ts";
import { transactionBehindProxy } from "./transaction-behind-proxy.ts";
import { soon, turns } from "./wait.ts";

const network: Need = supplied("network");

export const networkFaults: Area = {
  name: "network",
  cases: [
    {
      name: "works over a network that delivers every byte by itself",
      needs: [network],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await proxy.set({ kind: "trickle", bytes: 1 });
        const text = "it's ünïcödé \u{1f600}";
        const table = await bench.table(
          connection,
          `id ${bench.subject.types.integer}, body ${bench.subject.types.text}`,
        );
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id, body) values (?, ?)`, 1, text);
        await connection.commit();
        assert.deepEqual(await bench.rows(connection, `select body from ${table}`), [[text]]);
        await bench.failing(() => bench.run(connection, "selec 1"));
        await bench.works(connection);
      },
    },
    cutEverywhere("to-client", "end"),
    cutEverywhere("to-client", "reset"),
    cutEverywhere("to-server", "reset"),
    {
      name: "reports a connection that dies while it is idle, once",
      needs: [network],
      async run(bench) {
        for (const ending of ["end", "reset"] as const) {
          const { proxy, connector } = await bench.behindProxy();
          const connection = await bench.connect(connector);
          await bench.works(connection);
          proxy.endAll(ending);
          await bench.eventually(() => bench.fatal(connection).length > 0, `onFatal after ${ending}`);
          await turns(20);
          assert.equal(bench.fatal(connection).length, 1);
          assert.equal(connection.usable, false);
        }
      },
    },
    {
      name: "is dead after a cut within a transaction, and nothing of it stays",
      needs: [network],
      async run(bench) {
        const fixture = await bench.connect();
        const table = await bench.table(fixture, `id ${bench.subject.types.integer}`);
        const { proxy, connection } = await transactionBehindProxy(bench, table);
        proxy.endAll("reset");
        const { info } = await bench.failing(async () => {
          for (;;) {
            await bench.run(connection, bench.select("1"));
            await turns();
          }
        });
        assert.equal(info.connection, "dead");
        assert.equal(connection.usable, false);
        await bench.failing(() => connection.commit(), "commit() on a dead connection");
        assert.deepEqual(await bench.texts(fixture, `select id from ${table}`), []);
      },
    },
    {
      name: "says that nothing was executed only where nothing was sent",
      needs: [network],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const dead = await bench.connect(connector);
        proxy.endAll("reset");
        await bench.eventually(() => !dead.usable, "a cut connection is unusable");
        const before = proxy.bytes("to-server");
        const unsent = await bench.failing(() => bench.run(dead, bench.select("1")));
        assert.notEqual(unsent.info.executed, "yes");
        assert.equal(proxy.bytes("to-server"), before, "nothing was sent");

        const sent = await bench.connect(connector);
        await proxy.set({ kind: "hold", direction: "to-client" });
        const pending = bench.run(sent, bench.select("1"));
        pending.catch(() => undefined);
        await bench.eventually(() => proxy.bytes("to-server") > before, "the statement is on its way");
        proxy.endAll("reset");
        const lost = await bench.failing(() => pending);
        assert.equal(lost.info.executed, "maybe", "bytes of the statement were sent");
      },
    },
    {
      name: "does not wait for ever when it is destroyed on a half-open connection",
      needs: [network],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await proxy.set({ kind: "half-open" });
        const pending = bench.run(connection, bench.select("1"));
        pending.catch(() => undefined);
        await turns(20);
        connection.destroy();
        const { info } = await bench.failing(() => pending);
        assert.equal(info.connection, "dead");
        await bench.within(proxy.drained(), "the socket of a half-open connection");
      },
    },
    {
      name: "answers a ping on a silent network by its deadline, or can be destroyed meanwhile",
      needs: [network],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        if (connection.ping === undefined) return;
        await connection.ping(soon());
        await proxy.set({ kind: "blackhole" });
        const pinging = connection.ping(soon(200));
        pinging.catch(() => undefined);
        await turns(20);
        connection.destroy();
        await bench.failing(() => pinging, "ping() on a silent network");
      },
    },
    {
      name: "loses its connections in a restart of the server, and connects again afterwards",
      needs: [
        ({ subject }) => (subject.admin === undefined ? "admin: absent" : undefined),
        ({ subject }) => (subject.canRestart === true ? undefined : "canRestart: absent"),
      ],
      async run(bench) {
        const idle = await bench.connect();
        const admin = await bench.admin();
        await bench.within(admin.restart?.(), "restart()");
        await bench.eventually(() => !idle.usable, "a connection from before the restart is unusable");
        assert.equal(bench.fatal(idle).length, 1);
        await bench.works(await bench.connect());
      },
    },
    {
      name: "rejects a statement under way when its session is killed, and the process lives on",
      needs: [supplied("admin"), snippet("sleep")],
      async run(bench) {
        const admin = await bench.admin();
        for (const inside of [false, true]) {
          const connection = await bench.connect();
          const identity = await admin.identify(connection);
          if (inside) await connection.begin({});
          const { sleeping } = await asleep(bench, connection, 30_000);
          await admin.kill(identity);
          const { info } = await bench.failing(() => sleeping);
          assert.equal(info.connection, "dead");
          assert.equal(connection.usable, false);
        }
      },
    },
  ],
};

/** Cuts one insert after each byte of its exchange. Whatever the driver says about it must agree with the table. */
function cutEverywhere(direction: Direction, ending: Ending): Case {
  return {
    name: `survives a cut after every byte ${direction === "to-client" ? "of an answer" : "of a request"} (${ending})`,
    needs: [network],
    async run(bench) {
      const fixture = await bench.connect();
      const table = await bench.table(fixture, `id ${bench.subject.types.integer}`);
      const { proxy, connector } = await bench.behindProxy();
      const insert = (connection: DriverConnection, id: number) =>
        bench.run(connection, `insert into ${table} (id) values (?)`, id);
      const probe = await bench.connect(connector);
      const before = proxy.bytes(direction);
      await insert(probe, 0);
      const length = proxy.bytes(direction) - before;
      assert.ok(length > 0, "the exchange has bytes");
      const step = Math.max(1, Math.ceil(length / 40));
      for (let afterBytes = 0; afterBytes < length; afterBytes += step) {
        await proxy.set({ kind: "pass" });
        const connection = await bench.connect(connector);
        await proxy.set({ kind: "cut", direction, afterBytes, ending });
        await checkCut(bench, connection, table, afterBytes + 1, () => insert(connection, afterBytes + 1));
      }
    },
  };
}

async function checkCut(
  bench: Bench,
  connection: DriverConnection,
  table: string,
  id: number,
  insert: () => Promise<unknown>,
): Promise<void> {
  const [outcome] = await bench.within(Promise.allSettled([insert()]), `an insert that was cut after ${id - 1} bytes`);
  if (outcome.status === "fulfilled") {
    // The answer itself may have been complete before the cut.
    await stored(bench, table, id, true);
    return;
  }
  const info = bench.driver.classify(outcome.reason);
  assert.equal(info.connection, "dead", `after ${id - 1} bytes: ${String(outcome.reason)}`);
  assert.equal(connection.usable, false, `after ${id - 1} bytes`);
  if (info.executed === "no") await stored(bench, table, id, false);
  if (info.executed === "yes") await stored(bench, table, id, true);
}

async function stored(bench: Bench, table: string, id: number, expected: boolean): Promise<void> {
  const witness = await bench.connect();
  const found = await bench.texts(witness, `select count(*) from ${table} where id = ?`, id);
  witness.destroy();
  assert.deepEqual(found, [expected ? "1" : "0"], `row ${id}`);
}
