import assert from "node:assert/strict";
import { DaoBase, defineTable, type Identifier, sql } from "@nsj/mdb-core";
import type { DaoBench } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

interface Account {
  readonly id: number;
  readonly code: string;
  readonly secret?: string | null;
  readonly n: number | null;
}

/** A table with a column that no entity has, and one that writes read afterwards. */
function accountsOf(bench: DaoBench, table: Identifier) {
  const spec = defineTable<Account>(table.parts as [string])
    .primaryKey("id")
    .columns({ secret: "secret_text" })
    .writeOnly("secret")
    .readBack("n");
  return new DaoBase(spec, bench.database);
}

function withAccounts(bench: DaoBench, work: (dao: ReturnType<typeof accountsOf>, table: Identifier) => Promise<void>) {
  const { integer, text } = bench.types;
  const columns = `id ${integer} not null primary key, code ${text} not null unique, secret_text ${text}, n ${integer} default 7`;
  return bench.withTable(columns, (table) => work(accountsOf(bench, table), table));
}

/** Columns that are no ordinary part of an entity, and tables with a trigger. */
export const columnCases: readonly DaoCase[] = [
  {
    name: "gives a column that is only written back to nobody",
    run: (bench) =>
      withAccounts(bench, async (dao, table) => {
        const row = { id: 1, code: "a", n: 7 };
        assert.deepEqual(await dao.insert({ id: 1, code: "a", secret: "s1" }), row);
        const more = [3, 2].map((id) => ({ id, code: `c${id}`, n: id }));
        assert.deepEqual(await dao.insertMany(more.map((it) => ({ ...it, secret: "s" }))), more);
        assert.deepEqual(await dao.update(1, { secret: "s2", n: 8 }), { ...row, n: 8 });
        assert.deepEqual(await dao.upsert({ id: 1, code: "a", secret: "s3", n: 9 }), {
          entity: { ...row, n: 9 },
          inserted: false,
        });
        assert.deepEqual(await dao.upsert({ id: 4, code: "d", secret: "s4", n: 4 }, { conflict: ["code"] }), {
          entity: { id: 4, code: "d", n: 4 },
          inserted: true,
        });
        assert.deepEqual(await dao.findById(1), { ...row, n: 9 });
        assert.deepEqual(await dao.findBy({ secret: "s3" }), [{ ...row, n: 9 }]);
        assert.deepEqual(await dao.findByIds([2, 3]), [more[1], more[0]]);
        for await (const streamed of dao.stream({ id: 1 })) assert.deepEqual(streamed, { ...row, n: 9 });
        const { items, next } = await dao.pageAfter({ orderBy: { n: "asc" }, limit: 1 });
        assert.deepEqual(items, [more[1]]);
        assert.deepEqual((await dao.pageAfter({ orderBy: { n: "asc" }, limit: 1, after: next })).items, [more[0]]);
        const stored = await bench.database.query(sql`select secret_text from ${table} order by id`);
        assert.deepEqual(
          stored.map((it) => Object.values(it)[0]),
          ["s3", "s", "s", "s4"],
        );
      }),
  },
  {
    name: "gives back a column that was added while the process ran, and knows its type",
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer} not null primary key`, async (table) => {
        const spec = defineTable<{ id: number; n?: number | null }>(table.parts as [string]).primaryKey("id");
        const dao = new DaoBase(spec, bench.database);
        assert.deepEqual(await dao.insert({ id: 1 }), { id: 1 });
        await bench.database.execute(sql`alter table ${table} add n ${sql.raw(bench.types.integer)}`);
        assert.deepEqual(await dao.insert({ id: 2, n: 5 }), { id: 2, n: 5 });
        await assert.rejects(dao.insert({ id: 3, n: 0.5 }), { code: "MDB_VALUE" });
        assert.deepEqual(await dao.insertMany([{ id: 3, n: 6 }, { id: 4 }]), [
          { id: 3, n: 6 },
          { id: 4, n: null },
        ]);
        assert.deepEqual(await dao.update(1, { n: 7 }), { id: 1, n: 7 });
        await assert.rejects(dao.insert({ id: 9, other: 1 } as { id: number }), { code: "MDB_UNDEFINED_OBJECT" });
      }),
  },
  {
    name: "writes to a table with a trigger as to any other, and runs the trigger once for each row",
    skip: ({ trigger }) => (trigger === undefined ? "subject.sql.trigger is missing" : undefined),
    run: (bench) =>
      bench.withTable(`id ${bench.types.integer}`, (log) =>
        withAccounts(bench, async (dao, table) => {
          for (const text of bench.trigger?.(table.parts.join("."), log.parts.join(".")) ?? [])
            await bench.database.execute(text);
          const plain = new DaoBase(defineTable<Account>(table.parts as [string]).primaryKey("id"), bench.database);
          for (const [round, accounts] of [plain, dao].entries()) {
            const [id, other] = [1 + round * 2, 2 + round * 2];
            const { code } = await accounts.insert({ id, code: `a${id}`, n: 1 });
            assert.equal(code, `a${id}`);
            assert.equal((await accounts.update(id, { n: 2 })).n, 2);
            assert.equal((await accounts.upsert({ id, code: `a${id}`, n: 3 })).entity.n, 3);
            assert.equal((await accounts.insertMany([{ id: other, code: `a${other}`, n: 1 }]))[0]?.id, other);
            assert.equal(await accounts.updateBy({ id: other }, { n: 5 }), 1);
          }
          const logged = await bench.database.query(sql`select id from ${log} order by id`);
          assert.deepEqual(
            logged.map((it) => Number(Object.values(it)[0])),
            [1, 1, 1, 2, 2, 3, 3, 3, 4, 4],
          );
        }),
      ),
  },
];
