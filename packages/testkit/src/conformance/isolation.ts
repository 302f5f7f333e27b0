import assert from "node:assert/strict";
import type { DriverConnection, Isolation } from "@nsj/mdb-core";
import type { Area, Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { connections, isolation as level, snippet } from "./need.ts";
import { type SideOutcome, sideBySide } from "./side-by-side.ts";
import { progressOf } from "./wait.ts";

const stable = ["repeatable read", "snapshot", "serializable"] as const;

export const isolation: Area = {
  name: "isolation",
  cases: [
    {
      name: "accepts every level that it declares",
      async run(bench) {
        const connection = await bench.connect();
        for (const declared of bench.capabilities.isolation) {
          await connection.begin({ isolation: declared });
          await bench.run(connection, bench.select("1"));
          await connection.commit();
          await bench.works(connection);
        }
      },
    },
    {
      name: "gives each level that it declares, not another",
      needs: [snippet("currentIsolation")],
      async run(bench) {
        const connection = await bench.connect();
        const words = new Map<string, Isolation>();
        for (const declared of bench.capabilities.isolation) {
          await connection.begin({ isolation: declared });
          const word = await currentLevel(bench, connection);
          assert.ok(!words.has(word), `"${declared}" and "${words.get(word)}" are both "${word}"`);
          words.set(word, declared);
          await connection.rollback();
        }
      },
    },
    {
      name: "forgets a level with its transaction, however that ends",
      needs: [snippet("currentIsolation")],
      async run(bench) {
        const connection = await bench.connect();
        const byDefault = await levelOfNext(bench, connection);
        for (const declared of bench.capabilities.isolation) {
          for (const end of ["commit", "rollback"] as const) {
            await connection.begin({ isolation: declared });
            await bench.run(connection, bench.select("1"));
            await connection[end]();
            assert.equal(await levelOfNext(bench, connection), byDefault, `after ${end} of "${declared}"`);
          }
          await connection.begin({ isolation: declared });
          await bench.failing(() => bench.run(connection, "selec nothing"));
          await connection.rollback();
          assert.equal(await levelOfNext(bench, connection), byDefault, `after a failure in "${declared}"`);
        }
      },
    },
    ...(["read committed", ...stable] as const).map(noDirtyRead),
    ...stable.map(repeatableReads),
    ...(["snapshot", "serializable"] as const).map(noPhantoms),
    ...stable.map(noLostUpdate),
    noWriteSkew(),
  ],
};

function noDirtyRead(declared: Isolation): Case {
  return {
    name: `${declared}: reads nothing that is not committed`,
    needs: [level(declared), connections(2)],
    async run(bench) {
      const [writer, reader] = [await bench.connect(), await bench.connect()];
      const table = await counters(bench, writer);
      await writer.begin({});
      await bench.run(writer, `update ${table} set n = 99`);
      const looking = (async () => {
        await reader.begin({ isolation: declared });
        return bench.texts(reader, `select n from ${table} order by id`);
      })();
      await progressOf(looking);
      await writer.rollback();
      assert.deepEqual(await bench.within(looking, "the reader"), ["1", "1"]);
      await reader.rollback();
    },
  };
}

function repeatableReads(declared: Isolation): Case {
  return {
    name: `${declared}: reads the same row twice alike, whatever others commit in between`,
    needs: [level(declared), connections(2)],
    async run(bench) {
      const [writer, reader] = [await bench.connect(), await bench.connect()];
      const table = await counters(bench, writer);
      await reader.begin({ isolation: declared });
      const text = `select n from ${table} where id = 1`;
      assert.deepEqual(await bench.texts(reader, text), ["1"]);
      const writing = bench.run(writer, `update ${table} set n = 2 where id = 1`);
      await progressOf(writing);
      assert.deepEqual(await bench.texts(reader, text), ["1"]);
      await reader.commit();
      await bench.within(writing, "the writer");
      assert.deepEqual(await bench.texts(reader, text), ["2"], "the next transaction sees the change");
    },
  };
}

function noPhantoms(declared: Isolation): Case {
  return {
    name: `${declared}: counts the same rows twice, whatever others insert in between`,
    needs: [level(declared), connections(2)],
    async run(bench) {
      const [writer, reader] = [await bench.connect(), await bench.connect()];
      const table = await counters(bench, writer);
      await reader.begin({ isolation: declared });
      const text = `select count(*) from ${table}`;
      assert.deepEqual(await bench.texts(reader, text), ["2"]);
      const writing = bench.run(writer, `insert into ${table} (id, n) values (3, 1)`);
      await progressOf(writing);
      assert.deepEqual(await bench.texts(reader, text), ["2"]);
      await reader.commit();
      await bench.within(writing, "the writer");
      assert.deepEqual(await bench.texts(reader, text), ["3"]);
    },
  };
}

function noLostUpdate(declared: Isolation): Case {
  return {
    name: `${declared}: loses no update of two that started from the same value`,
    needs: [level(declared), connections(2)],
    async run(bench) {
      const sides = [await bench.connect(), await bench.connect()] as const;
      const table = await counters(bench, sides[0]);
      const outcomes = await transactionsSideBySide(bench, sides, declared, async (connection, meet) => {
        const [n] = await bench.texts(connection, `select n from ${table} where id = 1`);
        await meet();
        await bench.run(connection, `update ${table} set n = ? where id = 1`, Number(n) + 1);
        await meet();
      });
      const done = outcomes.filter((it) => it.ok).length;
      assert.ok(done >= 1, "at least one of them gets through");
      assert.deepEqual(await bench.texts(sides[0], `select n from ${table} where id = 1`), [String(1 + done)]);
    },
  };
}

function noWriteSkew(): Case {
  return {
    name: "serializable: lets no two transactions each rely on what the other one changes",
    needs: [level("serializable"), connections(2)],
    async run(bench) {
      const sides = [await bench.connect(), await bench.connect()] as const;
      const table = await counters(bench, sides[0]);
      // Each may take its own row to zero as long as the other one stays.
      const outcomes = await transactionsSideBySide(bench, sides, "serializable", async (connection, meet, side) => {
        const [sum] = await bench.texts(connection, `select sum(n) from ${table}`);
        await meet();
        if (Number(sum) >= 2) await bench.run(connection, `update ${table} set n = 0 where id = ?`, side + 1);
        await meet();
      });
      assert.ok(
        outcomes.some((it) => it.ok),
        "at least one of them gets through",
      );
      const [sum] = await bench.texts(sides[0], `select sum(n) from ${table}`);
      assert.ok(Number(sum) >= 1, "one of the rows is left");
    },
  };
}

/** Two rows, each with `n` 1. */
async function counters(bench: Bench, connection: DriverConnection): Promise<string> {
  const { integer } = bench.subject.types;
  const table = await bench.table(connection, `id ${integer} primary key, n ${integer}`);
  await bench.run(connection, `insert into ${table} (id, n) select n, 1 from (${bench.subject.sql.series(2)}) s`);
  return table;
}

/** Runs the same work in two transactions at once. A refusal must be one that running again can help. */
async function transactionsSideBySide(
  bench: Bench,
  sides: readonly [DriverConnection, DriverConnection],
  declared: Isolation,
  work: (connection: DriverConnection, meet: () => Promise<void>, side: number) => Promise<void>,
): Promise<readonly SideOutcome<void>[]> {
  const run = (side: 0 | 1) => async (meet: () => Promise<void>) => {
    const connection = sides[side];
    try {
      await connection.begin({ isolation: declared });
      await work(connection, meet, side);
      await connection.commit();
    } catch (error) {
      await connection.rollback();
      throw error;
    }
  };
  const outcomes = await bench.within(sideBySide(run(0), run(1)), "two transactions at once");
  for (const outcome of outcomes) {
    if (outcome.ok) continue;
    const { kind } = bench.driver.classify(outcome.error);
    assert.ok(
      ["serialization", "deadlock", "lock-timeout"].includes(kind),
      `refused as "${kind}": ${String(outcome.error)}`,
    );
  }
  return outcomes;
}

async function currentLevel(bench: Bench, connection: DriverConnection): Promise<string> {
  const [word] = await bench.texts(connection, bench.subject.sql.currentIsolation ?? "");
  return String(word);
}

async function levelOfNext(bench: Bench, connection: DriverConnection): Promise<string> {
  await connection.begin({});
  const word = await currentLevel(bench, connection);
  await connection.rollback();
  return word;
}
