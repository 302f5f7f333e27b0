import assert from "node:assert/strict";
import type { DriverConnection } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { asleep } from "./asleep.ts";
import type { Bench } from "./bench.ts";
import { connections, snippet, supplied } from "./need.ts";
import { soon } from "./wait.ts";

export const close: Area = {
  name: "close",
  cases: [
    {
      name: "closes, and is unusable from then on",
      async run(bench) {
        const connection = await bench.connect();
        await bench.works(connection);
        await bench.within(connection.close(soon()), "close()");
        await refusesEverything(bench, connection);
      },
    },
    {
      name: "is unusable as soon as destroy returns",
      async run(bench) {
        const connection = await bench.connect();
        connection.destroy(new Error("the reason"));
        assert.equal(connection.usable, false);
        await refusesEverything(bench, connection);
      },
    },
    {
      name: "destroys as often as it is asked, in whatever state, without throwing",
      needs: [connections(2)],
      async run(bench) {
        const idle = await bench.connect();
        idle.destroy();
        idle.destroy(new Error("again"));
        const closed = await bench.connect();
        await closed.close(soon());
        closed.destroy();
        const closing = await bench.connect();
        const pending = closing.close(soon());
        closing.destroy(undefined);
        await bench.within(Promise.allSettled([pending]), "close() of a connection that was destroyed");
        const inTransaction = await bench.connect();
        await inTransaction.begin({});
        inTransaction.destroy();
        inTransaction.destroy();
      },
    },
    {
      name: "rolls back what is open when it is closed",
      needs: [connections(2)],
      run: (bench) => rollsBack(bench, (connection) => connection.close(soon())),
    },
    {
      name: "rolls back what is open when it is destroyed",
      needs: [connections(2)],
      run: (bench) => rollsBack(bench, async (connection) => connection.destroy()),
    },
    {
      name: "rejects a pending statement when it is destroyed",
      needs: [snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const { sleeping } = await asleep(bench, connection, 20_000);
        connection.destroy();
        const { info } = await bench.failing(() => sleeping, "a statement whose connection was destroyed");
        assert.equal(info.connection, "dead");
        assert.notEqual(info.executed, "no");
      },
    },
    {
      name: "settles by the deadline when it is closed with a statement in flight, and settles that too",
      needs: [snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        const { sleeping } = await asleep(bench, connection, 2_000);
        await bench.within(Promise.allSettled([connection.close(soon(500))]), "close() with a statement in flight");
        assert.equal(connection.usable, false);
        await bench.within(Promise.allSettled([sleeping]), "the statement in flight");
      },
    },
    {
      name: "closes a connection that is dead already",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        await admin.kill(await admin.identify(connection));
        await bench.eventually(() => !connection.usable, "a killed connection is unusable");
        await bench.within(Promise.allSettled([connection.close(soon())]), "close() of a dead connection");
      },
    },
    {
      name: "lets go of its socket when it is closed",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await connection.close(soon());
        await bench.within(proxy.drained(), "the socket of a closed connection");
      },
    },
    {
      name: "lets go of its socket when it is destroyed, also in the middle of a statement",
      needs: [supplied("network"), snippet("sleep")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        const { sleeping } = await asleep(bench, connection, 20_000);
        connection.destroy();
        await bench.within(proxy.drained(), "the socket of a destroyed connection");
        await bench.failing(() => sleeping, "the pending statement");
      },
    },
    {
      name: "closes by the deadline although the network has gone silent",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await proxy.set({ kind: "blackhole" });
        await bench.within(Promise.allSettled([connection.close(soon(300))]), "close() on a silent network");
        assert.equal(connection.usable, false);
        await bench.within(proxy.drained(), "the socket of a closed connection");
      },
    },
  ],
};

async function refusesEverything(bench: Bench, connection: DriverConnection): Promise<void> {
  assert.equal(connection.usable, false);
  const calls: readonly [string, () => unknown][] = [
    ["query()", () => bench.run(connection, bench.select("1"))],
    [
      "begin() and a statement",
      async () => {
        await connection.begin({});
        await bench.run(connection, bench.select("1"));
      },
    ],
    [
      "executeMany()",
      () =>
        connection.executeMany?.(bench.select(bench.placeholder(1)), [[1]], soon()) ??
        Promise.reject(new Error("absent")),
    ],
    [
      "stream()",
      () =>
        connection.stream?.(bench.statement(bench.select("1")), { ...soon(), fetchSize: 1 }).read() ??
        Promise.reject(new Error("absent")),
    ],
  ];
  for (const [what, call] of calls) {
    const { info } = await bench.failing(call, `${what} on a closed connection`);
    assert.notEqual(info.executed, "yes", `${what} was not executed`);
  }
  assert.equal(connection.usable, false);
}

async function rollsBack(bench: Bench, end: (connection: DriverConnection) => Promise<void>): Promise<void> {
  const connection = await bench.connect();
  const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
  await connection.begin({});
  await bench.run(connection, `insert into ${table} (id) values (1)`);
  await end(connection);
  const other = await bench.connect();
  // The server may need a moment to see that the client has gone, and to let go of its locks.
  await bench.run(other, `insert into ${table} (id) values (2)`);
  await bench.eventually(
    async () => (await bench.texts(other, `select id from ${table} order by id`)).join() === "2",
    "the row of the transaction that was open is gone",
  );
}
