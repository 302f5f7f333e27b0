import assert from "node:assert/strict";
import { SessionClosedError } from "@nsj/mdb-core";
import { LineDao, MemberDao } from "./dao-bench.ts";
import type { DaoCase } from "./dao-case.ts";

/** DAOs in sessions and transactions. */
export const transactionCases: readonly DaoCase[] = [
  {
    name: "joins the ambient transaction, with no session passed down",
    async run(bench) {
      const failing = bench.database.transaction(async () => {
        await bench.add("a");
        await bench.lines.insert({ orderId: 1, position: 1, sku: "x" });
        throw new Error("undo");
      });
      await assert.rejects(failing, /undo/);
      assert.deepEqual([await bench.members.count(), await bench.lines.count()], [0, 0]);
    },
  },
  {
    name: "runs several calls in one transaction of its own",
    async run(bench) {
      const failing = bench.lines.transaction(async () => {
        await bench.lines.insert({ orderId: 1, position: 1, sku: "x" });
        await bench.lines.insert({ orderId: 1, position: 1, sku: "again" });
      });
      await assert.rejects(failing, { code: "MDB_UNIQUE_VIOLATION" });
      assert.equal(await bench.lines.count(), 0);
      await bench.lines.transaction(async () => {
        await bench.lines.insertMany([
          { orderId: 1, position: 1, sku: "x" },
          { orderId: 1, position: 2, sku: "y" },
        ]);
      });
      assert.equal(await bench.lines.count(), 2);
    },
  },
  {
    name: "works in a session, and sees only there what is not committed",
    async run(bench) {
      await bench.database.withSession(async (session) => {
        const dao = new MemberDao(session);
        await dao.insert({ email: "a", active: true, settings: null });
        assert.equal(await dao.count(), 1);
        await session.rollback();
        assert.equal(await dao.count(), 0);
        await new LineDao(session).insert({ orderId: 1, position: 1, sku: "x" });
        await session.commit();
      });
      assert.equal(await bench.lines.count(), 1);
    },
  },
  {
    name: "is refused on a closed session when it is transactional",
    async run(bench) {
      const session = await bench.database.getSession();
      await session.close();
      assert.throws(() => new LineDao(session), SessionClosedError);
      await assert.rejects(new MemberDao(session).count(), SessionClosedError);
    },
  },
];
