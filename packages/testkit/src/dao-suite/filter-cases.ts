import assert from "node:assert/strict";
import { type Filter, ParameterError, sql } from "@nsj/mdb-core";
import type { DaoBench, Member } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

async function filled(bench: DaoBench): Promise<void> {
  await bench.add("ann", { team: "red", rank: 1, active: true });
  await bench.add("bob", { team: "blue", rank: 2, active: false });
  await bench.add("Cid", { team: null, rank: 3, active: true });
  await bench.add("100%_sure\\[x]", { team: "red", rank: null, active: false });
}

const percent = "100%_sure\\[x]";

/** Each filter and whom it finds. */
const finds: readonly (readonly [name: string, filter: Filter<Member>, found: readonly string[]])[] = [
  ["equality", { team: "red" }, [percent, "ann"]],
  ["null as IS NULL", { team: null }, ["Cid"]],
  ["several columns at once", { team: "red", rank: 1 }, ["ann"]],
  ["a boolean", { active: false }, [percent, "bob"]],
  ["eq and ne", { rank: { ne: 1 }, team: { eq: "blue" } }, ["bob"]],
  ["ne null", { rank: { ne: null } }, ["Cid", "ann", "bob"]],
  ["lt, lte, gt and gte", { rank: { gt: 1, lte: 3 } }, ["Cid", "bob"]],
  ["between, both ends included", { rank: { between: [2, 3] } }, ["Cid", "bob"]],
  ["in", { rank: { in: [1, 3, 99] } }, ["Cid", "ann"]],
  ["in with null", { rank: { in: [1, null] } }, [percent, "ann"]],
  ["an empty in, which finds nothing", { rank: { in: [] } }, []],
  ["notIn", { rank: { notIn: [1, 2] } }, ["Cid"]],
  ["an empty notIn, which excludes nothing", { rank: { notIn: [] } }, [percent, "Cid", "ann", "bob"]],
  ["isNull both ways", { rank: { isNull: true } }, [percent]],
  ["isNull: false", { rank: { isNull: false } }, ["Cid", "ann", "bob"]],
  ["like with wildcards", { email: { like: "_o%" } }, ["bob"]],
  ["like with an escaped wildcard", { email: { like: "100\\%\\_%" } }, [percent]],
  ["like with a literal backslash and bracket", { email: { like: "%\\\\[x]" } }, [percent]],
  ["ilike without regard to case", { email: { ilike: "cI%" } }, ["Cid"]],
  ["or", { or: [{ email: "ann" }, { email: "bob" }] }, ["ann", "bob"]],
  ["and", { and: [{ team: "red" }, { rank: 1 }] }, ["ann"]],
  ["not", { not: { or: [{ team: "red" }, { team: null }] } }, ["bob"]],
  ["nothing at all", {}, [percent, "Cid", "ann", "bob"]],
];

/** What filters find. */
export const filterCases: readonly DaoCase[] = [
  ...finds.map(
    ([name, filter, found]): DaoCase => ({
      name: `finds by ${name}`,
      async run(bench) {
        await filled(bench);
        const rows = await bench.members.findBy(filter);
        assert.deepEqual(rows.map(({ email }) => email).sort(), [...found].sort());
        assert.equal(await bench.members.count(filter), found.length);
        assert.equal(await bench.members.exists(filter), found.length > 0);
      },
    }),
  ),
  {
    name: "finds by an sql fragment, and by a query of the DAO's own",
    async run(bench) {
      await filled(bench);
      assert.deepEqual(
        (await bench.members.findBy(sql`team = ${"blue"}`)).map(({ email }) => email),
        ["bob"],
      );
      assert.deepEqual(
        (await bench.members.findByTeam("red")).map(({ email }) => email),
        ["ann", percent],
      );
      assert.deepEqual(await bench.members.oneByHand("ann"), await bench.members.findOne({ email: "ann" }));
    },
  },
  {
    name: "finds one in order, and several by their keys in the order of the keys",
    async run(bench) {
      await filled(bench);
      assert.equal((await bench.members.findOne({ rank: { gte: 1 } }, { orderBy: { rank: "desc" } }))?.email, "Cid");
      const all = await bench.members.findAll({ orderBy: { id: "asc" } });
      const ids = all.map(({ id }) => id).reverse();
      assert.deepEqual(
        (await bench.members.findByIds([...ids, ids[0] as number, -5])).map(({ id }) => id),
        ids,
      );
    },
  },
  {
    name: "streams entities",
    async run(bench) {
      await filled(bench);
      const seen: Member[] = [];
      for await (const member of bench.members.stream({ team: "red" }, { orderBy: { id: "asc" }, fetchSize: 1 }))
        seen.push(member);
      assert.deepEqual(seen, await bench.members.findByTeam("red"));
    },
  },
  {
    name: "refuses a comparison that does not exist, and undefined instead of dropping the condition",
    async run({ members }) {
      await assert.rejects(members.findBy({ rank: { gth: 1 } } as never), /did you mean "gt"/);
      await assert.rejects(members.findBy({ rank: undefined } as never), ParameterError);
      await assert.rejects(members.deleteBy({ rank: { in: undefined } } as never), ParameterError);
      await assert.rejects(members.findBy({ rank: { in: 5 } } as never), ParameterError);
      await assert.rejects(members.findBy({ email: { like: "trailing\\" } }), ParameterError);
    },
  },
];
