import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  type DatabaseManager,
  defineDatabase,
  type ManagerOptions,
  type SpanningEvent,
  systemClock,
  TransactionAbortedError,
  TransactionStateError,
  UniqueViolationError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { type FakeDriver, fakeDriver } from "../fake/fake-driver.ts";
import type { Area, Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { rejection } from "./core-ledger.ts";
import { hurried } from "./hurried-clock.ts";
import { capability, connections, waitsForLocks } from "./need.ts";

/** The subject under the label `main` and two small engines that can prepare, each with a table. */
interface Spanning {
  readonly databases: DatabaseManager;
  readonly fakes: readonly [FakeDriver, FakeDriver];
  insert(
    id: number,
  ): (executor: { execute(text: string): Promise<unknown>; readonly label: string }) => Promise<unknown>;
  /** The rows of each label. */
  rows(): Promise<readonly string[]>;
}

/** Transactions over several databases, with this one among them: as the one that decides, and as a branch where it can be one. */
export const coreSpanning: Area = {
  name: "transactions over several databases",
  cases: [
    spanning("commits together with others, as the one that decides", async (bench, { databases, insert, rows }) => {
      await databases.transaction(["main", "x", "y"], async ({ main, x, y }) => {
        for (const it of [main, x, y]) if (it !== undefined) await insert(1)(it);
      });
      assert.deepEqual(await rows(), ["main 1", "x 1", "y 1"]);
      await databases.transaction(["x", "main", "y"], ({ x }) => insert(2)(x as never), { decider: "main" });
      assert.deepEqual(await rows(), ["main 1", "x 1", "x 2", "y 1"], "one writer alone");
      await bothOthers(databases, insert);
      assert.deepEqual(await rows(), ["main 1", "x 1", "x 2", "x 3", "y 1", "y 3"], "it decides untouched");
      assert.deepEqual(await databases.inDoubt().then((all) => all.filter(({ label }) => label !== "main")), []);
      assert.equal(bench.capabilities.maxConnections === 1, false);
    }),
    spanning(
      "keeps nothing when it refuses, or when another one does",
      async (_, { databases, fakes, insert, rows }) => {
        await insert(1)(databases.database("main"));
        const own = await rejection(
          databases.transaction(["main", "x"], async ({ main, x }) => {
            await insert(1)(x as never);
            await insert(1)(main as never);
          }),
        );
        assert.ok(own instanceof UniqueViolationError, String(own));
        fakes[1].script({ on: "prepareBranch", action: { fail: { kind: "serialization" } } });
        await rejection(
          databases.transaction(["main", "x", "y"], async ({ main, x, y }) => {
            for (const it of [main, x, y]) await insert(2)(it as never);
          }),
        );
        assert.deepEqual(await rows(), ["main 1"]);
      },
    ),
    spanning("cannot decide against a recovery that came before", async (_, { databases, insert, rows }) => {
      let event: SpanningEvent | undefined;
      const started = (it: unknown): void => {
        event = it as SpanningEvent;
      };
      subscribe("tracing:mdb:spanning:start", started);
      try {
        const error = await rejection(
          databases.transaction(["main", "x", "y"], async ({ x, y }) => {
            for (const it of [x, y]) await insert(3)(it as never);
            await databases.resolve(String(event?.id), "rollback", { force: true });
          }),
        );
        assert.ok(error instanceof TransactionAbortedError, String(error));
      } finally {
        unsubscribe("tracing:mdb:spanning:start", started);
      }
      assert.deepEqual(await rows(), []);
    }),
    {
      ...spanning(
        "is waited for while it decides, and keeps what was decided first",
        async (bench, { databases }) => {
          const id = await databases.prepareStore("main");
          const transaction = bench.name().padEnd(22, "0").slice(-22);
          const place = `${id}:${transaction}`;
          assert.equal(await databases.outcome(place), "undecided");
          const deciding = bench.database();
          await using open = await deciding.begin();
          await open.execute("insert into mdb_decisions (id, outcome, branches) values (:transaction, 'C', '[]')", {
            transaction,
          });
          const early = await rejection(databases.resolve(place, "rollback", { force: true }));
          assert.ok(early instanceof TransactionStateError, String(early));
          await open.commit();
          assert.equal(await databases.outcome(place), "committed");
          const late = await rejection(databases.resolve(place, "rollback", { force: true }));
          assert.ok(
            late instanceof TransactionStateError && /decided already: committed/.test(late.message),
            String(late),
          );
          await databases.resolve(place, "commit", { force: true });
          await deciding.execute("delete from mdb_decisions where id = :transaction", { transaction });
        },
        { clock: hurried },
      ),
      needs: [connections(2), waitsForLocks],
      timeoutFactor: 2,
    },
    {
      name: "forgets decisions that nobody can ask for any more, by the server's clock",
      needs: [connections(2)],
      async run(bench) {
        const fakes = [fakeDriver({ name: "x" }), fakeDriver({ name: "y" })] as const;
        let aheadMs = 0;
        const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
        const options = { clock, recovery: { everyMs: 20 } };
        try {
          const { databases, insert } = await spanningOver(bench, fakes, options);
          await bothOthers(databases, insert);
          const main = databases.database("main");
          const ids = () => main.query("select id from mdb_decisions order by id", [], { rowMode: "array" });
          const last = String((await ids()).at(-1)?.[0]);
          await main.execute("update mdb_decisions set decided_at = :moment where id = :last", {
            moment: new Date("2020-01-01T00:00:00Z"),
            last,
          });
          aheadMs = 7_200_000;
          await bench.eventually(async () => !(await ids()).some(([id]) => String(id) === last), "it is forgotten");
        } finally {
          for (const fake of fakes) fake.close();
        }
      },
    },
    {
      ...spanning("is a branch of what another one decides", async (_, { databases, fakes, insert, rows }) => {
        await databases.transaction(["x", "main"], async ({ main, x }) => {
          await insert(1)(main as never);
          await insert(1)(x as never);
        });
        assert.deepEqual(await rows(), ["main 1", "x 1"]);
        fakes[0].script({ on: "commit", action: { fail: { kind: "serialization" } } });
        await rejection(
          databases.transaction(["x", "main"], async ({ main, x }) => {
            await insert(2)(main as never);
            await insert(2)(x as never);
          }),
        );
        assert.deepEqual(await rows(), ["main 1", "x 1"], "rolled back with the decider");
        fakes[0].script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
        await databases.transaction(["x", "main"], async ({ main, x }) => {
          await insert(3)(main as never);
          await insert(3)(x as never);
        });
        assert.deepEqual(await rows(), ["main 1", "main 3", "x 1", "x 3"], "committed with the decider");
      }),
      needs: [connections(2), capability("branches", "at-commit", "from-begin")],
    },
    {
      name: "is refused as the one that decides where it lives in memory",
      needs: [
        ({ capabilities }) => (capabilities.maxConnections === 1 ? undefined : "capability maxConnections: not 1"),
      ],
      async run(bench) {
        const fake = fakeDriver({ name: "x" });
        try {
          const databases = bench.manager({ x: defineDatabase(fake.driver, {}) });
          for (const refused of [
            databases.transaction(["main", "x"], async () => undefined),
            databases.prepareStore("main"),
          ]) {
            const error = await rejection(refused);
            assert.ok(error instanceof UnsupportedError, String(error));
          }
        } finally {
          fake.close();
        }
      },
    },
  ],
};

/** A case with the databases for it. */
function spanning(
  name: string,
  run: (bench: Bench, spanning: Spanning) => Promise<void>,
  options: ManagerOptions = {},
): Case {
  return {
    name,
    needs: [connections(2)],
    async run(bench) {
      const fakes = [fakeDriver({ name: "x" }), fakeDriver({ name: "y" })] as const;
      try {
        await run(bench, await spanningOver(bench, fakes, options));
      } finally {
        for (const fake of fakes) fake.close();
      }
    },
  };
}

async function spanningOver(
  bench: Bench,
  fakes: readonly [FakeDriver, FakeDriver],
  options: ManagerOptions = {},
): Promise<Spanning> {
  const others = { x: defineDatabase(fakes[0].driver, {}), y: defineDatabase(fakes[1].driver, {}) };
  const databases = bench.manager(others, options);
  const tables: Record<string, string> = {
    main: await bench.tableIn(databases.database("main"), `id ${bench.subject.types.integer} primary key`),
    x: "t",
    y: "t",
  };
  for (const label of ["x", "y"]) await databases.database(label).execute("create table t (id integer primary key)");
  for (const label of ["main", "x"]) await databases.prepareStore(label);
  return {
    databases,
    fakes,
    insert: (id) => (executor) => executor.execute(`insert into ${tables[executor.label]} (id) values (${id})`),
    async rows() {
      const found: string[] = [];
      for (const label of ["main", "x", "y"]) {
        const rows = await databases
          .database(label)
          .query(`select id from ${tables[label]} order by id`, [], { rowMode: "array" });
        found.push(...rows.map(([id]) => `${label} ${String(id)}`));
      }
      return found;
    },
  };
}

async function bothOthers(databases: DatabaseManager, insert: Spanning["insert"]): Promise<void> {
  await databases.transaction(["main", "x", "y"], async ({ x, y }) => {
    await insert(3)(x as never);
    await insert(3)(y as never);
  });
}
