import assert from "node:assert/strict";
import type { Area } from "./area.ts";
import { capability, concurrentWrites, connections, dialect, snippet, supplied, waitsForLocks } from "./need.ts";
import { sideBySide } from "./side-by-side.ts";
import { transactionBehindProxy } from "./transaction-behind-proxy.ts";
import { progressOf, turns } from "./wait.ts";

export const transactions: Area = {
  name: "transactions",
  cases: [
    {
      name: "shows others nothing before commit, and everything after it",
      needs: [connections(2)],
      async run(bench) {
        const writer = await bench.connect();
        const reader = await bench.connect();
        const table = await bench.table(writer, `id ${bench.subject.types.integer}`);
        await writer.begin({});
        await bench.run(writer, `insert into ${table} (id) values (1)`);
        assert.deepEqual(await bench.texts(writer, `select id from ${table}`), ["1"], "it sees its own row");
        const looking = bench.texts(reader, `select id from ${table}`);
        const progress = await progressOf(looking);
        if (progress.state === "done") assert.deepEqual(progress.value, [], "a row that is not committed is not seen");
        await writer.commit();
        await bench.within(Promise.allSettled([looking]), "a reader that waited for the commit");
        assert.deepEqual(await bench.texts(reader, `select id from ${table}`), ["1"]);
      },
    },
    {
      name: "undoes everything on rollback",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(
          connection,
          `id ${bench.subject.types.integer}, n ${bench.subject.types.integer}`,
        );
        await bench.run(connection, `insert into ${table} (id, n) values (1, 10)`);
        await bench.run(connection, `insert into ${table} (id, n) values (2, 20)`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id, n) values (3, 30)`);
        await bench.run(connection, `update ${table} set n = 11 where id = 1`);
        await bench.run(connection, `delete from ${table} where id = 2`);
        await connection.rollback();
        const rows = await bench.rows(connection, `select id, n from ${table} order by id`);
        assert.deepEqual(
          rows.map((row) => row.map(String)),
          [
            ["1", "10"],
            ["2", "20"],
          ],
        );
      },
    },
    {
      name: "sends nothing for a transaction in which nothing was done, where begin is held back",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        const connection = await bench.connect(connector);
        await bench.works(connection);
        for (const end of ["commit", "rollback"] as const) {
          const before = proxy.bytes("to-server");
          await connection.begin({});
          await turns(20);
          const isHeldBack = proxy.bytes("to-server") === before;
          assert.equal(connection.txStatus, "active", "active at once");
          await connection[end]();
          await turns(20);
          if (isHeldBack) assert.equal(proxy.bytes("to-server"), before, `${end} without a statement is free`);
          await bench.works(connection);
        }
      },
    },
    {
      name: "keeps fifty transactions in a row apart",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (let id = 0; id < 50; id++) {
          await connection.begin({});
          await bench.run(connection, `insert into ${table} (id) values (?)`, id);
          await (id % 2 === 0 ? connection.commit() : connection.rollback());
        }
        const even = Array.from({ length: 25 }, (_, index) => String(index * 2));
        assert.deepEqual(await bench.texts(connection, `select id from ${table} order by id`), even);
      },
    },
    {
      name: "refuses to commit a transaction that a failure has doomed, and commits the rest where it has not",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (1)`));
        const doomed = connection.txStatus === "failed";
        if (doomed) await bench.failing(() => connection.commit(), "commit() of a failed transaction");
        else await connection.commit();
        if (connection.txStatus !== "idle") await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select id from ${table}`), doomed ? [] : ["1"]);
      },
    },
    {
      name: "does not claim to commit a transaction that the server has ended by itself",
      needs: [snippet("endTransaction")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        await bench.failing(async () => {
          for (const text of bench.subject.sql.endTransaction?.(table) ?? []) await bench.run(connection, text);
        });
        assert.notEqual(connection.txStatus, "active", "the transaction is gone");
        await bench.failing(() => connection.commit(), "commit() of a transaction that is gone");
        if (connection.txStatus !== "idle") await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await bench.texts(connection, `select id from ${table}`), []);
      },
    },
    {
      name: "refuses writes in a read-only transaction, and only there",
      needs: [capability("readOnlyTransactions")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (let round = 0; round < 2; round++) {
          await connection.begin({ readOnly: true });
          assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), [String(round * 2)]);
          await bench.failingWith("read-only", () => bench.run(connection, `insert into ${table} (id) values (1)`));
          await connection.rollback();
          await connection.begin({ readOnly: false });
          await bench.run(connection, `insert into ${table} (id) values (1)`);
          await connection.commit();
          await bench.run(connection, `insert into ${table} (id) values (2)`);
        }
      },
    },
    {
      name: "accepts a deferrable transaction",
      needs: [capability("deferrableTransactions")],
      async run(bench) {
        const connection = await bench.connect();
        const [strictest] = bench.capabilities.isolation.slice(-1);
        await connection.begin({ deferrable: true, ...(strictest === undefined ? {} : { isolation: strictest }) });
        await bench.run(connection, bench.select("1"));
        await connection.commit();
        await bench.works(connection);
      },
    },
    {
      name: "undoes the creation of a table",
      needs: [dialect("transactionalDdl", true)],
      async run(bench) {
        const connection = await bench.connect();
        const name = bench.name();
        await connection.begin({});
        await bench.run(connection, `create table ${name} (id ${bench.subject.types.integer})`);
        await connection.rollback();
        await bench.failingWith("undefined-object", () => bench.run(connection, `select id from ${name}`));
      },
    },
    {
      name: "resolves a deadlock with one victim, which can go on after its rollback",
      needs: [connections(2), concurrentWrites, waitsForLocks],
      async run(bench) {
        const sides = [await bench.connect(), await bench.connect()] as const;
        const { integer } = bench.subject.types;
        const table = await bench.table(sides[0], `id ${integer} primary key, n ${integer}`);
        await bench.run(sides[0], `insert into ${table} (id, n) select n, 0 from (${bench.subject.sql.series(2)}) s`);
        const step = (side: 0 | 1, id: number) =>
          bench.run(sides[side], `update ${table} set n = n + 1 where id = ?`, id);
        const work = (side: 0 | 1) => async (meet: () => Promise<void>) => {
          await sides[side].begin({});
          await step(side, side + 1);
          await meet();
          try {
            await step(side, 2 - side);
          } catch (error) {
            // On Oracle only the statement is undone: the other side goes on when the victim lets go of its first lock.
            await sides[side].rollback();
            throw error;
          }
          await sides[side].commit();
        };
        const outcomes = await bench.within(sideBySide(work(0), work(1)), "the deadlock");
        const victims = outcomes.flatMap((it, side) => (it.ok ? [] : [{ side, error: it.error }]));
        assert.equal(victims.length, 1, "one victim");
        for (const { side, error } of victims) {
          const info = bench.driver.classify(error);
          assert.equal(info.kind, "deadlock");
          assert.equal(info.retry, "transaction");
          const connection = sides[side === 0 ? 0 : 1];
          await connection.rollback();
          await bench.works(connection);
        }
        assert.deepEqual(await bench.texts(sides[0], `select n from ${table} order by id`), ["1", "1"]);
      },
    },
    {
      name: "does not know the outcome when the connection is lost after COMMIT was sent",
      needs: [supplied("network")],
      async run(bench) {
        const fixture = await bench.connect();
        const table = await bench.table(fixture, `id ${bench.subject.types.integer}`);
        const { proxy, connection } = await transactionBehindProxy(bench, table);
        await proxy.set({ kind: "hold", direction: "to-client" });
        const before = proxy.bytes("to-server");
        const committing = Promise.resolve(connection.commit());
        committing.catch(() => undefined);
        while (proxy.bytes("to-server") === before) await turns();
        await turns(50);
        proxy.endAll("reset");
        const { info } = await bench.failing(() => committing, "a commit() without an answer");
        assert.equal(info.connection, "dead");
        assert.equal(info.executed, "maybe", "nobody can know");
        assert.equal(connection.usable, false);
      },
    },
    {
      name: "does not call a commit that never arrived executed",
      needs: [supplied("network")],
      async run(bench) {
        const fixture = await bench.connect();
        const table = await bench.table(fixture, `id ${bench.subject.types.integer}`);
        const { proxy, connection } = await transactionBehindProxy(bench, table);
        await proxy.set({ kind: "cut", direction: "to-server", afterBytes: 0 });
        const { info } = await bench.failing(() => connection.commit(), "a commit() that never arrived");
        assert.equal(info.connection, "dead");
        assert.notEqual(info.executed, "yes");
        assert.equal(connection.usable, false);
        assert.deepEqual(await bench.texts(fixture, `select id from ${table}`), []);
      },
    },
    {
      name: "says of a transaction whose session was killed that it is gone",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const fixture = await bench.connect();
        const table = await bench.table(fixture, `id ${bench.subject.types.integer}`);
        const admin = await bench.admin();
        const identity = await admin.identify(connection);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        await admin.kill(identity);
        const { info } = await bench.failing(async () => {
          for (;;) {
            await bench.run(connection, bench.select("1"));
            await turns();
          }
        }, "a statement in a killed session");
        assert.equal(info.connection, "dead");
        assert.equal(connection.usable, false);
        await bench.failing(() => connection.commit(), "commit() in a killed session");
        assert.deepEqual(await bench.texts(fixture, `select id from ${table}`), []);
      },
    },
    {
      name: "does not pretend to begin on a dead connection",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        await admin.kill(await admin.identify(connection));
        await bench.failing(async () => {
          for (;;) {
            await connection.begin({});
            await bench.run(connection, bench.select("1"));
            await connection.rollback();
          }
        }, "begin() and a statement in a killed session");
        assert.equal(connection.usable, false);
      },
    },
  ],
};
