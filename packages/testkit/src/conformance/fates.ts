import assert from "node:assert/strict";
import type { DriverConnection, Fate } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, connections, supplied } from "./need.ts";
import { transactionBehindProxy } from "./transaction-behind-proxy.ts";
import { soon } from "./wait.ts";

const withFates = [capability("fates"), connections(2)];

/** What a connection knows of its transaction, and another one of what became of it. */
export const fates: Area = {
  name: "fates",
  cases: [
    {
      name: "are told by another connection: pending while the transaction runs, then what became of it",
      needs: withFates,
      async run(bench) {
        const [one, other] = [await bench.connect(), await bench.connect()];
        const table = await bench.table(one, `id ${bench.subject.types.integer}`);
        for (const [end, fate] of [
          ["commit", "committed"],
          ["rollback", "rolled back"],
        ] as const) {
          await one.begin({ traceable: true });
          await bench.run(one, `insert into ${table} (id) values (1)`);
          const number = numberOf(one);
          assert.equal(await other.fateOf?.(number, soon()), "pending");
          await one[end]();
          assert.equal(numberOf(one), number, "it stays readable");
          assert.equal(await other.fateOf?.(number, soon()), fate);
        }
      },
    },
    {
      name: "never say that nothing was written once something was, whichever way",
      needs: withFates,
      async run(bench) {
        const [one, other] = [await bench.connect(), await bench.connect()];
        const table = await bench.table(one, `id ${bench.subject.types.integer}`);
        for (const write of waysToWrite(bench, table)) {
          await one.begin({ traceable: true });
          await bench.run(one, bench.select("1"));
          assert.notEqual(typeof one.transactionNumber, "string", "it has written nothing so far");
          await write(one);
          assert.notEqual(one.transactionNumber, null, "it has written");
          await one.commit();
          assert.equal(await other.fateOf?.(numberOf(one), soon()), "committed");
        }
      },
    },
    {
      name: "are those of the transaction that was begun last, and of none that need not be traced",
      needs: withFates,
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const insert = () => bench.run(connection, `insert into ${table} (id) values (1)`);
        await connection.begin({ traceable: true });
        await insert();
        await connection.commit();
        const first = numberOf(connection);
        await connection.begin({ traceable: true });
        await bench.run(connection, bench.select("1"));
        assert.notEqual(connection.transactionNumber, first, "the number of the transaction before");
        await insert();
        assert.notEqual(numberOf(connection), first);
        await connection.rollback();
        await connection.begin({});
        await insert();
        assert.equal(connection.transactionNumber, undefined, "nobody has asked for it");
        await connection.rollback();
      },
    },
    {
      name: "are known after a connection was lost in COMMIT: committed where only the answer was lost, rolled back where nothing arrived",
      needs: [...withFates, supplied("network")],
      async run(bench) {
        const other = await bench.connect();
        const table = await bench.table(other, `id ${bench.subject.types.integer}`);
        const ids = () => bench.texts(other, `select id from ${table} order by id`);

        const answered = await transactionBehindProxy(bench, table, 1, { traceable: true });
        await answered.proxy.set({ kind: "hold", direction: "to-client" });
        const committing = bench.failing(async () => answered.connection.commit());
        await bench.eventually(async () => (await ids()).length === 1, "the server has committed");
        answered.proxy.endAll("reset");
        assert.equal((await committing).info.kind, "lost");
        assert.equal(await fateOf(bench, other, answered.connection), "committed");

        const unheard = await transactionBehindProxy(bench, table, 2, { traceable: true });
        await unheard.proxy.set({ kind: "cut", direction: "to-server", afterBytes: 0, ending: "reset" });
        await bench.failing(async () => unheard.connection.commit());
        assert.equal(await fateOf(bench, other, unheard.connection), "rolled back");
        assert.deepEqual(await ids(), ["1"]);
      },
    },
    {
      name: "are unknown of what is no number of a transaction, and the connection that was asked works on",
      needs: withFates,
      async run(bench) {
        const connection = await bench.connect();
        for (const number of ["", "x", "-1", "99999999999", "1; select 1"]) {
          assert.equal(await connection.fateOf?.(number, soon()), "unknown", `the fate of "${number}"`);
        }
        await bench.works(connection);
      },
    },
  ],
};

function numberOf({ transactionNumber }: DriverConnection): string {
  assert.equal(typeof transactionNumber, "string", `the transaction's number is ${String(transactionNumber)}`);
  return transactionNumber as string;
}

/** The fate of a lost connection's transaction, once the server has noticed that it is lost. */
async function fateOf(bench: Bench, asked: DriverConnection, lost: DriverConnection): Promise<Fate | undefined> {
  const number = numberOf(lost);
  let fate: Fate | undefined;
  await bench.eventually(async () => {
    fate = await asked.fateOf?.(number, soon());
    return fate !== "pending";
  }, "the transaction is over");
  return fate;
}

function waysToWrite(bench: Bench, table: string): readonly ((connection: DriverConnection) => Promise<unknown>)[] {
  const { capabilities } = bench;
  const text = bench.statement(`insert into ${table} (id) values (?)`, 1).text;
  const target = { table: [bench.stored(table)], columns: [bench.stored("id")] };
  return [
    async (it) => bench.run(it, `insert into ${table} (id) values (1)`),
    ...(capabilities.executeMany ? [async (it: DriverConnection) => it.executeMany?.(text, [[1], [2]], soon())] : []),
    ...(capabilities.bulkLoad ? [async (it: DriverConnection) => it.bulkLoad?.(target, oneBatch(), soon())] : []),
  ];
}

async function* oneBatch(): AsyncGenerator<readonly (readonly number[])[]> {
  yield [[1], [2]];
}
