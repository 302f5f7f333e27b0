import assert from "node:assert/strict";
import {
  ConfigurationError,
  DaoBase,
  defineTable,
  type Filter,
  MdbError,
  op,
  ParameterError,
  type Sql,
  sql,
} from "@nsj/mdb-core";
import type { Member } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

const documents: readonly unknown[] = ["[1]", '"quoted"', "null", [], [[]], 5, true, { a: [] }];

/** Writes that would do something else than they say. */
export const checkedWriteCases: readonly DaoCase[] = [
  {
    name: "refuses to change or delete everything by a filter that is always true, unless that is said",
    async run(bench) {
      await bench.add("a");
      const always: readonly (Filter<Member> | Sql)[] = [
        {},
        { [op.and]: [] },
        { [op.and]: [{}, { [op.and]: [] }] },
        { [op.or]: [{}, { email: "a" }] },
        { [op.not]: { [op.or]: [] } },
        { [op.not]: { email: op.in([]) } },
        { [op.not]: { [op.not]: {} } },
        { email: op.notIn([]) },
        { email: op.both() },
        { email: op.either("a", op.both()) },
        { email: op.both(op.notIn([]), op.both()) },
        sql.empty,
        sql``,
        sql` ${sql.empty} `,
        sql.and([]),
        sql.and([sql.empty, sql.and([])]),
        sql.or([sql`1 = 1`, sql.and([])]),
        { [op.or]: [sql.empty] },
      ];
      for (const filter of always) {
        await assert.rejects(bench.members.updateBy(filter, { rank: 1 }), ParameterError);
        await assert.rejects(bench.members.deleteBy(filter), ParameterError);
      }
      for (const filter of [{ [op.or]: [] }, { email: op.in([]) }, { [op.not]: {} }, sql.or([])])
        assert.equal(await bench.members.deleteBy(filter), 0);
      assert.equal(await bench.members.count(), 1);
      assert.equal(await bench.members.updateBy({}, { rank: 1 }, { all: true }), 1);
      assert.equal(await bench.members.deleteBy({}, { all: true }), 1);
    },
  },
  {
    name: "refuses a direction that is neither asc nor desc, in every finder",
    async run({ members }) {
      for (const direction of ["ASC", "ascending", "asc nulls last", 1, null, {}]) {
        const orderBy = { id: direction } as never;
        for (const call of [
          members.findBy({}, { orderBy }),
          members.findOne({}, { orderBy }),
          members.page({ orderBy, limit: 1 }),
          members.pageAfter({ orderBy, limit: 1 }),
          members.stream({}, { orderBy }).next(),
        ])
          await assert.rejects(call, ParameterError, String(direction));
      }
    },
  },
  {
    name: "refuses a version that is none instead of dropping the lock",
    async run(bench) {
      const { members } = bench;
      const { id } = await bench.add("a");
      for (const version of [undefined, null, "", "x", 1.5, Number.NaN, {}]) {
        await assert.rejects(members.update(id, { team: "red", version } as never), ParameterError, String(version));
        await assert.rejects(members.delete(id, { version } as never), ParameterError, String(version));
        await assert.rejects(members.restore(id, { version } as never), ParameterError, String(version));
      }
      await assert.rejects(members.updateBy({ email: "a" }, { team: "red", version: 1 } as never), ParameterError);
      assert.deepEqual((await members.findById(id))?.team, null);
      assert.equal((await members.update(id, { team: "blue", version: "1" as never })).team, "blue");
    },
  },
  {
    name: "refuses an upsert by columns that are not unique, and changes nothing",
    async run(bench) {
      const { members } = bench;
      for (const email of ["a", "b"]) await bench.add(email, { team: "red", rank: 1 });
      const entity = { email: "c", team: "red", active: true, settings: null, rank: 9 };
      await assert.rejects(members.upsert(entity, { conflict: ["team"] }), MdbError);
      await assert.rejects(members.upsertMany([entity], { conflict: ["team"] }), MdbError);
      for (const conflict of ["email", [], ["email", "email"], [1], {}, null])
        await assert.rejects(members.upsert(entity, { conflict: conflict as never }), ParameterError);
      assert.deepEqual(
        (await members.findAll()).map(({ rank }) => rank),
        [1, 1],
      );
    },
  },
  {
    name: "updates what was deleted softly by an upsert and leaves it deleted, unless the entity says otherwise",
    async run(bench) {
      const { members } = bench;
      const { id } = await bench.add("a");
      await members.delete(id);
      const entity = { email: "a", active: true, settings: null, rank: 5 };
      const { entity: kept, inserted } = await members.upsert(entity, { conflict: ["email"] });
      assert.deepEqual([inserted, kept.rank], [false, 5]);
      assert.ok(kept.deletedAt instanceof Date);
      assert.equal(await members.findById(id), undefined);
      await members.upsert({ ...entity, deletedAt: null }, { conflict: ["email"] });
      assert.equal((await members.findById(id))?.rank, 5);
    },
  },
  {
    name: "gives what many upserts made in the order of the entities, whatever the order of their keys",
    async run({ lines }) {
      const entities = [3, 1, 2, 1].map((position, at) => ({ orderId: 10 - position, position, sku: `s${at}` }));
      const outcomes = await lines.upsertMany(entities);
      assert.deepEqual(
        outcomes.map(({ entity }) => entity),
        entities,
      );
      assert.deepEqual(
        outcomes.map(({ inserted }) => inserted),
        [true, true, true, false],
      );
    },
  },
  {
    name: "stores a document that is a text, a list or a number as what it is, and reads it once",
    async run(bench) {
      for (const [at, settings] of documents.entries()) {
        const { id, settings: written } = await bench.members.insert({ email: `d${at}`, active: true, settings });
        assert.deepEqual(written, settings);
        assert.deepEqual((await bench.members.findById(id))?.settings, settings);
        for await (const member of bench.members.stream({ id })) assert.deepEqual(member.settings, settings);
      }
    },
  },
  {
    name: "keeps documents in a column of the engine's own type as they are",
    skip: ({ types }) => (types.json === undefined ? "subject.types.json is missing" : undefined),
    run: (bench) =>
      bench.withValues<unknown>(bench.types.json ?? "", async (_, table) => {
        const spec = defineTable<{ id: unknown; n: number }>(table.parts as [string])
          .primaryKey("n")
          .codecs({ id: "json" });
        const dao = new DaoBase(spec, bench.database);
        for (const [n, id] of documents.entries()) {
          assert.deepEqual(await dao.insert({ id, n }), { id, n });
          assert.deepEqual(await dao.findById(n), { id, n });
          for await (const row of dao.stream({ n })) assert.deepEqual(row, { id, n });
        }
      }),
  },
  {
    name: "refuses what is no list of entities or keys",
    async run({ members }) {
      for (const nothing of [undefined, null, {}, "ab"] as never[]) {
        await assert.rejects(members.insertMany(nothing), ParameterError);
        await assert.rejects(members.upsertMany(nothing), ParameterError);
        await assert.rejects(members.findByIds(nothing), ParameterError);
      }
    },
  },
  {
    name: "finds a table's description wrong when it is made",
    async run({ database }) {
      const table = defineTable<{ id: number; made: Date }>("t");
      const wrong: readonly (() => unknown)[] = [
        () => table.codecs({ made: "timestamp" as never }),
        () => table.codecs({ made: {} as never }),
        () => table.codecs({ made: null as never }),
        () => table.codecs(undefined as never),
        () => table.columns({ made: 5 as never }),
        () => table.columns({ made: "" }),
        () => table.primaryKey("" as never),
        () => table.primaryKey("id", "id"),
        () => table.generated(undefined as never),
        () => table.version(null as never),
        () => table.softDelete({} as never),
        () => table.schema({} as never),
        () => new DaoBase(table, {} as never),
      ];
      for (const make of wrong) assert.throws(make, ConfigurationError, String(make));
      assert.ok(new DaoBase(table, database));
    },
  },
  {
    name: "runs queries of a DAO's own: entities, rows of another shape, one value, everything",
    async run(bench) {
      const { members } = bench;
      for (const [email, team] of [
        ["a", "red"],
        ["b", "red"],
        ["c", "blue"],
      ] as const)
        await bench.add(email, { team });
      assert.deepEqual(await members.teams(), [
        { team: "blue", size: 1 },
        { team: "red", size: 2 },
      ]);
      assert.equal((await members.oneOf("c"))?.active, true);
      assert.equal(await members.oneOf("nobody"), undefined);
      assert.equal((await members.exactly("a")).team, "red");
      await assert.rejects(members.exactly("nobody"), { code: "MDB_NO_ROWS" });
      await assert.rejects(members.oneOf("%"), { code: "MDB_TOO_MANY_ROWS" });
      assert.equal(Number(await members.size()), 3);
      assert.equal(await members.rename("a", "z"), 1);
      assert.equal((await members.exactly("z")).team, "red");
    },
  },
];
