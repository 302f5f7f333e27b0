import assert from "node:assert/strict";
import { type Filter, op, ParameterError, sql } from "@nsj/mdb-core";
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
  ["isNull", { team: op.isNull() }, ["Cid"]],
  ["several columns at once", { team: "red", rank: 1 }, ["ann"]],
  ["a boolean", { active: false }, [percent, "bob"]],
  ["eq and ne", { rank: op.ne(1), team: op.eq("blue") }, ["bob"]],
  ["isNotNull", { rank: op.isNotNull() }, ["Cid", "ann", "bob"]],
  ["lt, lte, gt and gte", { rank: op.both(op.gt(1), op.lte(3), op.lt(9), op.gte(2)) }, ["Cid", "bob"]],
  ["between, both ends included", { rank: op.between(2, 3) }, ["Cid", "bob"]],
  ["in", { rank: op.in([1, 3, 99]) }, ["Cid", "ann"]],
  ["in with null", { rank: op.in([1, null]) }, [percent, "ann"]],
  ["an empty in, which finds nothing", { rank: op.in([]) }, []],
  ["notIn", { rank: op.notIn([1, 2]) }, ["Cid"]],
  ["an empty notIn, which excludes nothing", { rank: op.notIn([]) }, [percent, "Cid", "ann", "bob"]],
  ["either", { rank: op.either(1, op.gte(3), op.isNull()) }, [percent, "Cid", "ann"]],
  ["either of nothing, which finds nothing", { rank: op.either() }, []],
  ["both of nothing, which excludes nothing", { team: "red", rank: op.both() }, [percent, "ann"]],
  ["operators inside operators", { rank: op.both(op.either(op.lt(2), op.gt(2)), op.ne(1)) }, ["Cid"]],
  ["like with wildcards", { email: op.like("_o%") }, ["bob"]],
  ["like with an escaped wildcard", { email: op.like("100\\%\\_%") }, [percent]],
  ["like with a literal backslash and bracket", { email: op.like("%\\\\[x]") }, [percent]],
  ["ilike without regard to case", { email: op.ilike("cI%") }, ["Cid"]],
  ["or", { [op.or]: [{ email: "ann" }, { email: "bob" }] }, ["ann", "bob"]],
  ["and", { [op.and]: [{ team: "red" }, { rank: 1 }] }, ["ann"]],
  ["not", { [op.not]: { [op.or]: [{ team: "red" }, { team: op.isNull() }] } }, ["bob"]],
  ["or of nothing, which finds nothing", { [op.or]: [] }, []],
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
      assert.equal((await bench.members.findOne({ rank: op.gte(1) }, { orderBy: { rank: "desc" } }))?.email, "Cid");
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
    name: "refuses what is no filter or operand, and undefined instead of dropping the condition",
    async run({ members }) {
      for (const filter of [
        undefined,
        null,
        [],
        new Date(),
        op.gte(1),
        { rank: undefined },
        { rank: op.in(undefined as never) },
        { rank: op.in([undefined] as never) },
        { rank: op.in(5 as never) },
        { rank: op.gte(undefined) },
        { rank: op.between(1, undefined) },
        { rank: op.either(1, undefined) },
        { email: op.like("trailing\\") },
        { email: op.like(5 as never) },
        { [op.and]: undefined },
        { [op.and]: {} },
        { [op.or]: [undefined] },
        { [op.not]: undefined },
        { [op.not]: { rank: undefined } },
        { [Symbol("and")]: [] },
      ]) {
        await assert.rejects(members.findBy(filter as never), ParameterError);
        await assert.rejects(members.deleteBy(filter as never, { all: true }), ParameterError);
      }
    },
  },
  {
    name: "lets a filter that was parsed from JSON say nothing but equality, and names the operator to use",
    async run(bench) {
      await filled(bench);
      const { members } = bench;
      for (const [body, advice] of [
        ['{"email": {"ne": ""}}', /op\.ne/],
        ['{"email": {}}', /op\.eq/],
        ['{"team": null}', /op\.isNull\(\)/],
        ['{"rank": [1, 2]}', /op\.in/],
        ['{"and": []}', /op\.and/],
        ['{"or": [{}, {"email": "ann"}]}', /op\.or/],
        ['{"not": {"email": "ann"}}', /object/],
        ['{"email": {"~op": {"version": 1}}}', /op\.eq/],
      ] as const) {
        const filter = JSON.parse(body) as never;
        for (const call of [members.findOne(filter), members.count(filter), members.deleteBy(filter)])
          await assert.rejects(call, (error) => error instanceof ParameterError && advice.test(error.message), body);
        await assert.rejects(members.findBy({ [op.or]: [{ [op.not]: filter }] }), ParameterError, body);
      }
      await assert.rejects(members.findBy({ email: op.ne(JSON.parse("{}")) }), ParameterError);
      await assert.rejects(members.findBy({ email: op.ne(null as never) }), /op\.isNotNull/);
      assert.equal((await members.findOne(JSON.parse('{"email": "ann", "rank": 1}')))?.email, "ann");
    },
  },
];
