import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ParameterError } from "@nsj/mdb-core";
import { seededRandom } from "../conformance/seeded-random.ts";
import type { DaoCase } from "./dao-case.ts";
import { randomFilter } from "./random-filters.ts";

const rounds = 120;

/** Filters that nobody thought of, against the same filters evaluated in memory. */
export const randomFilterCases: readonly DaoCase[] = [
  {
    name: `means by ${rounds} random filters what they mean in memory, and refuses those that are always true`,
    async run(bench) {
      for (const team of ["blue", "green", "red", null])
        for (const rank of [0, 1, 2, 3, null]) await bench.add(`${team} ${rank}`, { team, rank });
      const { members } = bench;
      const everybody = await members.findAll();
      const random = seededRandom(2_026);
      let refused = 0;
      for (let round = 0; round < rounds; round++) {
        const { filter, fits, isAlwaysTrue } = randomFilter(random, 3);
        const expected = everybody.filter((it) => fits(it) === true).map(({ email }) => email);
        const about = `round ${round}: ${inspect(filter, { depth: 9 })}`;
        const found = (await members.findBy(filter)).map(({ email }) => email);
        assert.deepEqual(found.sort(), expected.sort(), about);
        const change = members.updateBy(filter, { balance: "1" });
        if (isAlwaysTrue) {
          await assert.rejects(change, ParameterError, about);
          refused++;
        } else assert.equal(await change, expected.length, about);
      }
      assert.ok(refused > 5 && refused < rounds / 2);
    },
  },
];
