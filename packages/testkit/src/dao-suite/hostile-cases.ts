import assert from "node:assert/strict";
import { DaoBase, defineTable, MdbError, op } from "@nsj/mdb-core";
import type { DaoCase } from "./dao-case.ts";

const texts = [
  "'; drop table users; --",
  'double "quoted" text',
  "percent % and _ under",
  ":name ? $1 @p1 :1",
  "back\\slash",
  "new\nline\ttab",
  "astral 😀 𝒳 and é ü 漢字",
  "]] [bracket] `tick`",
  "$$dollar$$ /* comment */",
];

/** Nothing that a caller gives is ever part of the SQL text. */
export const hostileCases: readonly DaoCase[] = [
  {
    name: "takes every text as a value, in writes, filters and keys",
    async run(bench) {
      for (const text of texts) {
        const member = await bench.add(text, { team: text, settings: { text } });
        assert.deepEqual([member.email, member.team, member.settings], [text, text, { text }]);
        assert.equal((await bench.members.findOne({ email: text }))?.id, member.id);
        assert.equal((await bench.members.findOne({ team: op.in([text]) }))?.id, member.id);
      }
      assert.equal(await bench.members.count(), texts.length);
    },
  },
  {
    name: "finds by lists of 2 000 values, and by 2 000 keys",
    async run(bench) {
      const { id } = await bench.add("a", { rank: 1_999 });
      const numbers = Array.from({ length: 2_000 }, (_, index) => index);
      assert.deepEqual(
        (await bench.members.findBy({ rank: op.in(numbers) })).map((it) => it.id),
        [id],
      );
      assert.deepEqual(await bench.members.findBy({ rank: op.notIn(numbers) }), []);
      assert.deepEqual(
        (await bench.members.findByIds([...numbers.map((it) => -1 - it), id])).map((it) => it.id),
        [id],
      );
    },
  },
  {
    name: "quotes every name, so that a hostile one is only a table or column that does not exist",
    async run(bench) {
      const hostile = defineTable<{ id: number }>(`users"; drop table x; --]`).primaryKey("id");
      await assert.rejects(new DaoBase(hostile, bench.database).findAll(), MdbError);
      await assert.rejects(bench.members.findBy({ [`id" = 1 or "1`]: 1 } as never), MdbError);
      await assert.rejects(bench.members.findAll({ orderBy: { "id; drop table x": "asc" } as never }), MdbError);
      await bench.add("still there");
      assert.equal(await bench.members.count(), 1);
    },
  },
  {
    name: "is a clear error when a column is misspelt",
    async run(bench) {
      await assert.rejects(bench.members.findBy({ taem: "red" } as never), { code: "MDB_UNDEFINED_OBJECT" });
      await assert.rejects(bench.members.insert({ emial: "x", active: true, settings: null } as never), MdbError);
    },
  },
];
