import assert from "node:assert/strict";
import { type DaoBase, defineTable, op, TransactionalDao } from "@nsj/mdb-core";
import type { DaoBench } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

interface Note {
  readonly id: number;
  readonly body: string | null;
}

const rows: readonly Note[] = [1, 2, 3].map((id) => ({ id, body: `b${id}` }));

/** A table of which nothing is known yet, so that the first call has to ask before it writes. */
function withUnknown(bench: DaoBench, work: (dao: () => DaoBase<Note, never, "id">) => Promise<void>): Promise<void> {
  const { integer, text } = bench.types;
  return bench.withTable(`id ${integer} not null primary key, body ${text}`, async (table) => {
    const spec = defineTable<Note>(table.parts as [string]).primaryKey("id");
    await work(() => new (class extends TransactionalDao.for(spec) {})(bench.database));
  });
}

/** Calls with one object each, which is filled with something else for the next call while the first one is under way. */
const calls: Readonly<Record<string, (dao: DaoBase<Note, never, "id">) => Promise<readonly number[]>>> = {
  insert: async (dao) => {
    const note = { id: 1, body: "one" };
    const first = dao.insert(note);
    Object.assign(note, { id: 2, body: "two" });
    return (await Promise.all([first, dao.insert(note)])).map(({ id }) => id);
  },
  insertMany: async (dao) => {
    const note = { id: 1, body: "one" };
    const list = [note];
    const first = dao.insertMany(list);
    note.id = 2;
    list.push({ id: 3, body: "three" });
    return (await first).map(({ id }) => id);
  },
  upsert: async (dao) => {
    const note = { id: 1, body: "one" };
    const first = dao.upsert(note);
    note.id = 2;
    return [(await first).entity.id];
  },
};

/** What a call is given counts as it was then. */
export const givenObjectCases: readonly DaoCase[] = [
  ...Object.entries(calls).map(
    ([name, call]): DaoCase => ({
      name: `${name}: an object that is filled anew for the next call is written as it was`,
      run: (bench) =>
        withUnknown(bench, async (make) => {
          const ids = await call(make());
          const kept = await make().findAll({ orderBy: { id: "asc" } });
          assert.deepEqual(
            kept.map(({ id }) => id),
            ids,
          );
          assert.equal(ids[0], 1);
        }),
    }),
  ),
  {
    name: "a filter, a key and changes that are filled anew for the next call count as they were",
    run: (bench) =>
      withUnknown(bench, async (make) => {
        await bench.database.bulkInsert(make().table, ["id", "body"], rows);
        const filter = { id: 9, [op.or]: [{ id: 9 }] };
        const deleting = make().deleteBy(filter);
        filter.id = 1;
        (filter[op.or][0] as { id: number }).id = 1;
        assert.equal(await deleting, 0);
        const key = { id: 2 };
        const changes = { body: "changed" };
        const updating = make().update(key as never, changes);
        Object.assign(key, { id: 3 });
        changes.body = "wrong";
        assert.deepEqual(await updating, { id: 2, body: "changed" });
        const where = { id: 3 };
        const paging = make().pageAfter({ where, limit: 5 });
        where.id = 1;
        assert.deepEqual((await paging).items, [rows[2]]);
        assert.equal(await make().count(), 3);
      }),
  },
];
