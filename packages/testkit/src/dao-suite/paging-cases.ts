import assert from "node:assert/strict";
import { InvalidCursorError, type OrderBy, ParameterError } from "@nsj/mdb-core";
import type { DaoBench, Member } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

const teams = ["b", null, "a", "c", "a", null, "b"];

async function filled(bench: DaoBench): Promise<void> {
  for (const [index, team] of teams.entries()) await bench.add(`m${index}`, { team, rank: index % 3 });
}

async function walk(bench: DaoBench, orderBy: OrderBy<Member>, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await bench.members.pageAfter({ orderBy, limit, after });
    assert.ok(page.items.length <= limit);
    seen.push(...page.items.map(({ email }) => email));
    after = page.next;
  } while (after !== undefined);
  return seen;
}

/** Pages by offset and by keyset. */
export const pagingCases: readonly DaoCase[] = [
  {
    name: "gives pages by offset with the total, in a total order",
    async run(bench) {
      await filled(bench);
      const first = await bench.members.page({ orderBy: { rank: "asc" }, limit: 4 });
      const second = await bench.members.page({ orderBy: { rank: "asc" }, limit: 4, offset: 4 });
      assert.deepEqual([first.total, second.total, second.items.length], [7, 7, 3]);
      const emails = [...first.items, ...second.items].map(({ email }) => email);
      assert.deepEqual(emails, ["m0", "m3", "m6", "m1", "m4", "m2", "m5"]);
      assert.deepEqual((await bench.members.page({ where: { team: "none" }, limit: 4 })).items, []);
    },
  },
  ...([{ rank: "asc" }, { rank: "desc" }, { team: "asc" }, { team: "desc", rank: "asc" }, {}] as const).map(
    (orderBy): DaoCase => ({
      name: `walks every row once by keyset in the order ${JSON.stringify(orderBy)}, NULL included`,
      async run(bench) {
        await filled(bench);
        const whole = await bench.members.page({ orderBy, limit: 100 });
        const expected = whole.items.map(({ email }) => email);
        assert.equal(new Set(expected).size, 7);
        for (const limit of [1, 2, 3, 7]) assert.deepEqual(await walk(bench, orderBy, limit), expected);
      },
    }),
  ),
  {
    name: "neither repeats nor skips while rows are inserted between the pages",
    async run(bench) {
      for (let index = 0; index < 20; index++) await bench.add(`m${index}`, { rank: index * 10 });
      const seen: number[] = [];
      let after: string | undefined;
      let extra = 0;
      do {
        const page = await bench.members.pageAfter({ orderBy: { rank: "asc" }, limit: 3, after });
        seen.push(...page.items.map(({ rank }) => rank ?? -1));
        after = page.next;
        // One before what was seen, which must not come, and one far behind, which must.
        await bench.add(`before${extra}`, { rank: -10 - extra });
        await bench.add(`behind${extra}`, { rank: 1_000 + extra++ });
        if (extra > 5) break;
      } while (after !== undefined);
      assert.deepEqual(
        seen,
        [...seen].sort((a, b) => a - b),
      );
      assert.equal(new Set(seen).size, seen.length);
      assert.ok(seen.every((rank) => rank >= 0));
    },
  },
  {
    name: "keeps every digit of an exact number in its cursor",
    async run(bench) {
      for (let index = 0; index < 6; index++) {
        await bench.add(`m${index}`, { balance: `12345678901234567890.000000000${index}` });
      }
      assert.deepEqual(await walk(bench, { balance: "desc" }, 2), ["m5", "m4", "m3", "m2", "m1", "m0"]);
    },
  },
  {
    name: "refuses a cursor of another order, and a text that is none",
    async run(bench) {
      await filled(bench);
      const { next } = await bench.members.pageAfter({ orderBy: { rank: "asc" }, limit: 2 });
      const of = (document: unknown) => Buffer.from(JSON.stringify(document)).toString("base64url");
      const order = "rank asc,id asc";
      const wrong = [
        "nonsense",
        "",
        of({}),
        of([]),
        of([order]),
        of([order, { i: "x" }, 1]),
        of([order, { d: "x" }, 1]),
      ];
      for (const after of wrong) {
        await assert.rejects(
          bench.members.pageAfter({ orderBy: { rank: "asc" }, limit: 2, after }),
          InvalidCursorError,
          after,
        );
      }
      await assert.rejects(
        bench.members.pageAfter({ orderBy: { team: "asc" }, limit: 2, after: next }),
        InvalidCursorError,
      );
      await assert.rejects(bench.members.pageAfter({ limit: 0 }), ParameterError);
      await assert.rejects(bench.members.page({ limit: 2, offset: -1 }), ParameterError);
    },
  },
  {
    name: "finds nothing where the limit is none",
    async run(bench) {
      await filled(bench);
      assert.deepEqual(await bench.members.findAll({ limit: 0 }), []);
      assert.deepEqual(
        await bench.members.findBy({ team: "red" }, { limit: 0, offset: 1, orderBy: { id: "asc" } }),
        [],
      );
    },
  },
];
