import assert from "node:assert/strict";
import { NoRowsError, op, ParameterError, StaleEntityError, UniqueViolationError } from "@nsj/mdb-core";
import type { DaoCase } from "./dao-case.ts";

/** Inserting, changing and deleting. */
export const writeCases: readonly DaoCase[] = [
  {
    name: "gives generated keys, defaults and the version back from an insert",
    async run({ members }) {
      const member = await members.insert({
        email: "a@x",
        active: true,
        settings: { theme: "dark" },
        balance: "12345678901234567890.0123456789",
        rank: 3,
      });
      assert.equal(typeof member.id, "number");
      assert.deepEqual(
        { ...member, id: 0 },
        {
          id: 0,
          email: "a@x",
          team: null,
          active: true,
          score: 7,
          balance: "12345678901234567890.0123456789",
          settings: { theme: "dark" },
          rank: 3,
          deletedAt: null,
          version: 1,
        },
      );
      assert.deepEqual(await members.findById(member.id), member);
    },
  },
  {
    name: "inserts many in their order, also when they name different columns",
    async run({ members }) {
      const entities = Array.from({ length: 25 }, (_, index) => ({
        email: `m${index}`,
        active: index % 2 === 0,
        settings: [index],
        ...(index % 3 === 0 && { team: "third" }),
      }));
      const inserted = await members.insertMany(entities);
      assert.deepEqual(
        inserted.map(({ email, active, settings, team }) => ({ email, active, settings, team })),
        entities.map((it) => ({ team: null, ...it })),
      );
      assert.deepEqual(
        (await members.findByIds(inserted.map(({ id }) => id))).map(({ email }) => email),
        entities.map(({ email }) => email),
      );
    },
  },
  {
    name: "inserts many or none",
    async run({ members }) {
      const entity = { email: "same", active: true, settings: null };
      await assert.rejects(members.insertMany([{ ...entity, email: "other" }, entity, entity]), UniqueViolationError);
      assert.equal(await members.count(), 0);
      assert.deepEqual(await members.insertMany([]), []);
    },
  },
  {
    name: "loads entities in bulk, or none when one is refused",
    async run({ members }) {
      const entities = Array.from({ length: 2_500 }, (_, index) => ({
        email: `b${index}`,
        active: true,
        settings: { index },
        balance: "0.1",
      }));
      assert.deepEqual(await members.bulkInsert(entities), { rowCount: 2_500 });
      assert.equal(await members.count(), 2_500);
      const last = await members.findOne({ email: "b2499" });
      assert.deepEqual(
        [last?.active, last?.settings, last?.balance, last?.version],
        [true, { index: 2_499 }, canonical(last?.balance, "0.1"), 1],
      );
      await assert.rejects(
        members.bulkInsert([
          { email: "new", active: true, settings: null },
          { email: "b1", active: true, settings: null },
        ]),
        UniqueViolationError,
      );
      assert.equal(await members.exists({ email: "new" }), false);
    },
  },
  {
    name: "changes an entity and gives it as it is now, with its version one higher",
    async run(bench) {
      const member = await bench.add("a");
      const changed = await bench.members.update(member.id, { team: "red", settings: { b: 1 } });
      assert.deepEqual(changed, { ...member, team: "red", settings: { b: 1 }, version: 2 });
      assert.deepEqual(await bench.members.findById(member.id), changed);
    },
  },
  {
    name: "refuses a change of a version that is no longer the current one",
    async run(bench) {
      const member = await bench.add("a");
      await bench.members.update(member.id, { team: "red", version: member.version });
      await assert.rejects(
        bench.members.update(member.id, { team: "blue", version: member.version }),
        StaleEntityError,
      );
      await assert.rejects(bench.members.delete(member.id, { version: member.version }), StaleEntityError);
      assert.equal((await bench.members.findById(member.id))?.team, "red");
    },
  },
  {
    name: "refuses to change what is not there",
    async run({ members, lines }) {
      await assert.rejects(members.update(-1, { team: "red" }), NoRowsError);
      await assert.rejects(lines.update({ orderId: 1, position: 1 }, { sku: "x" }), NoRowsError);
      assert.equal(await members.delete(-1), false);
    },
  },
  {
    name: "changes and deletes every entity that fits",
    async run(bench) {
      for (const [email, team] of [
        ["a", "red"],
        ["b", "red"],
        ["c", "blue"],
      ] as const)
        await bench.add(email, { team });
      assert.equal(await bench.members.updateBy({ team: "red" }, { rank: 5 }), 2);
      assert.deepEqual(
        (await bench.members.findBy({ rank: 5 }, { orderBy: { email: "asc" } })).map(({ email }) => email),
        ["a", "b"],
      );
      assert.equal(await bench.members.deleteBy({ team: op.in(["red"]) }), 2);
      assert.equal(await bench.members.count(), 1);
    },
  },
  {
    name: "marks a deleted entity, leaves it out, and takes the deletion back",
    async run(bench) {
      const { members } = bench;
      const { id } = await bench.add("a");
      assert.equal(await members.delete(id), true);
      assert.equal(await members.findById(id), undefined);
      assert.equal(await members.exists({ email: "a" }), false);
      assert.equal(await members.delete(id), false);
      const deleted = await members.findById(id, { withDeleted: true });
      assert.ok(deleted?.deletedAt instanceof Date);
      assert.equal(await members.restore(id), true);
      assert.equal((await members.findById(id))?.deletedAt, null);
    },
  },
  {
    name: "upserts by the primary key or by other columns, and says which it was",
    async run({ members, lines }) {
      assert.deepEqual(await lines.upsert({ orderId: 1, position: 2, sku: "old" }), {
        entity: { orderId: 1, position: 2, sku: "old" },
        inserted: true,
      });
      assert.deepEqual(await lines.upsert({ orderId: 1, position: 2, sku: "new" }), {
        entity: { orderId: 1, position: 2, sku: "new" },
        inserted: false,
      });
      const first = await members.upsert({ email: "a", active: true, settings: 1 }, { conflict: ["email"] });
      const second = await members.upsert(
        { email: "a", active: false, settings: 2, team: "red" },
        { conflict: ["email"] },
      );
      assert.deepEqual([first.inserted, second.inserted], [true, false]);
      assert.deepEqual(second.entity, { ...first.entity, active: false, settings: 2, team: "red", version: 2 });
    },
  },
  {
    name: "passes on the violation of another constraint from an upsert",
    async run(bench) {
      const { id } = await bench.add("a");
      await bench.add("b");
      await assert.rejects(
        bench.members.upsert({ id, email: "b", active: true, settings: null }),
        UniqueViolationError,
      );
    },
  },
  {
    name: "upserts many or none",
    async run({ lines }) {
      const [a, b] = [
        { orderId: 1, position: 1, sku: "a" },
        { orderId: 1, position: 2, sku: "b" },
      ];
      assert.deepEqual(
        (await lines.upsertMany([a, b, { ...a, sku: "c" }])).map(({ inserted }) => inserted),
        [true, true, false],
      );
      await assert.rejects(
        lines.upsertMany([
          { ...a, sku: "d" },
          { ...b, sku: null as never },
        ]),
      );
      assert.equal((await lines.findById({ orderId: 1, position: 1 }))?.sku, "c");
    },
  },
  {
    name: "refuses to write what the database fills, an empty change, and an entity without its key",
    async run({ members, lines }) {
      await assert.rejects(
        members.insert({ email: "a", active: true, settings: null, id: 5 } as never),
        ParameterError,
      );
      await assert.rejects(members.update(1, {}), ParameterError);
      await assert.rejects(members.update(1, { id: 2 } as never), ParameterError);
      await assert.rejects(lines.upsert({ orderId: 1, sku: "x" } as never), ParameterError);
      await assert.rejects(lines.findById({ orderId: 1 } as never), ParameterError);
    },
  },
];

/** The same number with the digits that the column's scale adds. */
function canonical(found: string | null | undefined, expected: string): string | null | undefined {
  return found !== null && found !== undefined && Number(found) === Number(expected) ? found : expected;
}
