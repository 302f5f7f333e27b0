import assert from "node:assert/strict";
import { ConfigurationError, ParameterError } from "@nsj/mdb-core";
import type { DaoCase } from "./dao-case.ts";

/** What callers say about a call. */
export const optionCases: readonly DaoCase[] = [
  {
    name: "refuses options that a call does not know, before anything is sent",
    async run(bench) {
      const { members } = bench;
      const { id } = await bench.add("a");
      const misspelled = { versoin: 1, withDelted: true, schema: {} } as never;
      await assert.rejects(members.delete(id, misspelled), ConfigurationError);
      await assert.rejects(members.deleteBy({ email: "a" }, misspelled), ConfigurationError);
      await assert.rejects(members.updateBy({ email: "a" }, { rank: 1 }, misspelled), ConfigurationError);
      await assert.rejects(members.upsert({ id, email: "b", active: true }, misspelled), ConfigurationError);
      await assert.rejects(members.update(id, { rank: 1 }, misspelled), ConfigurationError);
      await assert.rejects(members.findBy({ email: "a" }, misspelled), ConfigurationError);
      await assert.rejects(members.findById(id, misspelled), ConfigurationError);
      await assert.rejects(members.page({ limit: 1, ofset: 1 } as never), ConfigurationError);
      await assert.rejects(members.stream({}, misspelled).next(), ConfigurationError);
      assert.deepEqual(
        (await members.findAll()).map(({ email, rank }) => [email, rank]),
        [["a", null]],
      );
    },
  },
  {
    name: "refuses a filter that is named and undefined, wherever one may be left out",
    async run(bench) {
      const { members } = bench;
      await bench.add("a");
      for (const call of [
        members.count(undefined as never),
        members.page({ where: undefined as never, limit: 1 }),
        members.pageAfter({ where: undefined as never, limit: 1 }),
        members.stream(undefined as never).next(),
        members.findBy(undefined as never),
        members.exists(undefined as never),
      ])
        await assert.rejects(call, ParameterError);
      assert.equal(await members.count(), 1);
      assert.equal((await members.page({ limit: 1 })).total, 1);
    },
  },
];
