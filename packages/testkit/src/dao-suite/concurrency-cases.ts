import assert from "node:assert/strict";
import { StaleEntityError } from "@nsj/mdb-core";
import type { DaoCase } from "./dao-case.ts";

/** What happens when many do the same at once. */
export const concurrencyCases: readonly DaoCase[] = [
  {
    name: "leaves one row and no error after 50 upserts of one key at once",
    async run({ members }) {
      const upserts = Array.from({ length: 50 }, (_, index) =>
        members.upsert({ email: "same", active: true, settings: null, rank: index }, { conflict: ["email"] }),
      );
      const outcomes = await Promise.all(upserts);
      assert.equal(outcomes.filter(({ inserted }) => inserted).length, 1);
      const rows = await members.findBy({ email: "same" });
      assert.deepEqual(
        rows.map(({ version }) => version),
        [50],
      );
    },
  },
  {
    name: "lets one of two changes of one version through",
    async run(bench) {
      const { id, version } = await bench.add("a");
      const outcomes = await Promise.allSettled(
        ["red", "blue"].map((team) => bench.members.update(id, { team, version })),
      );
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      const failure = outcomes.find((it) => it.status === "rejected");
      assert.ok(failure?.reason instanceof StaleEntityError);
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
