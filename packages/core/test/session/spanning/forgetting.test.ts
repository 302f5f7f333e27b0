import type { Executor } from "@nsj/mdb-core";
import { expect, it, onTestFinished } from "vitest";
import { FakeClock, settled } from "../../pool/fake-clock.ts";
import { fakeDatabases } from "./fake-databases.ts";

const hourMs = 3_600_000;

it("forgets decisions that nobody can ask for, by the server's clock, and keeps those of labels that it does not know", async () => {
  const { a, ids, decide, rounds, clock } = await forgetful();
  for (let count = 0; count < 3; count++) await decide();
  const [old = "", foreign = "", young = ""] = await ids();
  await makeOld(a, [old, foreign]);
  await a.execute(`update mdb_decisions set branches = '[{"label":"somebody else"}]' where id = ?`, [foreign]);
  await clock.advance(hourMs);
  await rounds(2);
  expect(await ids()).toEqual([foreign, young]);
});

it("finds what is old among more rows than it looks at in one go, young ones and old ones that stay", async () => {
  const { a, ids, decide, rounds, clock } = await forgetful();
  await decide();
  const [old = ""] = await ids();
  const others = Array.from({ length: 450 }, (_, index) => `!${String(index).padStart(3, "0")}`);
  for (const id of others) {
    await a.execute(
      `insert into mdb_decisions (id, outcome, branches) values (?, 'C', '[{"label":"somebody else"}]')`,
      [id],
    );
  }
  await makeOld(a, [old, ...others.slice(0, 225)]);
  await clock.advance(hourMs);
  await rounds(2);
  expect(await ids()).toEqual(others);
});

it("forgets in the next round what a branch has held back in this one", async () => {
  const { a, ids, decide, rounds, clock, fakes } = await forgetful();
  fakes.b.script({ on: "finishPrepared", times: Number.POSITIVE_INFINITY, action: { fail: { kind: "lost" } } });
  await decide();
  await makeOld(a, await ids());
  await clock.advance(hourMs);
  await rounds(3);
  expect(await ids()).toHaveLength(1);
  fakes.b.clearScript();
  while ((await ids()).length > 0 && clock.now() < 2 * hourMs) await rounds(1);
  expect(await ids()).toEqual([]);
});

it("forgets in one database although another one that decides as well lets nothing be removed", async () => {
  const { a, b, decide, rounds, clock, fakes } = await forgetful();
  await decide();
  await decide("b");
  const idsIn = (database: Executor) => database.query<{ id: string }>("select id from mdb_decisions");
  for (const database of [a, b])
    await makeOld(
      database,
      (await idsIn(database)).map(({ id }) => id),
    );
  const fail = { kind: "permission" } as const;
  fakes.a.script({ on: "query", text: /^delete from mdb_decisions/, times: 1_000, action: { fail } });
  await clock.advance(hourMs);
  await rounds(2);
  expect(await idsIn(a)).toHaveLength(1);
  expect(await idsIn(b)).toEqual([]);
});

const minuteMs = 60_000;

/** Two databases whose manager looks after them each minute of its own clock. */
async function forgetful() {
  const clock = new FakeClock();
  const { databases, other, fakes } = await fakeDatabases({ a: {}, b: {} }, { clock, recovery: { everyMs: minuteMs } });
  const looking = other({});
  onTestFinished(() => looking.close());
  const a = looking.database("a");
  const begun = () => fakes.b.calls.filter(({ on }) => on === "listPrepared").length;
  return {
    a,
    clock,
    fakes,
    b: looking.database("b"),
    decide: (decider: "a" | "b" = "a") =>
      databases.transaction(
        ["a", "b"],
        async ({ a, b }) => {
          for (const it of [a, b]) await it.execute("insert into t (id) select coalesce(max(id), 0) + 1 from t");
        },
        { decider },
      ),
    ids: async () => (await a.query<{ id: string }>("select id from mdb_decisions order by id")).map(({ id }) => id),
    /** Waits until that many rounds have ended: one ends before the next begins, and what it asks the servers is far from its limit. */
    async rounds(count: number) {
      const last = begun() + count + 1;
      while (begun() < last) {
        await clock.advance(1_000);
        for (let turn = 0; turn < 20; turn++) await settled();
      }
    },
  };
}

async function makeOld(database: Executor, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await database.execute("update mdb_decisions set decided_at = '2020-01-01 00:00:00' where id = ?", [id]);
  }
}
