import assert from "node:assert/strict";
import { type Database, MdbError } from "@nsj/mdb-core";
import { pause } from "../pause.ts";
import type { Direction } from "../proxy/fault.ts";
import type { FaultProxy } from "../proxy/fault-proxy.ts";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { connections, supplied } from "./need.ts";
import { seededRandom } from "./seeded-random.ts";
import { turns } from "./wait.ts";

/** Core's pool over this driver. */
export const corePool: Area = {
  name: "with the pool",
  cases: [
    {
      name: "serves a hundred callers with three connections",
      needs: [connections(3)],
      async run(bench) {
        const database = bench.database({ pool: { max: 3 } });
        const answers = await bench.within(
          Promise.all(Array.from({ length: 100 }, (_, n) => database.queryScalar(bench.select(`${n} + 0 as n`)))),
          "a hundred callers",
        );
        assert.deepEqual(
          answers.map(Number),
          Array.from({ length: 100 }, (_, n) => n),
        );
        const { total, busy, waiting } = database.stats();
        assert.ok(total <= 3);
        assert.deepEqual([busy, waiting], [0, 0]);
      },
    },
    {
      name: "replaces connections that were killed while they were idle, and no caller notices",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, options } = await bench.proxied();
        const database = bench.database({ pool: { max: 4 } }, { options });
        for (let round = 0; round < 5; round++) {
          await Promise.all(Array.from({ length: 8 }, () => database.query(bench.select("1 as n"))));
          proxy.endAll(round % 2 === 0 ? "reset" : "end");
          await bench.eventually(() => database.stats().idle === 0, "the pool has noticed");
        }
        assert.equal(Number(await database.queryScalar(bench.select("1 as n"))), 1);
      },
    },
    {
      name: "leaves nothing open when it is closed in the middle of work",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, options } = await bench.proxied();
        const database = bench.database({ pool: { max: 4 } }, { options });
        const work = Array.from({ length: 30 }, () => database.query(bench.subject.sql.series(2_000)));
        const outcomes = Promise.allSettled(work);
        await turns(10);
        await bench.within(database.close({ timeoutMs: 50 }), "close() in the middle of work");
        await bench.within(outcomes, "the statements under way");
        await bench.within(proxy.drained(), "the pool's sockets");
        const { total, busy, waiting } = database.stats();
        assert.deepEqual([total, busy, waiting], [0, 0, 0]);
      },
    },
    {
      name: "runs every statement once or fails with a clear error through a thousand random cuts, and loses no connection",
      needs: [supplied("network")],
      timeoutFactor: 5,
      run: randomCuts,
    },
  ],
};

/** Callers insert rows of their own without pause, while links break anywhere. Then the table is compared with what callers were told. */
async function randomCuts(bench: Bench): Promise<void> {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const fixture = bench.database({ pool: { max: 1 } });
  const table = await bench.tableIn(fixture, `id ${bench.subject.types.integer}`);
  const { proxy, options } = await bench.proxied();
  const max = 6;
  const database = bench.database({ pool: { max, acquireTimeoutMs: 10_000 } }, { options });
  await database.query(bench.select("1"));
  // As far as a login and a statement go and once more, so that not every connection dies in its login, however long that is.
  const reach = { "to-server": 2 * proxy.bytes("to-server"), "to-client": 2 * proxy.bytes("to-client") };
  // Only how each ended: a pool that is down refuses a great many, and every kept error would hold its stack.
  const told = new Map<number, "done" | "failed">();
  const state = { cutting: true, next: 0 };
  const caller = async () => {
    while (state.cutting) {
      const id = state.next++;
      const outcome = await outcomeOf(insert(database, table, id, random() < 0.3));
      told.set(id, outcome === "done" ? "done" : "failed");
      // A pool that is down refuses at once; without a pause its callers would never let the sockets have their turn.
      await turns(1);
    }
  };
  const callers = Array.from({ length: 2 * max }, caller);
  await cutAtRandom(proxy, random, reach, 1_000);
  state.cutting = false;
  await bench.within(Promise.all(callers), `the callers (seed ${seed})`);
  await proxy.set({ kind: "pass" });

  const counts = new Map<number, number>();
  for (const { id } of await fixture.query<{ id: number }>(`select id from ${table}`)) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const [id, answer] of told) {
    const count = counts.get(id) ?? 0;
    if (answer === "done") assert.equal(count, 1, `row ${id} is there once, as its caller was told (seed ${seed})`);
    else assert.ok(count <= 1, `row ${id} is there ${count} times (seed ${seed})`);
  }
  const failed = [...told.values()].filter((it) => it !== "done").length;
  assert.ok(failed > 0 && failed < told.size, `${failed} of ${told.size} failed: the cuts hit, and not everything`);
  const { busy, validating, resetting, waiting, total } = database.stats();
  // The pool itself may still check or clean one.
  assert.deepEqual([busy - validating - resetting, waiting], [0, 0], `nothing is lent out (seed ${seed})`);
  assert.ok(total <= max);
  await bench.eventually(() => database.stats().busy === 0, "no connection is busy");
  await bench.eventually(
    async () => (await outcomeOf(insert(database, table, -1, false))) === "done",
    "the pool works",
  );
  await bench.within(database.close(), "close()");
  await bench.within(proxy.drained(), "the pool's sockets");
}

/** Breaks one link after the other, each after some more bytes in either direction. */
async function cutAtRandom(
  proxy: FaultProxy,
  random: () => number,
  reach: Readonly<Record<Direction, number>>,
  cuts: number,
): Promise<void> {
  for (let cut = 0; cut < cuts; ) {
    const { links } = proxy;
    const link = links[Math.floor(random() * links.length)];
    if (link !== undefined) {
      cut += 1;
      const direction = random() < 0.5 ? "to-server" : "to-client";
      link.set({
        kind: "cut",
        direction,
        afterBytes: Math.floor(random() * reach[direction]),
        ending: random() < 0.5 ? "end" : "reset",
      });
    }
    // Time for a statement or two, so that the cuts meet every kind of work.
    await (random() < 0.2 ? pause(random() * 10) : turns(1 + Math.floor(random() * 5)));
  }
}

function insert(database: Database, table: string, id: number, inTransaction: boolean): Promise<unknown> {
  const text = `insert into ${table} (id) values (:id)`;
  if (!inTransaction) return database.execute(text, { id });
  return database.transaction((tx) => tx.execute(text, { id }));
}

/** Every failure has to be an error of the library: that is what is clear about it. */
async function outcomeOf(work: Promise<unknown>): Promise<"done" | MdbError> {
  try {
    await work;
    return "done";
  } catch (error) {
    assert.ok(error instanceof MdbError, `an error of the library, not ${String(error)}`);
    return error;
  }
}
