import assert from "node:assert/strict";
import { SerializationError, StaleEntityError, UniqueViolationError } from "@nsj/mdb-core";
import type { DaoBench } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

/** What happens when many do the same at once. */
export const concurrencyCases: readonly DaoCase[] = [
  {
    name: "leaves one row and no error after 50 upserts of one key at once",
    async run(bench) {
      const upserts = Array.from({ length: 50 }, (_, index) =>
        bench.members.upsert({ email: "same", active: true, settings: null, rank: index }, { conflict: ["email"] }),
      );
      const { done, refusals } = await settled(upserts);
      for (const refusal of refusals) assert.ok(isRefusalOfTheSlower(bench, refusal), String(refusal));
      assert.equal(done.filter(({ inserted }) => inserted).length, 1);
      const rows = await bench.members.findBy({ email: "same" });
      assert.deepEqual(
        rows.map(({ version }) => version),
        [done.length],
        "one row, and each upsert that was done has counted",
      );
    },
  },
  {
    name: "lets one of two changes of one version through",
    async run(bench) {
      const { id, version } = await bench.add("a");
      const { done, refusals } = await settled(
        ["red", "blue"].map((team) => bench.members.update(id, { team, version })),
      );
      assert.equal(done.length, 1);
      const [refusal] = refusals;
      assert.ok(refusal instanceof StaleEntityError || isRefusalOfTheSlower(bench, refusal), String(refusal));
      assert.equal((await bench.members.findById(id))?.version, version + 1);
    },
  },
  {
    name: "serves many callers at once from one DAO",
    async run(bench) {
      const inserted = await Promise.all(
        Array.from({ length: 40 }, (_, index) => bench.add(`m${index}`, { rank: index })),
      );
      const found = await Promise.all(inserted.map(({ id }) => bench.members.findById(id)));
      assert.deepEqual(found, inserted);
    },
  },
];

/** What became of all, none of which goes on behind it. */
async function settled<T>(
  promises: readonly Promise<T>[],
): Promise<{ readonly done: readonly T[]; readonly refusals: readonly unknown[] }> {
  const outcomes = await Promise.allSettled(promises);
  return {
    done: outcomes.flatMap((it) => (it.status === "fulfilled" ? [it.value] : [])),
    refusals: outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason] : [])),
  };
}

/** Where nobody waits for a lock, whoever comes second to a row that is being written is refused. */
function isRefusalOfTheSlower({ traits }: DaoBench, error: unknown): boolean {
  if (traits?.waitsForLocks !== false) return false;
  return error instanceof SerializationError || error instanceof UniqueViolationError;
}
